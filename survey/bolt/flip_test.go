package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/faulttest"
	"hailong/survey/storetest"
)

// flips is how many bits are flipped, each in a copy of its own: a few in every run,
// HAILONG_TEST_FLIPS of them in "make faults".
func flips(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("HAILONG_TEST_FLIPS"))
	if err != nil {
		return 60
	}
	return n
}

// everyPage gives the bytes of a store with documents in every collection, and pages
// of every kind: some documents are longer than a page, some small collections lie in
// the page above them, and some pages are free.
func everyPage(t testing.TB) []byte {
	t.Helper()
	s := newStore(t)
	for _, c := range survey.Collections {
		n := 3
		if c == survey.Responses {
			n = 600
		} else if c == survey.Audit || c == survey.Units {
			n = 60
		}
		var docs []bson.Raw
		for i := range n {
			docs = append(docs, storetest.Document(t, fmt.Sprintf("%s-%05d", c, i), 1, strings.Repeat("x", (i*37)%700)))
		}
		docs = append(docs, storetest.Document(t, "long", 1, strings.Repeat(string(c), 600)))
		if _, err := s.Insert(t.Context(), c, docs...); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 { // which leaves free pages
		id := fmt.Sprintf("responses-%05d", 3*i)
		if err := s.Delete(t.Context(), survey.Responses, id, 1); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Snapshot(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return read(t, path)
}

// pagesByKind lists the pages of a file by what they are. A page that belongs to the
// one before it is of its kind.
func pagesByKind(t testing.TB, whole []byte) (kinds map[string][]int, pageSize int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kinds.db")
	write(t, path, whole)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	kinds, pageSize = map[string][]int{}, db.Info().PageSize
	err = db.View(func(tx *bbolt.Tx) error {
		for number := 0; ; {
			info, err := tx.Page(number)
			if err != nil || info == nil {
				return err
			}
			last := number + info.OverflowCount
			if info.Type == "free" {
				last = number
			}
			for ; number <= last; number++ {
				kinds[info.Type] = append(kinds[info.Type], number)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds, pageSize
}

// damageOf is what a check finds in a file.
func damageOf(t testing.TB, path string) (found []survey.Damage) {
	t.Helper()
	_, err := bolt.CheckFile(path, func(int) error { return nil }, func(d survey.Damage) { found = append(found, d) })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCheckFindsNothingInAWholeFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	write(t, path, everyPage(t))
	if found := damageOf(t, path); len(found) > 0 {
		t.Errorf("in a whole file damage was found: %+v", found)
	}
}

// A bit flips somewhere in the file: either a check finds it, or every document reads
// as it was written. Reading such a file never gives other documents, or fewer,
// without an error, whether it was checked or not, unless the damage is in the page
// that says which of two states is the newest.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	whole := everyPage(t)
	kinds, pageSize := pagesByKind(t, whole)
	path := filepath.Join(t.TempDir(), "store.db")
	write(t, path, whole)
	s := open(t, path)
	before := contentsOf(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	all := faulttest.Outcome{Done: "bit of a file flipped, in each kind of page", Acknowledged: faulttest.Unknown, Stored: faulttest.Unknown}
	found := 0
	t.Logf("%-10s %6s %9s %9s %7s", "page", "flips", "detected", "harmless", "silent")
	for _, kind := range []string{"meta", "freelist", "branch", "leaf", "free"} {
		if len(kinds[kind]) == 0 {
			t.Fatalf("no page is of the kind %s", kind)
		}
		detected, harmless, silent := 0, 0, 0
		n := flips(t) / 5
		for range n {
			page := kinds[kind][rnd.IntN(len(kinds[kind]))]
			// Heads are small and matter most: every second flip is in the first bytes.
			within := rnd.IntN(pageSize)
			if kind == "meta" || rnd.IntN(2) == 0 {
				within = rnd.IntN(100)
			}
			damaged := bytes.Clone(whole)
			damaged[page*pageSize+within] ^= 1 << rnd.IntN(8)
			path := filepath.Join(t.TempDir(), "damaged.db")
			write(t, path, damaged)
			found := damageOf(t, path)
			same, err := readsAs(t, path, before)
			switch {
			case len(found) > 0:
				detected++
			case err == nil && same:
				harmless++
			default:
				silent++
				t.Errorf("bit in byte %d of page %d (%s): nothing was found, and reading gives other documents (%v)", within, page, kind, err)
			}
			if err == nil && !same && kind != "meta" {
				t.Errorf("bit in byte %d of page %d (%s): reading gave other documents without an error", within, page, kind)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%-10s %6d %9d %9d %7d", kind, n, detected, harmless, silent)
		found, all.Lost = found+detected, all.Lost+silent
	}
	all.Note = fmt.Sprintf("%d flips, %d found, the others harmless", flips(t), found)
	all.Report(t)
}

// readsAs opens a file and reports whether its documents are as they were; an error
// is one of reading them.
func readsAs(t testing.TB, path string, before map[survey.Collection]string) (same bool, err error) {
	t.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	same = true
	for _, c := range survey.Collections {
		now, err := contentOf(t, s, c)
		if err != nil {
			return false, err
		}
		same = same && now == before[c]
	}
	return same, nil
}
