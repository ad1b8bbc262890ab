package migrations_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/ledger"
	"hailong/survey/migrations"
	"hailong/survey/storetest"
	"hailong/survey/surveytest"
)

// errKilled stands for the end of the process between two calls of the store.
var errKilled = errors.New("killed")

// mortal is a store whose process ends after some calls.
type mortal struct {
	*bolt.Store
	left int
}

func (m *mortal) call() error {
	if m.left--; m.left < 0 {
		return errKilled
	}
	return nil
}

func (m *mortal) SetFormat(ctx context.Context, seen, next survey.StoreFormat) error {
	if err := m.call(); err != nil {
		return err
	}
	return m.Store.SetFormat(ctx, seen, next)
}

func (m *mortal) Rewrite(ctx context.Context, c survey.Collection, from string, change func(bson.Raw) (bson.Raw, error)) (string, int, error) {
	if err := m.call(); err != nil {
		return "", 0, err
	}
	return m.Store.Rewrite(ctx, c, from, change)
}

func (m *mortal) InsertInOrder(ctx context.Context, groups ...survey.InsertGroup) ([][]bool, error) {
	if err := m.call(); err != nil {
		return nil, err
	}
	return m.Store.InsertInOrder(ctx, groups...)
}

func (m *mortal) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	if err := m.call(); err != nil {
		return err
	}
	return m.Store.Delete(ctx, c, id, rev)
}

// older is a store of an older format with n responses that no ledger knows.
func older(t *testing.T, version, n int) *bolt.Store {
	t.Helper()
	s := surveytest.Store(t)
	var docs []bson.Raw
	for i := range n {
		id := survey.ResponseIDOf("2026-03-05", [10]byte{8: byte(i >> 8), 9: byte(i)})
		docs = append(docs, storetest.Document(t, string(id), 1, fmt.Sprint("answer ", i)))
	}
	if _, err := s.Insert(t.Context(), survey.Responses, docs...); err != nil {
		t.Fatal(err)
	}
	now, err := s.Format(t.Context())
	if err == nil {
		err = s.SetFormat(t.Context(), now, survey.NewStoreFormat(version, "v0.1.0"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func formatOf(t *testing.T, s migrations.Store) survey.StoreFormat {
	t.Helper()
	format, err := s.Format(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return format
}

// However often a migration ends between two of its steps, an older program refuses what
// is half done, and the next run finishes it: every response is in the ledger, and the
// ledger is whole.
func TestAnInterruptedMigrationIsFinished(t *testing.T) {
	t.Parallel()
	const responses = 30
	for calls := 0; ; calls++ {
		s := older(t, 2, responses)
		_, err := migrations.Run(t.Context(), &mortal{s, calls}, "v9.8.7", nil)
		finished := err == nil
		if !finished && !errors.Is(err, errKilled) {
			t.Fatalf("after %d calls: %v", calls, err)
		}
		if half := formatOf(t, s); !finished && calls > 0 && (half.Version != survey.CurrentFormat || !half.Rising) {
			t.Errorf("after %d calls the format is %+v, want one on its way to %d", calls, half, survey.CurrentFormat)
		}
		if _, err := migrations.Run(t.Context(), s, "v9.8.7", nil); err != nil {
			t.Fatalf("after %d calls, the next run: %v", calls, err)
		}
		if now := formatOf(t, s); now.Version != survey.CurrentFormat || now.Rising || now.Wrote != "v9.8.7" {
			t.Errorf("after %d calls the format is %+v in the end", calls, now)
		}
		found, err := ledger.Verify(t.Context(), s, nil)
		if err != nil || !found.Whole() || found.Responses != responses {
			t.Errorf("after %d calls the ledger knows %d of %d responses: %+v, error %v", calls, found.Responses, responses, found, err)
		}
		if finished {
			return
		}
	}
}

// A store of today is left as it is, and is found as it was.
func TestACurrentStoreIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := older(t, survey.CurrentFormat, 3)
	told := 0
	found, err := migrations.Run(t.Context(), s, "v9.8.7", func(int, survey.Collection, int) { told++ })
	if err != nil || found.Version != survey.CurrentFormat || told > 0 {
		t.Errorf("found %+v, told %d times, error %v", found, told, err)
	}
	if chains, err := (survey.Documents[bson.Raw]{Store: s, Collection: survey.Chains}).All(t.Context()); err != nil || len(chains) > 0 {
		t.Errorf("%d chains were made, error %v", len(chains), err)
	}
}

// A store of a newer program is refused, and left as it is.
func TestANewerStoreIsRefused(t *testing.T) {
	t.Parallel()
	s := older(t, survey.CurrentFormat+1, 3)
	_, err := migrations.Run(t.Context(), s, "v9.8.7", nil)
	if newer := (*survey.NewerFormat)(nil); !survey.Is(err, survey.Invalid) || !errors.As(err, &newer) || newer.Format.Wrote != "v0.1.0" {
		t.Errorf("the error is %v, want one that names the version", err)
	}
	if now := formatOf(t, s); now.Version != survey.CurrentFormat+1 || now.Wrote != "v0.1.0" {
		t.Errorf("the format is %+v now", now)
	}
}
