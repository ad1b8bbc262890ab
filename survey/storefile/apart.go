package storefile

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/boltfile"
)

// scattered is a document that no tree leads to.
type scattered struct {
	collection survey.Collection
	id         string
	rev        int64
	sum        uint64
	page       uint64 // on which it lies
	loose      bool

	at     int64 // where it lies in the file
	length int
}

// freePages is which pages were free.
type freePages struct {
	pages    boltfile.PageSet
	doubtful [][2]uint64 // one page between each two may be free, too
	sure     bool        // the list is that of the state in force
}

// has reports whether a page was free, or may have been.
func (f *freePages) has(page uint64) bool {
	return f.pages.Has(page) || slices.ContainsFunc(f.doubtful, func(between [2]uint64) bool { return between[0] < page && page < between[1] })
}

// readFree reads the list of free pages in force. Where it cannot be read, every list of
// any state that fits is taken together, and nothing is sure.
func readFree(w *boltfile.Wreck, list uint64, reached boltfile.PageSet) freePages {
	f := freePages{pages: w.NewPageSet()}
	pages := w.Pages // of a file that is cut off, more are named than there are
	if m, ok, _ := w.Newest(); ok {
		pages = max(pages, m.Pages)
	}
	inUse := func(page uint64) bool { return page >= pages || page < w.Pages && reached.Has(page) }
	add := func(free []uint64) {
		for _, page := range free {
			if page < w.Pages {
				f.pages.Add(page)
			}
		}
	}
	if free, doubtful, err := w.Free(list, inUse); list != 0 && err == nil {
		add(free)
		f.doubtful, f.sure = doubtful, true
		return f
	}
	for _, number := range w.FreeLists() {
		free, doubtful, err := w.Free(number, inUse)
		if err != nil || len(doubtful) > 0 { // of another state
			continue
		}
		add(free)
	}
	return f
}

// lookApart looks through the pages that no tree leads to, for documents of collections
// that are not whole.
func (d *Damaged) lookApart(whole map[survey.Collection]bool) error {
	guess := survey.Responses
	for position := uint64(2); position < d.wreck.Pages; position++ {
		number := d.wreck.NumberAt(position)
		if d.state.reached.Has(number) {
			continue
		}
		for _, e := range d.wreck.Leaf(position) {
			for _, inner := range d.elements(e) {
				found, ok := d.place(inner, guess)
				if guess = found.collection; !ok || whole[found.collection] {
					continue
				}
				found.page = number
				found.at = int64(position)*int64(d.wreck.PageSize) + inner.End() - int64(len(inner.Value)) //nolint:gosec // a place in a file
				d.apart[found.collection] = append(d.apart[found.collection], found)
			}
		}
		if err := d.told(d.wreck.PageSize); err != nil {
			return err
		}
	}
	for c, all := range d.apart {
		judged, err := d.judge(c, all)
		if err != nil {
			return err
		}
		d.apart[c] = judged
	}
	return nil
}

// lookForFormat reads what the file says of itself from pages that no tree leads to: those
// that were in use or, where nothing tells which these were, all. The newest counts: the
// changes of a tally only rise.
func (d *Damaged) lookForFormat() {
	d.tallies = map[survey.Collection]Tally{}
	for position := uint64(2); position < d.wreck.Pages; position++ {
		number := d.wreck.NumberAt(position)
		if d.state.reached.Has(number) || d.free.has(number) || !d.wreck.IsLeaf(position) {
			continue
		}
		for _, e := range d.wreck.Leaf(position) {
			if _, err := survey.ReadFormat(e.Value); string(e.Key) == string(FormatKey) && err == nil {
				d.state.says[string(FormatKey)] = bytes.Clone(e.Value)
			}
			for c, t := range talliesIn(map[string][]byte{string(e.Key): e.Value}) {
				if t.Changes >= d.tallies[c].Changes {
					d.tallies[c] = t
				}
			}
		}
	}
}

// elements are those of a small bucket that lies in an element, or the element itself.
func (d *Damaged) elements(e boltfile.Element) []boltfile.Element {
	if !e.Bucket {
		return []boltfile.Element{e}
	}
	var all []boltfile.Element
	for _, inner := range d.wreck.Inline(e) {
		all = append(all, inner)
	}
	return all
}

// place finds of which collection an element is a document: its checksum says it. guess
// is tried first, and returned where there is none.
func (d *Damaged) place(e boltfile.Element, guess survey.Collection) (s scattered, ok bool) {
	s.collection = guess
	stored := bson.Raw(e.Value)
	if e.Bucket || !survey.HasID(stored, e.Key) || !survey.HasChecksum(stored) {
		return s, false
	}
	sum, err := survey.StoredChecksum(guess, stored)
	for i := 0; err != nil && i < len(d.names); i++ {
		s.collection = d.names[i]
		sum, err = survey.StoredChecksum(s.collection, stored)
	}
	if err != nil {
		s.collection = guess
		return s, false
	}
	s.id, s.rev, s.sum, s.length = strings.Clone(string(e.Key)), survey.DocumentRev(stored), sum, len(stored)
	return s, true
}

// judge says which of the documents that lie apart are in force. Those whose id the tree
// leads to are left out.
func (d *Damaged) judge(c survey.Collection, all []scattered) ([]scattered, error) {
	ids := map[string]bool{}
	for _, s := range all {
		ids[s.id] = false
	}
	err := d.walk(c, func(doc bson.Raw) error {
		id := survey.DocumentText(doc, "_id")
		if _, apart := ids[id]; apart {
			ids[id] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// A page of which another copy is in force, or of which there are two, is an old one.
	old, holder := map[uint64]bool{}, map[string]uint64{}
	for _, s := range all {
		if d.free.has(s.page) {
			continue
		}
		if before, twice := holder[s.id]; twice && before != s.page {
			old[before], old[s.page] = true, true
		}
		holder[s.id] = s.page
		if ids[s.id] {
			old[s.page] = true
		}
	}
	left := all[:0]
	for _, s := range all {
		if !ids[s.id] {
			s.loose = !d.free.sure || d.free.has(s.page) || old[s.page]
			left = append(left, s)
		}
	}
	slices.SortFunc(left, func(a, b scattered) int {
		return cmp.Or(cmp.Compare(a.id, b.id), -cmp.Compare(a.rev, b.rev), cmp.Compare(a.page, b.page))
	})
	d.settle(c, left)
	return left, nil
}

// settle holds what lies apart against the tally: where it makes the collection exactly
// what it was, nothing of it is loose; where it is too much, everything is.
func (d *Damaged) settle(c survey.Collection, apart []scattered) {
	want, known := d.tallies[c]
	if !known {
		return
	}
	together := func(take func(scattered) bool) (sum Tally, taken map[int]bool) {
		sum, taken = d.in[c], map[int]bool{}
		last := ""
		for i, s := range apart {
			if s.id != last && take(s) {
				sum, last = sum.Add(s.sum), s.id
				taken[i] = true
			}
		}
		return sum, taken
	}
	exact := func(take func(scattered) bool) bool {
		sum, taken := together(take)
		if sum.Documents != want.Documents || sum.Sum != want.Sum {
			return false
		}
		for i := range apart {
			apart[i].loose = !taken[i]
		}
		return true
	}
	inUse := func(s scattered) bool { return !s.loose }
	notFree := func(s scattered) bool { return !d.free.has(s.page) }
	everything := func(scattered) bool { return true }
	if exact(inUse) || exact(notFree) || exact(everything) {
		return
	}
	if sum, _ := together(inUse); sum.Documents > want.Documents {
		for i := range apart {
			apart[i].loose = true
		}
	}
}

// read reads a document that lies apart, without its checksum.
func (d *Damaged) read(s scattered) (bson.Raw, error) {
	stored := make(bson.Raw, s.length)
	if _, err := d.wreck.ReadAt(stored, s.at); err != nil {
		return nil, survey.NewError(survey.Unavailable, "read from "+string(s.collection), err)
	}
	doc, _, err := survey.TakeChecksum(s.collection, stored)
	return doc, err
}
