package slips

import (
	"context"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// reportedTransactions are those that the offices report.
type reportedTransactions interface {
	// Reported returns how many transactions a point had on a day, and whether that
	// is known.
	Reported(ctx context.Context, point survey.PointCode, day survey.Date) (n int, known bool, err error)
}

// PointDay is what was issued and spent at a point on a day, beside the transactions that
// its office reports.
type PointDay struct {
	Day          survey.Date
	Point        survey.PointCode
	Issued       int
	Spent        int  // 0 where Few or Open
	Few          bool // fewer than fewSpent were spent, or none
	Open         bool // the day is not over
	Transactions int
	Reported     bool // Transactions is known
}

// fewSpent is how many slips have to be spent before their number is told. Whoever
// hands out a single one would see from a smaller number, and from one that rises
// during the day, whether this person answered.
const fewSpent = 5

// Excess reports whether more slips were spent than there were transactions. A sheet
// that is printed beforehand is issued on one day and handed out on others, so what
// was issued says less.
func (d PointDay) Excess() bool { return d.Reported && d.Spent > d.Transactions }

// Compare returns the days from a day to a day on which slips of a point were issued
// or spent, the latest first within a point.
func (s *Slips) Compare(ctx context.Context, from, to survey.Date) (map[survey.PointCode][]PointDay, error) {
	days, err := s.tally(ctx, from, to)
	if err != nil {
		return nil, err
	}
	byPoint := map[survey.PointCode][]PointDay{}
	for _, d := range days.latestFirst() {
		d.Open = !s.closed(d.Day)
		d.Few = !d.Open && d.Spent < fewSpent
		if d.Open || d.Few {
			d.Spent = 0
		}
		if s.Transactions != nil {
			if d.Transactions, d.Reported, err = s.Transactions.Reported(ctx, d.Point, d.Day); err != nil {
				return nil, err
			}
		}
		byPoint[d.Point] = append(byPoint[d.Point], d)
	}
	return byPoint, nil
}

// tally counts exactly.
func (s *Slips) tally(ctx context.Context, from, to survey.Date) (tally, error) {
	days := tally{}
	err := s.eachIssue(ctx, from, to, func(i *Issue) { days.at(countID(i.Day, i.Point)).Issued += i.Total() })
	if err != nil {
		return nil, err
	}
	return days, s.tallySpent(ctx, from, to, days)
}

// tallySpent adds what was spent: the counts of days that are over, and the uses of
// those that are not counted.
func (s *Slips) tallySpent(ctx context.Context, from, to survey.Date, days tally) error {
	uses, err := s.allUses(ctx) // before the counts: what is counted meanwhile is not missed
	if err != nil {
		return err
	}
	counted := map[string]bool{}
	err = s.store.Scan(ctx, survey.SlipCounts, string(from), afterDay(to), func(raw bson.Raw) error {
		var c count
		if err := s.counts().Decode(raw, &c); err != nil {
			return err
		}
		counted[c.ID] = true
		days.at(c.ID).Spent += c.Spent
		return nil
	})
	if err != nil {
		return err
	}
	for _, u := range uses {
		if id := countID(u.Day, u.Point); u.Day >= from && u.Day <= to && u.Day != "" && !counted[id] {
			days.at(id).Spent++
		}
	}
	return nil
}

// afterDay is above every id that begins with a day.
func afterDay(day survey.Date) string { return string(day) + "0" } // "0" comes after "/"

// tally is days by the id of their count.
type tally map[string]*PointDay

func (t tally) at(id string) *PointDay {
	if t[id] == nil {
		day, point, _ := strings.Cut(id, "/")
		t[id] = &PointDay{Day: survey.Date(day), Point: survey.PointCode(point)}
	}
	return t[id]
}

func (t tally) latestFirst() []PointDay {
	var all []PointDay
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(t))) {
		all = append(all, *t[id])
	}
	return all
}
