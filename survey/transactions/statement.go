package transactions

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Statement is a number of a day as somebody stated it.
type Statement struct {
	Number    int         `bson:"number" json:"number"`
	By        string      `bson:"by,omitempty" json:"by,omitempty"` // as Actor.String writes them; empty: older versions did not keep it
	On        survey.Date `bson:"on,omitempty" json:"on,omitempty"`
	Withdrawn bool        `bson:"withdrawn,omitempty" json:"withdrawn,omitempty"` // the day was emptied: there is no number
}

// same reports whether two statements say the same, whoever makes them.
func (s Statement) same(o Statement) bool {
	return s.Withdrawn == o.Withdrawn && (s.Withdrawn || s.Number == o.Number)
}

func (t *Transactions) statement(actor survey.Actor) Statement {
	return Statement{By: actor.String(), On: t.today()}
}

// state takes over what somebody states for some days of the month; a day of those
// without a number is withdrawn. A number that stays is of who stated it before, unless
// it is vouched for.
func (m *Month) state(by Statement, numbers map[survey.Date]int, days []survey.Date, vouch bool) {
	stated := map[survey.Date]StatedDay{}
	for _, d := range m.Days {
		stated[d.Day] = d
	}
	for _, day := range days {
		next := by
		number, given := numbers[day]
		next.Number, next.Withdrawn = number, !given
		before, known := stated[day]
		switch {
		case !known && given:
			stated[day] = StatedDay{Day: day, Statement: next}
		case !known, before.same(next) && (next.Withdrawn || !vouch || before.By == next.By):
		default:
			stated[day] = StatedDay{Day: day, Statement: next, Earlier: shorten(append(slices.Clone(before.Earlier), before.Statement))}
		}
	}
	m.Days = slices.SortedFunc(maps.Values(stated), func(a, b StatedDay) int { return cmp.Compare(a.Day, b.Day) })
}

// mostEarlier is how many earlier statements of a day are kept; the last one of each
// person always is, so that nobody pushes out what another one stated.
const mostEarlier = 10

func shorten(earlier []Statement) []Statement {
	for i := 0; len(earlier) > mostEarlier && i < len(earlier); {
		by := earlier[i].By
		if slices.ContainsFunc(earlier[i+1:], func(s Statement) bool { return s.By == by }) {
			earlier = slices.Delete(earlier, i, i+1)
		} else {
			i++
		}
	}
	return earlier
}

// statedByOthers reports whether somebody else stated one of the numbers.
func (m *Month) statedByOthers(by Statement, days map[survey.Date]int) bool {
	return slices.ContainsFunc(m.Days, func(d StatedDay) bool {
		_, given := days[d.Day]
		return given && d.By != by.By
	})
}

// Provers are who makes what verifies responses at a point, as Actor.String writes
// them, and the first day on which they did: who enrolled a device there, or issued
// slips.
type Provers = map[survey.PointCode]map[string]survey.Date

// proofMakers are the provers, each as the person who is behind it.
type proofMakers struct {
	provers Provers
	persons map[string]string // by the programs whose tokens they made
}

// person is who answers for what somebody does: a program speaks for who made its
// token, who may know it and use it by hand.
func (m *proofMakers) person(by string) string {
	if person, program := m.persons[by]; program {
		return person
	}
	return by
}

// makes reports whether somebody, or the person behind, had made proofs at a point until
// a day.
func (m *proofMakers) makes(point survey.PointCode, by string, day survey.Date) bool {
	first, known := m.provers[point][m.person(by)]
	return known && first <= day
}

// proofMakers are those of every kind.
func (t *Transactions) proofMakers(ctx context.Context, since survey.Date) (proofMakers, error) {
	all := proofMakers{provers: Provers{}}
	if t.TokenMakers != nil {
		persons, err := t.TokenMakers(ctx)
		if err != nil {
			return all, err
		}
		all.persons = persons
	}
	for _, of := range t.Provers {
		some, err := of(ctx, since)
		if err != nil {
			return all, err
		}
		for point, people := range some {
			for by, first := range people {
				all.add(point, all.person(by), first)
			}
		}
	}
	return all, nil
}

func (m *proofMakers) add(point survey.PointCode, by string, first survey.Date) {
	if m.provers[point] == nil {
		m.provers[point] = map[string]survey.Date{}
	}
	if known, is := m.provers[point][by]; !is || first < known {
		m.provers[point][by] = first
	}
}

// Vouched returns the numbers of the days since one that somebody stated who makes no
// proofs at their point: for each day the last such number. Whoever enrolled the kiosk
// of a counter, or hands out its slips, could otherwise say herself how many responses
// are too many of it. Her numbers are stored, and the response rate follows them; here
// they are passed over, and take the place of nobody else's. A program speaks for who
// made its token: where that person, or a program of theirs, makes proofs, somebody else
// looks at its numbers.
func (t *Transactions) Vouched(ctx context.Context, first survey.Date) (Numbers, error) {
	makers, err := t.proofMakers(ctx, first)
	if err != nil {
		return nil, err
	}
	all := Numbers{}
	err = t.changes.Store.Scan(ctx, survey.Transactions, first.Month(), "", func(doc bson.Raw) error {
		var m Month
		if err := t.months().Decode(doc, &m); err != nil {
			return err
		}
		for _, d := range m.Days {
			s, vouched := d.vouched(m.Point, &makers)
			if d.Day < first || !vouched || s.Withdrawn {
				continue
			}
			if all[m.Point] == nil {
				all[m.Point] = map[survey.Date]int{}
			}
			all[m.Point][d.Day] = s.Number
		}
		return nil
	})
	return all, err
}

// vouched is the last statement of somebody who makes no proofs at the point.
func (d *StatedDay) vouched(point survey.PointCode, makers *proofMakers) (Statement, bool) {
	if !makers.makes(point, d.By, d.Day) {
		return d.Statement, true
	}
	for _, s := range slices.Backward(d.Earlier) {
		if !makers.makes(point, s.By, d.Day) {
			return s, true
		}
	}
	return Statement{}, false
}

// Unvouched are the days of a month of a point whose number is of somebody who makes
// proofs there, and whether a person does.
func (t *Transactions) Unvouched(ctx context.Context, m *Month, actor survey.Actor) (days []survey.Date, makes bool, err error) {
	if len(m.Days) == 0 {
		return nil, false, nil
	}
	makers, err := t.proofMakers(ctx, m.Days[0].Day)
	for _, d := range m.Days {
		if !d.Withdrawn && makers.makes(m.Point, d.By, d.Day) {
			days = append(days, d.Day)
		}
	}
	_, makes = makers.provers[m.Point][makers.person(actor.String())]
	return days, makes, err
}

// Statements are what was stated of a point on a day, the last one last.
func (t *Transactions) Statements(ctx context.Context, point survey.PointCode, day survey.Date) ([]Statement, error) {
	month, err := t.Month(ctx, point, day.Month())
	for _, d := range month.Days {
		if d.Day == day {
			return append(slices.Clone(d.Earlier), d.Statement), err
		}
	}
	return nil, err
}
