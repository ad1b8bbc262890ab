package salvage_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/ledger"
	"hailong/survey/storetest"
)

const firstDay survey.Date = "2026-03-02"

var boss = survey.Actor{Login: "lan"}

// original is a store before anything is damaged, and what it holds.
type original struct {
	content []byte
	docs    map[survey.Collection]map[string]string // as the store hands them out
	deleted map[survey.Collection]map[string]bool   // ids that were there once
}

// filling fills a store as an office does in a few days.
type filling struct {
	testing.TB
	store   *bolt.Store
	now     time.Time
	changes *survey.Changes
	deleted map[survey.Collection]map[string]bool
	ids     int
}

func (f *filling) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// newOriginal makes a store with documents in every collection, in pages of every kind,
// and with pages that are free and hold what was deleted or replaced.
func newOriginal(t testing.TB, each int) original {
	t.Helper()
	path := filepath.Join(t.TempDir(), "original.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &filling{TB: t, store: s, now: firstDay.Time().Add(9 * time.Hour), deleted: map[survey.Collection]map[string]bool{}}
	log := audit.New(s, func() time.Time { return f.now })
	f.changes = survey.NewChanges(s, log, func() time.Time { return f.now })
	f.must(log.Baseline(t.Context(), boss))
	for day := range 3 {
		f.day(day, each)
		f.now = survey.DateOf(f.now.AddDate(0, 0, 1)).Time().Add(9 * time.Hour)
	}
	f.day(3, each/2)
	o := original{docs: map[survey.Collection]map[string]string{}, deleted: f.deleted}
	for _, c := range survey.Collections {
		o.docs[c] = contentsOf(t, s, c)
	}
	f.must(s.Close())
	if o.content, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return o
}

func contentsOf(t testing.TB, s survey.Store, c survey.Collection) map[string]string {
	t.Helper()
	docs := map[string]string{}
	err := s.Scan(context.Background(), c, "", "", func(doc bson.Raw) error {
		docs[survey.DocumentText(doc, "_id")] = string(doc)
		return nil
	})
	if err != nil {
		t.Fatalf("read %s: %v", c, err)
	}
	return docs
}

// day is one day of an office: responses come in, one is taken back, documents change and
// go, and the day before is closed.
func (f *filling) day(day, each int) {
	f.Helper()
	ctx := context.Background()
	process := ledger.New(f.store, func() time.Time { return f.now })
	var kept []survey.ResponseID
	for range each {
		r := f.response()
		_, err := process.Keep(ctx, nil, r)
		f.must(err)
		kept = append(kept, r.ID)
	}
	f.must(process.Seal(ctx))
	f.takeBack(kept[len(kept)/2])
	f.change(day, each/4)
	f.plain(day, each/4)
	_, err := process.Close(ctx)
	f.must(err)
	f.must(process.Seal(ctx))
}

func (f *filling) response() survey.Response {
	f.ids++
	return survey.Response{
		ID:       survey.ResponseIDOf(survey.DateOf(f.now), [10]byte{1: byte(f.ids * 37), 8: byte(f.ids >> 8), 9: byte(f.ids)}),
		Campaign: "tthc-2026", Point: survey.PointCode([]string{"QH7K2M3", "QH7K2M4"}[f.ids%2]), Day: survey.DateOf(f.now), Received: f.now.UTC(),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{1 + f.ids%5}}},
		Texts:   []survey.Words{{Item: "comment", Text: strings.Repeat("x", f.ids*53%900)}},
	}
}

// takeBack puts a mark in the place of a response.
func (f *filling) takeBack(id survey.ResponseID) {
	f.Helper()
	mark := survey.TakenBack{ID: id, Rev: 1, Campaign: "tthc-2026", Day: survey.DateOf(f.now), Mark: true}
	_, err := survey.InsertAll(context.Background(), f.store, survey.TakenBackMarks, []survey.TakenBack{mark})
	f.must(err)
	mark.Rev = 2
	f.must(survey.Documents[survey.TakenBack]{Store: f.store, Collection: survey.Responses}.Replace(context.Background(), 0, mark))
	f.must(f.changes.Log.Record(context.Background(), survey.Actor{}, "response.take_back", "campaigns/tthc-2026", nil, map[string]any{"day": mark.Day}))
}

type thing struct {
	ID   string `bson:"_id"`
	Rev  int64  `bson:"rev"`
	Text string `bson:"text"`
}

// change makes documents of audited collections, changes some and removes some.
func (f *filling) change(day, n int) {
	f.Helper()
	ctx := context.Background()
	for _, c := range survey.Audited {
		few := 1 + day%2
		if c == survey.Points || c == survey.Units {
			few = n
		}
		for i := range few {
			id := fmt.Sprintf("%s-%d-%04d", c, day, i)
			for rev := range 1 + i%2 {
				_, err := survey.Change(ctx, f.changes, survey.Edit[thing]{Collection: c, ID: id, Seen: int64(rev), Actor: boss, Action: "test.change", Do: func(v *thing) error {
					v.ID, v.Text = id, strings.Repeat("y", 10+(i*41+rev)%300)
					return nil
				}})
				f.must(err)
			}
			if i%5 == 4 {
				doc, err := f.store.Get(ctx, c, id)
				f.must(err)
				act := f.changes.Begin(boss).Entry("test.remove", string(c)+"/"+id, nil, nil)
				act.Remove(c, id, survey.DocumentRev(doc))
				f.must(act.Do(ctx))
				f.gone(c, id)
			}
		}
	}
}

// plain makes documents of the other collections, replaces some and deletes some.
func (f *filling) plain(day, n int) {
	f.Helper()
	ctx := context.Background()
	for _, c := range []survey.Collection{
		survey.Contacts, survey.SlipCodes, survey.SlipUses, survey.SpentSlips, survey.SlipCounts, survey.SlipDossiers, survey.Attempts, survey.Suspects, survey.Sessions, survey.Guesses, survey.Traffic,
	} {
		few := 4 - 2*(day%2)
		if c == survey.SlipCodes || c == survey.Contacts {
			few = n
		}
		for i := range few {
			id := fmt.Sprintf("%s-%d-%04d", c, day, i)
			_, err := f.store.Insert(ctx, c, storetest.Document(f, id, 1, strings.Repeat("z", i*29%400)))
			f.must(err)
			switch i % 4 {
			case 1:
				f.must(f.store.Replace(ctx, c, 1, storetest.Document(f, id, 2, strings.Repeat("w", i*31%400))))
			case 3:
				f.must(f.store.Delete(ctx, c, id, 1))
				f.gone(c, id)
			}
		}
	}
	_, err := f.store.Insert(ctx, survey.Suspects, storetest.Document(f, fmt.Sprintf("long-%d", day), 1, strings.Repeat("long", 8000)))
	f.must(err)
}

func (f *filling) gone(c survey.Collection, id string) {
	if f.deleted[c] == nil {
		f.deleted[c] = map[string]bool{}
	}
	f.deleted[c][id] = true
}
