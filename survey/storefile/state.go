package storefile

import (
	"bytes"
	"slices"
	"strings"

	"hailong/survey"
	"hailong/survey/boltfile"
)

// state is the store as one transaction left it, as far as that can be read.
type state struct {
	root    uint64
	buckets map[survey.Collection]boltfile.Element
	says    map[string][]byte // what the format bucket holds
	tallies map[survey.Collection]Tally
	reached boltfile.PageSet
	bad     []badPage
}

// badPage is a page that could not be read, or not all of it.
type badPage struct {
	collection survey.Collection
	page       uint64
	what       string
}

// readState reads the buckets below a root.
func readState(w *boltfile.Wreck, root uint64) state {
	s := state{root: root, buckets: map[survey.Collection]boltfile.Element{}, says: map[string][]byte{}, reached: w.NewPageSet()}
	s.walk(w, "", root, func(e boltfile.Element) {
		if e.Bucket {
			s.buckets[survey.Collection(e.Key)] = boltfile.Element{Key: bytes.Clone(e.Key), Value: bytes.Clone(e.Value), Bucket: true}
		}
	})
	if format, ok := s.buckets[survey.FormatCollection]; ok {
		s.bucket(w, survey.FormatCollection, format, func(e boltfile.Element) {
			s.says[string(e.Key)] = bytes.Clone(e.Value)
		})
	}
	s.tallies = talliesIn(s.says)
	return s
}

// walk visits what can be read of a tree.
func (s *state) walk(w *boltfile.Wreck, c survey.Collection, root uint64, visit func(e boltfile.Element)) {
	_ = w.Tree(root, s.reached, func(page uint64, what error) {
		s.bad = append(s.bad, badPage{c, page, what.Error()})
	}, func(e boltfile.Element) error {
		visit(e)
		return nil
	})
}

// bucket visits what can be read of a bucket.
func (s *state) bucket(w *boltfile.Wreck, c survey.Collection, e boltfile.Element, visit func(e boltfile.Element)) {
	root, inline, _, err := e.Tree()
	switch {
	case err != nil:
		s.bad = append(s.bad, badPage{c, 0, err.Error()})
	case root != 0:
		s.walk(w, c, root, visit)
	default:
		n := 0
		for _, inner := range w.Inline(e) {
			n++
			visit(inner)
		}
		if n < inline.Count {
			s.bad = append(s.bad, badPage{c, 0, "elements of the collection cannot be read"})
		}
	}
}

// talliesIn are the tallies that are whole among what the format bucket holds.
func talliesIn(says map[string][]byte) map[survey.Collection]Tally {
	all := map[survey.Collection]Tally{}
	for key, stored := range says {
		if name, ok := strings.CutPrefix(key, "tally/"); ok {
			if t, err := ParseTally(survey.Collection(name), stored); err == nil {
				all[survey.Collection(name)] = t
			}
		}
	}
	return all
}

// changes is how much was ever changed up to a state. It rises with every transaction
// that changes a document, so that it tells which of two states is the newer one.
func (s *state) changes() (n uint64) {
	for _, t := range s.tallies {
		n += t.Changes
	}
	return n
}

// inForce returns the state that was in force, and the list of its free pages, 0 where
// nothing says which that is.
//
// Two metas that are whole say it. Where one or both are damaged, the newest state may be
// another one: then every page that may be a root is tried, and the state in which most
// was ever changed taken. It must be as new as the newest tally in the whole file;
// otherwise its root is lost, and an older state would bring back what was deleted since.
// A state that was never committed, by a process that was killed, may be taken for one:
// nobody was told that it was stored, or that it was not.
func inForce(w *boltfile.Wreck) (s state, freelist uint64) {
	m, ok, sure := w.Newest()
	if ok {
		s, freelist = readState(w, m.Root), m.Freelist
	}
	if sure {
		return s, freelist
	}
	if ok && len(s.tallies) == 0 { // nothing tells which of two states is newer
		return s, 0
	}
	roots, newest := lookForRoots(w)
	for _, root := range roots {
		other := readState(w, root)
		newer := other.changes() > s.changes()
		same := !ok && other.changes() == s.changes() && len(other.buckets) > len(s.buckets)
		if newer || same {
			s, freelist = other, 0
		}
	}
	for c, t := range newest {
		if s.tallies[c].Changes < t.Changes && !ok {
			return readState(w, 0), 0
		}
	}
	if s.buckets == nil {
		s = readState(w, 0)
	}
	return s, freelist
}

// lookForRoots goes through all leaves, in force or not. It lists those that hold buckets
// of ours, with the branches above them, and the newest tally of each collection.
func lookForRoots(w *boltfile.Wreck) (roots []uint64, newest map[survey.Collection]Tally) {
	leaves, newest := map[uint64]bool{}, map[survey.Collection]Tally{}
	for position := uint64(2); position < w.Pages; position++ {
		if !w.IsLeaf(position) {
			continue
		}
		for _, e := range w.Leaf(position) {
			if name := survey.Collection(e.Key); e.Bucket && (name == survey.FormatCollection || slices.Contains(survey.Collections, name)) {
				leaves[position] = true
				continue
			}
			for c, t := range talliesIn(map[string][]byte{string(e.Key): e.Value}) {
				if t.Changes > newest[c].Changes {
					newest[c] = t
				}
			}
		}
		if leaves[position] {
			roots = append(roots, position)
		}
	}
	for position := uint64(2); position < w.Pages; position++ {
		if slices.ContainsFunc(w.Below(position), func(page uint64) bool { return leaves[page] }) {
			roots = append(roots, position)
		}
	}
	return roots, newest
}
