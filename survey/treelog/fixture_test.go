package treelog_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/keys"
	"hailong/survey/ledger"
	"hailong/survey/surveytest"
	"hailong/survey/treelog"
)

const firstDay survey.Date = "2026-03-05"

// fixture is a store, its keys and a clock. Servers of it share them.
type fixture struct {
	testing.TB
	store *surveytest.Failing
	keys  *keys.Keys
	now   time.Time
	ids   int
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	return &fixture{TB: t, store: &surveytest.Failing{Store: surveytest.Store(t)}, keys: surveytest.Keys(t), now: firstDay.Time().Add(9 * time.Hour)}
}

func (f *fixture) clock() time.Time { return f.now }

// server is a process with its ledger and its log.
type server struct {
	ledger *ledger.Ledger
	log    *treelog.SignedLog
}

func (f *fixture) server() server {
	changes := survey.NewChanges(f.store, audit.New(f.store, f.clock), f.clock)
	return server{ledger.New(f.store, f.clock), treelog.New(changes, f.keys)}
}

// keep keeps n responses, one write each, and returns their ids.
func (f *fixture) keep(s server, n int) (ids []survey.ResponseID) {
	f.Helper()
	for range n {
		f.ids++
		day := survey.DateOf(f.now)
		r := survey.Response{
			ID: survey.ResponseIDOf(day, [10]byte{1: byte(f.ids * 37), 8: byte(f.ids >> 8), 9: byte(f.ids)}), Campaign: "tthc-2026", Point: "HERE", Day: day,
			Received: f.now.UTC(), Answers: []survey.Answer{{Item: "overall", Codes: []int{1 + f.ids%5}}}, Texts: []survey.Words{{Item: "comment", Text: fmt.Sprint("comment ", f.ids)}},
		}
		if _, err := s.ledger.Keep(context.Background(), nil, r); err != nil {
			f.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

// nextDay is when the day before is closed by everybody.
func (f *fixture) nextDay() { f.now = survey.DateOf(f.now.AddDate(0, 0, 1)).Time().Add(3 * time.Hour) }

// closed closes what is over and returns the head then.
func (f *fixture) closed(s server) survey.LogHead {
	f.Helper()
	head, err := s.log.ForEdition(s.ledger)(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	if head == nil {
		return survey.LogHead{}
	}
	return *head
}

func (f *fixture) get(c survey.Collection, id string) bson.Raw {
	f.Helper()
	doc, err := f.store.Store.Get(context.Background(), c, id)
	if err != nil {
		f.Fatal(err)
	}
	return doc
}

// ids of a collection.
func (f *fixture) idsOf(c survey.Collection) (all []string) {
	f.Helper()
	err := f.store.Store.Scan(context.Background(), c, "", "", func(doc bson.Raw) error {
		all = append(all, survey.DocumentText(doc, "_id"))
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	return all
}

func (f *fixture) remove(c survey.Collection, id string) {
	f.Helper()
	if err := f.store.Store.Delete(context.Background(), c, id, survey.DocumentRev(f.get(c, id))); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) insert(c survey.Collection, doc any) {
	f.Helper()
	raw, err := bson.Marshal(doc)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := f.store.Store.Insert(context.Background(), c, raw); err != nil {
		f.Fatal(err)
	}
}

// damage is what Verify finds.
func (f *fixture) damage() (all []survey.Damage) {
	f.Helper()
	if _, err := treelog.Verify(context.Background(), f.store.Store, func(d survey.Damage) { all = append(all, d) }); err != nil {
		f.Fatal(err)
	}
	return all
}

// texts are those of all records.
func (f *fixture) texts(s server) []string {
	f.Helper()
	texts, err := s.log.Texts(context.Background(), 0, 1_000_000)
	if err != nil {
		f.Fatal(err)
	}
	return texts
}

// backup is what a backup of now brings back.
func (f *fixture) backup() (restore func()) {
	f.Helper()
	held := []survey.Collection{survey.Chains, survey.Ledger, survey.LedgerDays, survey.LogRecords, survey.Responses}
	saved := map[survey.Collection][]bson.Raw{}
	for _, c := range held {
		for _, id := range f.idsOf(c) {
			saved[c] = append(saved[c], f.get(c, id))
		}
	}
	return func() {
		f.Helper()
		for _, c := range held {
			for _, id := range f.idsOf(c) {
				f.remove(c, id)
			}
			for _, doc := range saved[c] {
				f.insert(c, doc)
			}
		}
	}
}
