package ledger_test

import (
	"context"
	"errors"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/ledger"
)

// dying is a store whose process ends after some calls.
type dying struct {
	*bolt.Store
	left int
}

var errKilled = errors.New("killed")

func (d *dying) call() error {
	if d.left--; d.left < 0 {
		return errKilled
	}
	return nil
}

func (d *dying) Rewrite(ctx context.Context, c survey.Collection, from string, change func(bson.Raw) (bson.Raw, error)) (string, int, error) {
	if err := d.call(); err != nil {
		return "", 0, err
	}
	return d.Store.Rewrite(ctx, c, from, change)
}

func (d *dying) InsertInOrder(ctx context.Context, groups ...survey.InsertGroup) ([][]bool, error) {
	if err := d.call(); err != nil {
		return nil, err
	}
	return d.Store.InsertInOrder(ctx, groups...)
}

func (d *dying) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if err := d.call(); err != nil {
		return nil, err
	}
	return d.Store.Insert(ctx, c, docs...)
}

func (d *dying) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	if err := d.call(); err != nil {
		return err
	}
	return d.Store.Replace(ctx, c, rev, doc)
}

func (d *dying) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	if err := d.call(); err != nil {
		return err
	}
	return d.Store.Delete(ctx, c, id, rev)
}

// The responses of an older store enter the ledger, however often that is killed.
func TestOlderResponsesAreAdopted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var docs []bson.Raw
	var all []survey.Response
	for range 2500 {
		r := f.response()
		doc, err := r.MarshalBSON()
		f.must(err)
		docs, all = append(docs, doc), append(all, r)
	}
	mark, err := bson.Marshal(survey.TakenBack{ID: all[3].ID, Rev: 2, Campaign: all[3].Campaign, Day: day, Mark: true})
	f.must(err)
	docs[3] = mark
	f.put(survey.TakenBackMarks, mark)
	if _, err := f.store.Insert(t.Context(), survey.Responses, docs...); err != nil {
		t.Fatal(err)
	}
	if got := f.verify(); len(got.Unknown) != 2499 {
		t.Errorf("before: %d responses are unknown, want 2499", len(got.Unknown))
	}
	file := f.store.Store.(*bolt.Store)
	finished := false
	for calls := 0; !finished; calls++ {
		err := ledger.Adopt(t.Context(), &dying{file, calls}, func(int) {})
		if finished = err == nil; !finished && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
	}
	if got := f.whole(); got.Responses != 2499 || got.TakenBack != 1 {
		t.Errorf("stored are %d and taken back %d, want 2499 and 1", got.Responses, got.TakenBack)
	}
	f.nextDay()
	f.close(f.process())
	if left := f.idsOf(survey.Ledger); len(left) != 0 {
		t.Errorf("entries %v are left", left)
	}
	f.edit(survey.Responses, string(all[9].ID), func(m bson.M) { m["point"] = "THERE" })
	if got := f.verify(); len(got.Altered) != 1 {
		t.Errorf("altered are %v, want %s", got.Altered, all[9].ID)
	}
}
