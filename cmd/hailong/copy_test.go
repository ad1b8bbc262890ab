package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/storetest"
)

func openURL(t testing.TB, url string) openStore {
	t.Helper()
	s, err := (&storeOption{flag: "store", url: url}).own(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeStore(t testing.TB, s openStore) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// some gives documents for every collection, more of them than go over in one
// group.
func some(t testing.TB, c survey.Collection) []bson.Raw {
	t.Helper()
	n := 3
	if c == survey.Responses {
		n = sendDocuments + 200
	}
	var docs []bson.Raw
	for i := range n {
		docs = append(docs, storetest.Document(t, fmt.Sprintf("%s-%05d", c, i), int64(i), "Người dân hài lòng"))
	}
	return docs
}

func fillStore(t testing.TB, url string) {
	t.Helper()
	s := openURL(t, url)
	defer closeStore(t, s)
	for _, c := range survey.Collections {
		if _, err := s.Insert(t.Context(), c, some(t, c)...); err != nil {
			t.Fatal(err)
		}
	}
}

func contentsOf(t testing.TB, from source) []content {
	t.Helper()
	var all []content
	for _, c := range survey.Collections {
		sum := newTally()
		if err := from.Scan(t.Context(), c, "", "", func(doc bson.Raw) error { sum.add(doc); return nil }); err != nil {
			t.Fatal(err)
		}
		all = append(all, sum.content(c))
	}
	return all
}

func expectSame(t testing.TB, urlA, urlB string) {
	t.Helper()
	a, b := openURL(t, urlA), openURL(t, urlB)
	defer closeStore(t, a)
	defer closeStore(t, b)
	if diff := cmp.Diff(contentsOf(t, a), contentsOf(t, b)); diff != "" {
		t.Errorf("the stores differ:\n%s", diff)
	}
}

func hailong(t testing.TB, want int, args ...string) {
	t.Helper()
	if code := run(t.Context(), args); code != want {
		t.Fatalf("hailong %q: exit code %d, want %d", args, code, want)
	}
}

func boltURL(t testing.TB) string {
	t.Helper()
	return "bolt:" + filepath.Join(t.TempDir(), "store.db")
}

func TestCopyBothWays(t *testing.T) {
	t.Parallel()
	first, second, third := boltURL(t), storetest.MongoDB(t).Database(t), boltURL(t)
	fillStore(t, first)
	hailong(t, 0, "copy", "--from", first, "--to", second)
	hailong(t, 0, "copy", "--from", second, "--to", third)
	expectSame(t, first, third)
	expectSame(t, second, third)
}

func TestCopyAgain(t *testing.T) {
	t.Parallel()
	from, to := boltURL(t), boltURL(t)
	fillStore(t, from)
	// What an interrupted copy leaves behind.
	s := openURL(t, to)
	if _, err := s.Insert(t.Context(), survey.Units, some(t, survey.Units)...); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Insert(t.Context(), survey.Responses, some(t, survey.Responses)[:700]...); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	for range 2 {
		hailong(t, 0, "copy", "--from", from, "--to", to)
		expectSame(t, from, to)
	}
}

func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	from := boltURL(t)
	fillStore(t, from)
	for name, doc := range map[string]bson.Raw{
		"AnotherDocument":  storetest.Document(t, "points-00001x", 1, ""),
		"ADifferentOne":    storetest.Document(t, "points-00001", 1, "changed"),
		"OneAfterTheLast":  storetest.Document(t, "~", 1, ""),
		"OneBeforeTheLast": storetest.Document(t, "!", 1, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := boltURL(t)
			s := openURL(t, to)
			if _, err := s.Insert(t.Context(), survey.Points, doc); err != nil {
				t.Fatal(err)
			}
			before := contentsOf(t, s)
			closeStore(t, s)
			hailong(t, 1, "copy", "--from", from, "--to", to)
			s = openURL(t, to)
			defer closeStore(t, s)
			if diff := cmp.Diff(before, contentsOf(t, s)); diff != "" {
				t.Error("the target was changed:", diff)
			}
		})
	}
}

func TestCopyUsage(t *testing.T) {
	t.Parallel()
	same := boltURL(t)
	for _, args := range [][]string{
		{"copy"},
		{"copy", "--from", same},
		{"copy", "--from", same, "--to", same},
		{"copy", "--from", same, "--to", "bolt:" + filepath.Dir(same[len("bolt:"):]) + "/./store.db"},
		{"copy", "--from", same, "--to", "bolt:"},
		{"copy", "--from", same, "--to", "postgres://user:secret@host/"},
	} {
		hailong(t, 2, args...)
	}
}

// TestTransferNoticesALoss has a target that acknowledges what it does not keep.
func TestTransferNoticesALoss(t *testing.T) {
	t.Parallel()
	url := boltURL(t)
	fillStore(t, url)
	from, to := openURL(t, url), openURL(t, boltURL(t))
	defer closeStore(t, from)
	defer closeStore(t, to)
	if _, err := transfer(t.Context(), from, forgetful{to}); err == nil || !strings.Contains(err.Error(), "1200 documents were sent and 1000 are there") {
		t.Errorf("error %v", err)
	}
}

type forgetful struct{ survey.Store }

func (f forgetful) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if c == survey.Responses && len(docs) == 200 {
		return make([]bool, len(docs)), nil
	}
	return f.Store.Insert(ctx, c, docs...)
}
