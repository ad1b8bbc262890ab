package transactions

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Most is the largest number of transactions of a point on a day.
const Most = 100_000

// Month is how many people a point served on the days of a month. A document
// holds a month, so that the page that shows one saves it at an expected
// revision.
type Month struct {
	ID    string           `bson:"_id" json:"-"` // "2026-03/HA1L0N3": months lie in the order of time
	Rev   int64            `bson:"rev" json:"-"`
	Point survey.PointCode `bson:"point" json:"point"`
	Days  []StatedDay      `bson:"days,omitempty" json:"days,omitempty"` // rising; a day that is not stated is not there
}

// StatedDay is how many people were served on a day, as it was stated last.
type StatedDay struct {
	Day       survey.Date `bson:"day" json:"day"`
	Statement `bson:",inline"`
	Earlier   []Statement `bson:"earlier,omitempty" json:"-"` // in the order of time; the log has each of them
}

func monthID(point survey.PointCode, month string) string { return month + "/" + string(point) }

// ByDay are the numbers by their day.
func (m *Month) ByDay() map[survey.Date]int {
	days := make(map[survey.Date]int, len(m.Days))
	for _, d := range m.Days {
		if !d.Withdrawn {
			days[d.Day] = d.Number
		}
	}
	return days
}

// NewMonth is the month of a point in which days have their numbers; it is not stored.
func NewMonth(point survey.PointCode, month string, days map[survey.Date]int) Month {
	m := Month{ID: monthID(point, month), Point: point}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		m.Days = append(m.Days, StatedDay{Day: day, Statement: Statement{Number: days[day]}})
	}
	return m
}

// DaysOf are the days of a month "2026-03", none of what is no month.
func DaysOf(month string) []survey.Date {
	first, err := time.ParseInLocation("2006-01", month, survey.Zone)
	if err != nil {
		return nil
	}
	var days []survey.Date
	for day := first; day.Month() == first.Month(); day = day.AddDate(0, 0, 1) {
		days = append(days, survey.DateOf(day))
	}
	return days
}

// Transactions are those of the store that changes are made in.
type Transactions struct {
	changes *survey.Changes
	catalog func() *survey.Catalog

	// Stated is called after numbers were stored. nil: nobody is told.
	Stated func()

	// Provers tell who makes proofs at points, each of one kind; see Vouched.
	Provers []func(ctx context.Context, since survey.Date) (Provers, error)

	// Received tells how many responses came in at a point on a day, as far as that may
	// be told; see FewerThanReceived. nil: not known.
	Received func(context.Context, survey.PointCode, survey.Date) (int, error)

	// TokenMakers tells by program who made its token, both as Actor.String writes
	// them. nil: programs speak for nobody.
	TokenMakers func(context.Context) (map[string]string, error)
}

// New returns the transactions of a store.
func New(changes *survey.Changes, catalog func() *survey.Catalog) *Transactions {
	return &Transactions{changes: changes, catalog: catalog}
}

func (t *Transactions) months() survey.Documents[Month] {
	return survey.Documents[Month]{Store: t.changes.Store, Collection: survey.Transactions}
}

func (t *Transactions) today() survey.Date { return survey.DateOf(t.changes.Now()) }

func (t *Transactions) told() {
	if t.Stated != nil {
		t.Stated()
	}
}

// Month returns the month of a point; of revision 0 where nothing was stated.
func (t *Transactions) Month(ctx context.Context, point survey.PointCode, month string) (Month, error) {
	m, err := t.months().Get(ctx, monthID(point, month))
	if survey.Is(err, survey.NotFound) {
		return NewMonth(point, month, nil), nil
	}
	return m, err
}

// SaveMonth puts the numbers of a month in the place of revision seen. A day
// without a number is not stated. A number that stays is of whoever stated it, unless
// this person vouches for all of them: they looked at each. Errors: Invalid (Fields by
// day), NotFound (no such point), Conflict.
func (t *Transactions) SaveMonth(ctx context.Context, actor survey.Actor, point survey.PointCode, month string, seen int64, days map[survey.Date]int, vouch bool) error {
	if t.catalog().Point(point) == nil {
		return survey.NewError(survey.NotFound, "state transactions", nil)
	}
	fields, known := survey.Fields{}, DaysOf(month)
	for day, n := range days {
		if problem := t.problem(day, n); problem != nil || !slices.Contains(known, day) {
			fields[string(day)] = survey.Message{Key: "transaction.bad_number", Args: []any{0, Most}}
			if problem != nil {
				fields[string(day)] = *problem
			}
		}
	}
	if err := fields.Err("state transactions", "transaction.invalid"); err != nil {
		return err
	}
	_, err := t.change(ctx, actor, point, month, seen, func(m *Month) { m.state(t.statement(actor), days, known, vouch) })
	if err == nil {
		t.told()
	}
	return err
}

// problem is what is wrong with a number of a day.
func (t *Transactions) problem(day survey.Date, n int) *survey.Message {
	switch {
	case !day.Valid() || day > t.today():
		return &survey.Message{Key: "transaction.bad_day"}
	case n < 0 || n > Most:
		return &survey.Message{Key: "transaction.bad_number", Args: []any{0, Most}}
	}
	return nil
}

func (t *Transactions) change(ctx context.Context, actor survey.Actor, point survey.PointCode, month string, seen int64, do func(*Month)) (Month, error) {
	return survey.Change(ctx, t.changes, survey.Edit[Month]{
		Collection: survey.Transactions, ID: monthID(point, month), Seen: seen, Actor: actor, Action: "transaction.state",
		Do: func(m *Month) error {
			m.ID, m.Point = monthID(point, month), point
			do(m)
			return nil
		},
	})
}

// Count is how many people a point served on a day.
type Count struct {
	Point  survey.PointCode
	Day    survey.Date
	Number int
}

// Check returns what is wrong with a count, and in which column: Invalid, with the
// field point, day or number.
func (t *Transactions) Check(c Count) error {
	fields := survey.Fields{}
	if p := t.catalog().Point(c.Point); p == nil {
		fields.Add("point", "point.unknown")
	}
	if problem := t.problem(c.Day, c.Number); problem != nil {
		field := "number"
		if problem.Key == "transaction.bad_day" {
			field = "day"
		}
		fields[field] = *problem
	}
	return fields.Err("state transactions", "transaction.invalid")
}

// State puts counts in the place of what was stated for the same point and day,
// and leaves the other days as they are. Who states a list vouches for it; stating the
// same again changes nothing.
// It returns how many days have another number now. Errors: Invalid (of any of
// them; nothing is stored then), and those of the store: what of it is not stored
// then is stored when the same is stated again.
func (t *Transactions) State(ctx context.Context, actor survey.Actor, counts []Count) (changed int, err error) {
	type key struct {
		point survey.PointCode
		month string
	}
	months := map[key]map[survey.Date]int{}
	for _, c := range counts {
		if err := t.Check(c); err != nil {
			return 0, err
		}
		k := key{c.Point, c.Day.Month()}
		if months[k] == nil {
			months[k] = map[survey.Date]int{}
		}
		months[k][c.Day] = c.Number
	}
	defer func() {
		if changed > 0 {
			t.told()
		}
	}()
	for k, days := range months {
		n, err := t.stateMonth(ctx, actor, k.point, k.month, days)
		changed += n
		if err != nil {
			return changed, fmt.Errorf("state transactions of %s at %s: %w", k.month, k.point, err)
		}
	}
	return changed, nil
}

// stateMonth changes some days of a month, whoever else changes it.
func (t *Transactions) stateMonth(ctx context.Context, actor survey.Actor, point survey.PointCode, month string, days map[survey.Date]int) (int, error) {
	for {
		stored, err := t.Month(ctx, point, month)
		if err != nil {
			return 0, err
		}
		all, changed := stored.ByDay(), 0
		for day, n := range days {
			if before, known := all[day]; !known || before != n {
				changed++
			}
		}
		by := t.statement(actor)
		if changed == 0 && !stored.statedByOthers(by, days) {
			return 0, nil
		}
		_, err = t.change(ctx, actor, point, month, stored.Rev, func(m *Month) { m.state(by, days, slices.Collect(maps.Keys(days)), true) })
		if !survey.Is(err, survey.Conflict) {
			return changed, err
		}
	}
}

// Numbers are what was stated, by point and day.
type Numbers = map[survey.PointCode]map[survey.Date]int

// Reported returns how many people a point served on a day; ok is false where nobody
// has said.
func (t *Transactions) Reported(ctx context.Context, point survey.PointCode, day survey.Date) (n int, ok bool, err error) {
	month, err := t.Month(ctx, point, day.Month())
	if err != nil {
		return 0, false, err
	}
	n, ok = month.ByDay()[day]
	return n, ok, nil
}

// Since returns what was stated for the days since one.
func (t *Transactions) Since(ctx context.Context, first survey.Date) (Numbers, error) {
	all := Numbers{}
	err := t.changes.Store.Scan(ctx, survey.Transactions, first.Month(), "", func(doc bson.Raw) error {
		var m Month
		if err := t.months().Decode(doc, &m); err != nil {
			return err
		}
		for _, d := range m.Days {
			if d.Day < first || d.Withdrawn {
				continue
			}
			if all[m.Point] == nil {
				all[m.Point] = map[survey.Date]int{}
			}
			all[m.Point][d.Day] = d.Number
		}
		return nil
	})
	return all, err
}
