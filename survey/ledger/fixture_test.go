package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/ledger"
	"hailong/survey/surveytest"
)

const (
	day  survey.Date      = "2026-03-05"
	here survey.PointCode = "HERE"
)

// fixture is a store, a clock and processes that write to it.
type fixture struct {
	testing.TB
	store *surveytest.Failing
	now   time.Time
	ids   int
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	return &fixture{TB: t, store: &surveytest.Failing{Store: surveytest.Store(t)}, now: day.Time().Add(9 * time.Hour)}
}

func (f *fixture) clock() time.Time { return f.now }

// process is a new process on the store.
func (f *fixture) process() *ledger.Ledger { return ledger.New(f.store, f.clock) }

// anew puts an empty store in the place of the old one, and the clock back.
func (f *fixture) anew() { f.store.Store, f.now = surveytest.Store(f), day.Time().Add(9*time.Hour) }

// closeAll closes what is over, without a failure.
func (f *fixture) closeAll() {
	f.Helper()
	_, err := ledger.New(f.store.Store, f.clock).Close(context.Background())
	f.must(err)
}

// response makes one that is not stored.
func (f *fixture) response() survey.Response {
	f.ids++
	return survey.Response{
		ID: survey.ResponseIDOf(day, [10]byte{1: byte(f.ids * 37), 8: byte(f.ids >> 8), 9: byte(f.ids)}), Campaign: "tthc-2026", Point: here, Day: day, Received: f.now.UTC(),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{1 + f.ids%5}}}, Texts: []survey.Words{{Item: "comment", Text: fmt.Sprint("comment ", f.ids)}},
	}
}

// keep keeps n responses, one write each.
func (f *fixture) keep(l *ledger.Ledger, n int) []survey.Response {
	f.Helper()
	var all []survey.Response
	for range n {
		r := f.response()
		if fresh, err := l.Keep(context.Background(), nil, r); err != nil || !fresh[0] {
			f.Fatalf("keep: new is %v, error %v", fresh, err)
		}
		all = append(all, r)
	}
	return all
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) verify() ledger.Discrepancies {
	f.Helper()
	r, err := ledger.Verify(context.Background(), f.store.Store, nil)
	f.must(err)
	return r
}

// whole fails unless the store is whole.
func (f *fixture) whole() ledger.Discrepancies {
	f.Helper()
	r := f.verify()
	if !r.Whole() {
		f.Errorf("found damage in a store that is whole: %+v", r)
	}
	return r
}

// nextDay is when the day before is closed by everybody.
func (f *fixture) nextDay() { f.now = survey.DateOf(f.now.AddDate(0, 0, 1)).Time().Add(3 * time.Hour) }

func (f *fixture) close(l *ledger.Ledger) int {
	f.Helper()
	n, err := l.Close(context.Background())
	f.must(err)
	return n
}

func (f *fixture) get(c survey.Collection, id string) bson.Raw {
	f.Helper()
	doc, err := f.store.Get(context.Background(), c, id)
	f.must(err)
	return doc
}

// ids of a collection.
func (f *fixture) idsOf(c survey.Collection) []string {
	f.Helper()
	var all []string
	f.must(f.store.Scan(context.Background(), c, "", "", func(doc bson.Raw) error {
		all = append(all, survey.DocumentText(doc, "_id"))
		return nil
	}))
	return all
}

func (f *fixture) remove(c survey.Collection, id string) {
	f.Helper()
	f.must(f.store.Delete(context.Background(), c, id, survey.DocumentRev(f.get(c, id))))
}

// put writes a document in the place of a stored one, or as a new one, as somebody does
// who has the file.
func (f *fixture) put(c survey.Collection, doc bson.Raw) {
	f.Helper()
	id := survey.DocumentText(doc, "_id")
	stored, err := f.store.Get(context.Background(), c, id)
	if err == nil {
		err = f.store.Delete(context.Background(), c, id, survey.DocumentRev(stored))
	}
	if err != nil && !survey.Is(err, survey.NotFound) {
		f.Fatal(err)
	}
	_, err = f.store.Insert(context.Background(), c, doc)
	f.must(err)
}

// edit changes fields of a stored document.
func (f *fixture) edit(c survey.Collection, id string, change func(bson.M)) {
	f.Helper()
	var d bson.D
	f.must(bson.Unmarshal(f.get(c, id), &d))
	m := bson.M{}
	for _, e := range d {
		m[e.Key] = e.Value
	}
	change(m)
	var out bson.D
	for _, e := range d {
		if v, kept := m[e.Key]; kept {
			out = append(out, bson.E{Key: e.Key, Value: v})
		}
	}
	doc, err := bson.Marshal(out)
	f.must(err)
	f.put(c, doc)
}
