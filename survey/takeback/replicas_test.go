package takeback_test

import (
	"context"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
	"hailong/survey/audit"
)

// meeting is a store at which servers wait for each other before they store the intent
// of an act: each has looked by then, and none has written.
type meeting struct {
	survey.Store
	all *sync.WaitGroup
}

func (m meeting) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if c == survey.Intents {
		m.all.Done()
		m.all.Wait()
	}
	return m.Store.Insert(ctx, c, docs...)
}

// Two servers take the same response back at once: it is gone, both say so, and the
// log tells of it once.
func TestTwoServersTakeTheSameResponseBack(t *testing.T) {
	t.Parallel()
	for range 20 { // what comes after the intents comes in any order
		f := newFixture(t)
		r, code := f.answer()
		wait := &sync.WaitGroup{}
		wait.Add(2)
		f.store.Store = meeting{f.file, wait}
		var group errgroup.Group
		for range 2 {
			server := f.server()
			group.Go(func() error { return server.TakeBack(context.Background(), "192.0.2.1", string(code)) })
		}
		if err := group.Wait(); err != nil {
			t.Fatalf("of two servers one says: %v", err)
		}
		f.store.Store = f.file
		stored, err := f.file.Get(t.Context(), survey.Responses, string(r.ID))
		if err != nil || !survey.IsTakenBack(stored) {
			t.Errorf("stored is %s, %v", stored, err)
		}
		if n := f.count(survey.Intents); n != 0 {
			t.Errorf("%d acts are not finished", n)
		}
		entries, err := survey.Documents[audit.ChainedEntry]{Store: f.file, Collection: survey.Audit}.All(t.Context())
		if err != nil || len(entries) != 1 || entries[0].Action != "response.take_back" {
			t.Fatalf("the log has %+v, %v; want one entry", entries, err)
		}
	}
}
