package salvage_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/check"
	"hailong/survey/faulttest"
	"hailong/survey/salvage"
)

// atlas says, by bbolt itself, which pages of a whole file are of which kind, and on
// which pages each document lies.
type atlas struct {
	pageSize int
	size     int                                     // that is in use
	kinds    map[string][]int                        // first pages
	lengths  map[int]int                             // of each first page, with those that belong to it
	pages    map[survey.Collection]map[string][2]int // of a document: the first page, and how many
}

func newAtlas(t testing.TB, content []byte) atlas {
	t.Helper()
	path := filepath.Join(t.TempDir(), "atlas.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	a := atlas{pageSize: db.Info().PageSize, kinds: map[string][]int{}, lengths: map[int]int{}, pages: map[survey.Collection]map[string][2]int{}}
	owner := map[int]int{}
	err = db.View(func(tx *bbolt.Tx) error {
		a.size = int(tx.Size())
		for number := 0; ; {
			info, err := tx.Page(number)
			if err != nil || info == nil {
				break
			}
			length := 1 + info.OverflowCount
			if info.Type == "free" {
				length = 1
			}
			a.kinds[info.Type] = append(a.kinds[info.Type], number)
			a.lengths[number] = length
			for i := range length {
				owner[number+i] = number
			}
			number += length
		}
		for _, c := range survey.Collections {
			a.pages[c] = map[string][2]int{}
			// A small bucket lies in the page above, and bbolt may copy it.
			name, _ := tx.Cursor().Seek([]byte(c))
			err := tx.Bucket([]byte(c)).ForEach(func(id, stored []byte) error {
				at := int(uintptr(unsafe.Pointer(&stored[0])) - db.Info().Data)
				if at < 0 || at >= a.size {
					at = int(uintptr(unsafe.Pointer(&name[0])) - db.Info().Data)
				}
				first := owner[at/a.pageSize]
				a.pages[c][string(id)] = [2]int{first, a.lengths[first]}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// untouched reports whether no byte of a document's pages is damaged.
func (a *atlas) untouched(c survey.Collection, id string, whole, damaged []byte) bool {
	at := a.pages[c][id]
	from, to := at[0]*a.pageSize, (at[0]+at[1])*a.pageSize
	return to <= len(damaged) && bytes.Equal(whole[from:to], damaged[from:to])
}

// wound is one way to damage a file.
type wound struct {
	name string
	do   func(w *wounding) []byte

	// blind says that afterwards nothing tells which pages were in use, so that what
	// nobody vouches for may be set apart.
	blind bool
}

type wounding struct {
	atlas
	content []byte
	rnd     *rand.Rand
}

func (w *wounding) pick(kind string) int {
	all := w.kinds[kind]
	if kind == "leaf" || kind == "branch" {
		all = slices.DeleteFunc(slices.Clone(all), func(p int) bool { return p < 2 })
	}
	return all[w.rnd.IntN(len(all))]
}

func (w *wounding) flip(kind string, most int) *wounding {
	at := w.pick(kind)*w.pageSize + w.rnd.IntN(most)
	w.content[at] ^= 1 << w.rnd.IntN(8)
	return w
}

func (w *wounding) zero(page int) *wounding {
	clear(w.content[page*w.pageSize : (page+1)*w.pageSize])
	return w
}

func (w *wounding) zeroAll(kind string) *wounding {
	for _, page := range w.kinds[kind] {
		w.zero(page)
	}
	return w
}

func (w *wounding) swap(a, b int) *wounding {
	one, other := w.content[a*w.pageSize:(a+1)*w.pageSize], w.content[b*w.pageSize:(b+1)*w.pageSize]
	kept := bytes.Clone(one)
	copy(one, other)
	copy(other, kept)
	return w
}

func (w *wounding) bits(n int) *wounding {
	for range n {
		w.content[w.rnd.IntN(len(w.content))] ^= 1 << w.rnd.IntN(8)
	}
	return w
}

func (w *wounding) metas() *wounding { return w.zero(0).zero(1) }

// wounds are 30 damages; the first of them are made in every run.
var wounds = []wound{
	{"branch zeroed", func(w *wounding) []byte { return w.zero(w.pick("branch")).content }, false},
	{"both metas zeroed", func(w *wounding) []byte { return w.metas().content }, false},
	{"leaf zeroed", func(w *wounding) []byte { return w.zero(w.pick("leaf")).content }, false},
	{"100 bits", func(w *wounding) []byte { return w.bits(100).content }, true},
	{"all branches zeroed", func(w *wounding) []byte { return w.zeroAll("branch").content }, false},
	{"leaf and free page swapped", func(w *wounding) []byte { return w.swap(w.pick("leaf"), w.pick("free")).content }, false},
	{"cut off in the middle", func(w *wounding) []byte { return w.content[:len(w.content)/2] }, true},
	{"list of free pages and a branch zeroed", func(w *wounding) []byte { return w.zeroAll("freelist").zero(w.pick("branch")).content }, false},
	{"bit in the head of a meta", func(w *wounding) []byte { return w.flip("meta", 80).content }, false},
	{"bit in a meta", func(w *wounding) []byte { return w.flip("meta", 80).content }, false},
	{"first meta zeroed", func(w *wounding) []byte { return w.zero(0).content }, false},
	{"second meta zeroed", func(w *wounding) []byte { return w.zero(1).content }, false},
	{"bit in a branch", func(w *wounding) []byte { return w.flip("branch", 600).content }, false},
	{"bit in the head of a branch", func(w *wounding) []byte { return w.flip("branch", 64).content }, false},
	{"bit in a leaf", func(w *wounding) []byte { return w.flip("leaf", w.pageSize).content }, false},
	{"bit in the head of a leaf", func(w *wounding) []byte { return w.flip("leaf", 64).content }, false},
	{"bit in the list of free pages", func(w *wounding) []byte { return w.flip("freelist", 64).content }, false},
	{"bit in a free page", func(w *wounding) []byte { return w.flip("free", w.pageSize).content }, false},
	{"list of free pages zeroed", func(w *wounding) []byte { return w.zeroAll("freelist").content }, false},
	{"free page zeroed", func(w *wounding) []byte { return w.zero(w.pick("free")).content }, false},
	{"two leaves swapped", func(w *wounding) []byte { return w.swap(w.pick("leaf"), w.pick("leaf")).content }, false},
	{"branch and leaf swapped", func(w *wounding) []byte { return w.swap(w.pick("branch"), w.pick("leaf")).content }, false},
	{"cut off at a random place", func(w *wounding) []byte { return w.content[:w.rnd.IntN(len(w.content))] }, true},
	{"cut off at another place", func(w *wounding) []byte { return w.content[:w.rnd.IntN(len(w.content))] }, true},
	{"cut off to 8 KiB", func(w *wounding) []byte { return w.content[:8<<10] }, true},
	{"100 other bits", func(w *wounding) []byte { return w.bits(100).content }, true},
	{"1000 bits", func(w *wounding) []byte { return w.bits(1000).content }, true},
	{"both metas and a leaf zeroed", func(w *wounding) []byte { return w.metas().zero(w.pick("leaf")).content }, true},
	{"both metas and all branches zeroed", func(w *wounding) []byte { return w.metas().zeroAll("branch").content }, false},
	{"five leaves zeroed", func(w *wounding) []byte {
		for range 5 {
			w.zero(w.pick("leaf"))
		}
		return w.content
	}, false},
}

// woundsOfRun is how many damages are made: a few in every run, all in "make faults".
func woundsOfRun() []wound {
	if os.Getenv("HAILONG_TEST_DAMAGES") == "all" {
		return wounds
	}
	return wounds[:8]
}

// Whatever is damaged: each document whose pages are as they were goes over as it was, or
// is set apart where nothing tells whether it was in force; nothing else than what was
// stored goes over, nor what was deleted; and a check of the new store finds nothing that
// the salvage did not state.
func TestNothingReadableIsLost(t *testing.T) {
	t.Parallel()
	o := newOriginal(t, 120)
	a := newAtlas(t, o.content)
	o.content = o.content[:a.size]
	t.Logf("%d pages: %d branches, %d leaves, %d free", len(o.content)/a.pageSize, len(a.kinds["branch"]), len(a.kinds["leaf"]), len(a.kinds["free"]))
	t.Logf("%-40s %9s %9s %9s %9s %9s %9s", "damage", "documents", "readable", "salvaged", "set apart", "missing", "reported")
	var sum row
	wounds := woundsOfRun()
	for i, wound := range wounds {
		w := &wounding{a, bytes.Clone(o.content), rand.New(rand.NewPCG(9, uint64(i)))}
		damaged := wound.do(w)
		s := newSalvage(t, damaged)
		row := s.judge(o, a, damaged, wound)
		t.Logf("%-40s %9d %9d %9d %9d %9d %9d", wound.name, row.documents, row.readable, row.salvaged, row.apart, row.documents-row.salvaged, row.reported)
		s.expectChecked(wound)
		sum.readable, sum.salvaged, sum.apart = sum.readable+row.readable, sum.salvaged+row.salvaged, sum.apart+row.apart
	}
	// judge fails the test for each readable document that is lost.
	faulttest.FaultOutcome{
		Done: fmt.Sprintf("file damaged in %d ways, and salvaged", len(wounds)), Acknowledged: sum.readable, Stored: sum.salvaged + sum.apart,
		Note: fmt.Sprintf("documents on pages that were not touched; salvaged, %d of them set apart", sum.apart),
	}.Report(t)
}

// salvaged is a store that was got out of a damaged file.
type salvaged struct {
	testing.TB
	path   string
	report salvage.Salvaged
	apart  map[survey.Collection]map[string]string
}

func newSalvage(t testing.TB, damaged []byte) *salvaged {
	t.Helper()
	dir := t.TempDir()
	from := filepath.Join(dir, "damaged.db")
	if err := os.WriteFile(from, damaged, 0o400); err != nil {
		t.Fatal(err)
	}
	s := &salvaged{TB: t, path: filepath.Join(dir, "out.db"), apart: map[survey.Collection]map[string]string{}}
	s.run(from)
	if now, err := os.ReadFile(from); err != nil || !bytes.Equal(now, damaged) {
		t.Fatalf("the damaged file was changed (%v)", err)
	}
	return s
}

func (s *salvaged) run(from string) {
	s.Helper()
	source, err := bolt.OpenDamaged(from, func(int) error { return nil })
	if err != nil {
		s.Fatal(err)
	}
	defer source.Close()
	to, err := bolt.OpenHalfFilled(s.path)
	if err != nil {
		s.Fatal(err)
	}
	s.report, err = salvage.Run(s.Context(), source, to, salvage.RunOptions{
		Actor: boss, Now: func() time.Time { return firstDay.Time().AddDate(0, 0, 10) }, Progress: func(survey.Collection, int) {},
		SetApart: func(c survey.Collection, doc bson.Raw) error {
			if s.apart[c] == nil {
				s.apart[c] = map[string]string{}
			}
			s.apart[c][survey.DocumentText(doc, "_id")] = string(doc)
			return nil
		},
	})
	if err != nil {
		s.Fatal(err)
	}
	if err := to.Close(); err != nil {
		s.Fatal(err)
	}
}

// row is what became of the documents of a damaged store.
type row struct{ documents, readable, salvaged, apart, reported int }

// made reports whether a salvage may have made a document that was not there before: a
// statement, its entry, or what enters responses into the ledger anew.
func made(c survey.Collection, id string, was map[string]string) bool {
	if was[id] != "" {
		return false
	}
	return c == survey.Audit || c == survey.Chains || c == survey.Ledger || c == survey.Settings && strings.HasPrefix(id, "salvage.")
}

func (s *salvaged) judge(o original, a atlas, damaged []byte, wound wound) (r row) {
	s.Helper()
	to, err := bolt.Open(s.path)
	if err != nil {
		s.Fatalf("%s: %v", wound.name, err)
	}
	defer to.Close()
	for _, c := range survey.Collections {
		now := contentsOf(s, to, c)
		for id, doc := range o.docs[c] {
			r.documents++
			readable := a.untouched(c, id, o.content, damaged)
			if readable {
				r.readable++
			}
			switch {
			case now[id] == doc:
				r.salvaged++
			case c == survey.Responses && survey.IsTakenBack(bson.Raw(now[id])):
				if !survey.IsTakenBack(bson.Raw(doc)) {
					s.Errorf("%s: a response was taken back", wound.name)
				}
			case wound.blind && c == survey.Audit && strings.HasPrefix(survey.DocumentText(bson.Raw(now[id]), "action"), "store."):
				// Nobody knows which numbers were given.
			case now[id] != "":
				s.Errorf("%s: %s/%s is another one than before:\n%v\n%v", wound.name, c, id, bson.Raw(now[id]), bson.Raw(doc))
			case readable && s.apart[c][id] == doc && wound.blind:
				r.apart++
			case readable:
				if !(wound.blind && nobodys(c)) {
					s.Errorf("%s: %s/%s can be read, and is not there", wound.name, c, id)
				}
			}
		}
		for id := range now {
			if o.docs[c][id] == "" && !made(c, id, o.docs[c]) {
				s.Errorf("%s: %s/%s was not there before (deleted: %v)", wound.name, c, id, o.deleted[c][id])
			}
		}
	}
	missing, known := s.report.Missing()
	r.reported = missing
	if !known && !wound.blind && len(s.report.Damage) == 0 {
		s.Errorf("%s: the report knows nothing", wound.name)
	}
	return r
}

// nobodys reports whether nobody may bring back a document that nothing in force leads to.
func nobodys(c survey.Collection) bool {
	return c == survey.Contacts || c == survey.Intents || c == survey.Ledger || slices.Contains(survey.Passing, c)
}

// expectChecked holds that a check of the new store finds nothing else than what is
// stated as lost.
func (s *salvaged) expectChecked(wound wound) {
	s.Helper()
	report, err := check.Data(func(found func(survey.Damage)) (survey.Inspected, error) {
		return bolt.CheckFile(s.path, func(int) error { return nil }, found)
	})
	if err != nil {
		s.Fatal(err)
	}
	to, err := bolt.Open(s.path)
	if err != nil {
		s.Fatal(err)
	}
	defer to.Close()
	if err := report.Rest(s.Context(), to); err != nil {
		s.Fatal(err)
	}
	for _, p := range report.Parts {
		if len(p.Wrong) > 0 || p.Skipped {
			s.Errorf("%s: the check of the new store finds in %s: %s", wound.name, p.Name, fmt.Sprint(p.Wrong[:min(3, len(p.Wrong))]))
		}
	}
}
