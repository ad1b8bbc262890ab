package boltfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
)

// Wreck is a file of which any part may be damaged or missing. What it says of itself is
// believed only where something else agrees.
type Wreck struct {
	file  io.ReaderAt
	bytes int64

	PageSize int
	Pages    uint64          // that the file has room for; the last one may be cut off
	Metas    [2]*Meta        // those that are whole
	kinds    []uint8         // of each position, as its head says; 0: that says nothing
	moved    map[int64]int64 // where a page is that is not in its place: page -> position
}

// OpenWreck reads the head of every page. told is called with the bytes read since the
// last call; an error of it ends the reading. usual is the size of a page where nothing
// tells it.
func OpenWreck(file io.ReaderAt, size int64, usual int, told func(bytes int) error) (*Wreck, error) {
	w := &Wreck{file: file, bytes: size, PageSize: usual, moved: map[int64]int64{}}
	w.findMetas()
	w.Pages = uint64((size + int64(w.PageSize) - 1) / int64(w.PageSize)) //nolint:gosec // not negative
	w.kinds = make([]uint8, w.Pages)
	const piece = 1 << 20
	buffer := make([]byte, max(piece, w.PageSize))
	for at := int64(0); at < size; at += int64(len(buffer)) {
		n, err := w.readSome(buffer, at)
		if err != nil {
			return nil, err
		}
		for start := 0; start+pageHead <= n; start += w.PageSize {
			w.note((at+int64(start))/int64(w.PageSize), parsePage(buffer[start:]))
		}
		if err := told(n); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// readSome reads as much as can be read; a part that the disk does not give is zero.
func (w *Wreck) readSome(buffer []byte, at int64) (n int, err error) {
	n = int(min(int64(len(buffer)), w.bytes-at))
	if _, err := w.file.ReadAt(buffer[:n], at); err == nil || errors.Is(err, io.EOF) {
		return n, nil
	}
	for start := 0; start < n; start += w.PageSize {
		page := buffer[start:min(start+w.PageSize, n)]
		if _, err := w.file.ReadAt(page, at+int64(start)); err != nil && !errors.Is(err, io.EOF) {
			clear(page)
		}
	}
	return n, nil
}

// note notes what the head at a position says.
func (w *Wreck) note(position int64, p Page) {
	if p.Kind != BranchPage && p.Kind != LeafPage && p.Kind != FreelistPage {
		return
	}
	w.kinds[position] = uint8(p.Kind)
	if number := int64(p.Number); number != position && number >= 2 && uint64(number) < w.Pages { //nolint:gosec // held against the file
		w.moved[number] = position
	}
}

// findMetas finds the metas that are whole, and the size of a page, by trial where
// neither says it: the first meta lies at the beginning, the second a page behind it.
func (w *Wreck) findMetas() {
	sizes := []int{w.PageSize}
	for size := 1 << 10; size <= 1<<16; size <<= 1 {
		sizes = append(sizes, size)
	}
	for _, size := range sizes {
		first, err := ReadMeta(w.file, size, 0)
		if err == nil {
			size = first.PageSize
			w.Metas[0] = &first
		}
		if second, err := ReadMeta(w.file, size, 1); err == nil && second.PageSize == size {
			w.Metas[1] = &second
		}
		if w.Metas[0] != nil || w.Metas[1] != nil {
			w.PageSize = size
			return
		}
	}
	best := 0
	for _, size := range sizes {
		if n := w.pagesInPlace(size); n > best {
			w.PageSize, best = size, n
		}
	}
}

// pagesInPlace is how many pages of a size say that they are where they are, of those at
// the beginning of the file.
func (w *Wreck) pagesInPlace(size int) (n int) {
	head := make([]byte, pageHead)
	for position := int64(2); position < 2000 && (position+1)*int64(size) <= w.bytes; position++ {
		if _, err := w.file.ReadAt(head, position*int64(size)); err != nil {
			continue
		}
		if p := parsePage(head); int64(p.Number) == position && (p.Kind == BranchPage || p.Kind == LeafPage || p.Kind == FreelistPage) { //nolint:gosec // compared only
			n++
		}
	}
	return n
}

// page reads the head and the first bytes of a page, wherever it is.
func (w *Wreck) page(number uint64) (p Page, position uint64, err error) {
	if number < 2 || number >= w.Pages {
		return p, 0, errors.New("there is no such page")
	}
	p = w.at(number)
	if p.Number == number && w.kinds[number] != 0 {
		return p, number, nil
	}
	if moved, ok := w.moved[int64(number)]; ok { //nolint:gosec // below w.Pages
		if p = w.at(uint64(moved)); p.Number == number { //nolint:gosec // a position
			return p, uint64(moved), nil //nolint:gosec // a position
		}
	}
	return p, 0, errors.New("it is not in its place, nor anywhere else")
}

// at reads what is at a position.
func (w *Wreck) at(position uint64) Page {
	content := make([]byte, w.PageSize)
	n, _ := w.readSome(content, int64(position)*int64(w.PageSize)) //nolint:gosec // below w.Pages
	return parsePage(append(content[:n], make([]byte, w.PageSize-n)...))
}

// count is how many elements a page has. The first one says it too: what it names lies
// behind the last one.
func (p Page) elements() int {
	if len(p.Content) < pageHead+elementHead {
		return 0
	}
	head, most := p.Content[pageHead:], (len(p.Content)-pageHead)/elementHead
	first := binary.LittleEndian.Uint32(head)
	if p.Kind != BranchPage {
		first = binary.LittleEndian.Uint32(head[4:])
	}
	if n := int(first) / elementHead; first%elementHead == 0 && n > 0 && n <= 0xFFFF && (n <= most || n == p.Count) {
		return n
	}
	return min(p.Count, most)
}

// leaf visits the elements of a leaf that can be read; each is held against the bounds
// of the file and the largest value, whatever the others are. Those that lie beyond the
// page are read from where they are, however many pages the head says.
func (w *Wreck) leaf(position uint64, p Page) iter.Seq2[int, Element] {
	return func(yield func(int, Element) bool) {
		for i := range p.elements() {
			start := int64(pageHead + i*elementHead)
			head := make([]byte, elementHead)
			if start+elementHead <= int64(len(p.Content)) {
				copy(head, p.Content[start:])
			} else if !w.readInto(head, position, start) {
				return
			}
			flags, offset := binary.LittleEndian.Uint32(head), int64(binary.LittleEndian.Uint32(head[4:]))
			keyBytes, valueBytes := int64(binary.LittleEndian.Uint32(head[8:])), int64(binary.LittleEndian.Uint32(head[12:]))
			from, end := start+offset, start+offset+keyBytes+valueBytes
			if flags > bucketElement || keyBytes == 0 || keyBytes > 1<<15 || valueBytes > longest/4 {
				continue
			}
			content, last := p.Content, end
			if end > int64(len(content)) {
				content = make([]byte, end-from)
				if !w.readInto(content, position, from) {
					continue
				}
				from = 0
			}
			e := Element{Key: content[from : from+keyBytes], Value: content[from+keyBytes : from+keyBytes+valueBytes], Bucket: flags == bucketElement, end: last}
			if !yield(i, e) {
				return
			}
		}
	}
}

// readInto reads bytes that begin so far behind the start of a page; false if the file
// does not have them all.
func (w *Wreck) readInto(b []byte, position uint64, offset int64) bool {
	_, err := w.file.ReadAt(b, int64(position)*int64(w.PageSize)+offset) //nolint:gosec // below w.Pages
	return err == nil
}

// Leaf visits what can be read of the page at a position, as if it were a leaf.
func (w *Wreck) Leaf(position uint64) iter.Seq2[int, Element] {
	p := w.at(position)
	p.Kind = LeafPage
	return w.leaf(position, p)
}

// Inline visits what can be read of a small bucket, which lies in an element. Where they
// end is told from the start of the page that holds the bucket.
func (w *Wreck) Inline(e Element) iter.Seq2[int, Element] {
	return func(yield func(int, Element) bool) {
		_, inline, _, err := e.Tree()
		if err != nil || len(inline.Content) == 0 {
			return
		}
		inline.Count = inline.elements()
		for i := range inline.Count {
			inner, err := inline.Element(i)
			if err != nil {
				continue
			}
			inner.end += e.end - int64(len(e.Value)) + bucketHead
			if !yield(i, inner) {
				return
			}
		}
	}
}

// PageSet is a set of pages.
type PageSet []uint64

// NewPageSet returns an empty set of the pages of a file.
func (w *Wreck) NewPageSet() PageSet { return make(PageSet, w.Pages/64+1) }

// Add adds a page, and reports whether it was there before.
func (s PageSet) Add(page uint64) bool {
	word, bit := page/64, uint64(1)<<(page%64)
	before := s[word]&bit != 0
	s[word] |= bit
	return before
}

// Has reports whether a page is there.
func (s PageSet) Has(page uint64) bool { return s[page/64]&(1<<(page%64)) != 0 }

// Tree goes through a tree and visits the elements of its leaves in order. What cannot be
// read is told to bad, and the rest is gone through. The pages are added to reached; one
// that is there already is not gone through again.
func (w *Wreck) Tree(root uint64, reached PageSet, bad func(page uint64, what error), visit func(Element) error) error {
	t := treeWalk{w, reached, bad, visit}
	return t.page(root, nil, nil)
}

type treeWalk struct {
	*Wreck
	reached PageSet
	bad     func(page uint64, what error)
	visit   func(Element) error
}

// page goes through a page, whose keys are at least from and, if there is an end, below
// it. A leaf that begins elsewhere is another one: a damaged number led to it.
func (t *treeWalk) page(number uint64, from, to []byte) error {
	p, position, err := t.Wreck.page(number)
	if err == nil && p.Kind == FreelistPage {
		err = errors.New("it is neither a branch nor a leaf")
	}
	inside := func(key []byte) bool {
		return bytes.Compare(key, from) >= 0 && (to == nil || bytes.Compare(key, to) < 0)
	}
	if err == nil && p.Kind == LeafPage {
		for _, e := range t.leaf(position, p) {
			if !inside(e.Key) {
				err = errors.New("it holds what belongs elsewhere")
			}
			break
		}
	}
	if err == nil && t.reached.Has(number) {
		err = errors.New("it is in two places")
	}
	if err != nil {
		t.bad(number, err)
		return nil
	}
	t.reached.Add(number)
	if p.Kind == BranchPage {
		return t.branch(number, p, from, to)
	}
	read, end := 0, int64(0)
	for _, e := range t.leaf(position, p) {
		read++
		end = max(end, e.end)
		if err := t.visit(e); err != nil {
			return err
		}
	}
	if read < p.elements() || p.elements() != p.Count {
		t.bad(number, fmt.Errorf("%d of its %d elements can be read", read, p.Count))
	}
	return t.further(p, end)
}

// further notes the pages that belong to a leaf: as many as its head says, but no more
// than its elements need. A damaged length must not swallow others.
func (t *treeWalk) further(p Page, end int64) error {
	for i := range min(int64(p.Overflow), (end-1)/int64(t.PageSize)) {
		at := p.Number + 1 + uint64(i) //nolint:gosec // not negative
		if at >= t.Pages {
			t.bad(p.Number, errors.New("it is cut off"))
			return nil
		}
		t.reached.Add(at)
	}
	return nil
}

// branch goes through the pages below a branch.
func (t *treeWalk) branch(number uint64, p Page, from, to []byte) error {
	type below struct {
		key  []byte
		page uint64
	}
	var all []below
	n := p.elements()
	for i := range n {
		p.Count = n // whatever the head says
		if e, err := p.Element(i); err != nil {
			t.bad(number, err)
		} else {
			all = append(all, below{bytes.Clone(e.Key), e.Below})
		}
	}
	if len(all) == 0 {
		t.bad(number, errors.New("there is nothing below it"))
	}
	for i, b := range all {
		begin, end := from, to
		if i > 0 {
			begin = b.key
		}
		if i+1 < len(all) {
			end = all[i+1].key
		}
		if i > 0 && bytes.Compare(b.key, all[i-1].key) <= 0 || to != nil && bytes.Compare(b.key, to) >= 0 {
			t.bad(number, fmt.Errorf("element %d is out of its place", i))
			begin, end = from, to
		}
		if err := t.page(b.page, begin, end); err != nil {
			return err
		}
	}
	return nil
}

// Free returns the pages that the list at a page names. A list is sorted: of an entry that
// is out of its place, or for which wrong says so, the page is not known, but between which
// pages it lies; these are doubtful, and the entry is left out. The error is about a page
// that is no such list, or of which little is right.
func (w *Wreck) Free(number uint64, wrong func(page uint64) bool) (free []uint64, doubtful [][2]uint64, err error) {
	p, position, err := w.page(number)
	if err != nil {
		return nil, nil, err
	}
	if p.Overflow > 0 {
		if uint64(p.Overflow) >= w.Pages { //nolint:gosec // not negative
			return nil, nil, errors.New("it is longer than the file")
		}
		p.Content = make([]byte, (p.Overflow+1)*w.PageSize)
		if !w.readInto(p.Content, position, 0) {
			return nil, nil, errors.New("it is cut off")
		}
	}
	all, err := p.Free()
	if err != nil {
		return nil, nil, err
	}
	last := uint64(1)
	for i, page := range all {
		if page < 2 || i > 0 && page <= all[i-1] || i+1 < len(all) && page >= all[i+1] || wrong(page) {
			doubtful = append(doubtful, [2]uint64{last, math.MaxUint64})
			continue
		}
		for j := len(doubtful) - 1; j >= 0 && doubtful[j][1] == math.MaxUint64; j-- {
			doubtful[j][1] = page
		}
		free, last = append(free, page), page
	}
	if len(doubtful) > 3+len(all)/10 {
		return nil, nil, fmt.Errorf("%d of its %d entries are wrong", len(doubtful), len(all))
	}
	return free, doubtful, nil
}

// FreeLists lists the pages that say that they are lists of free pages, in force or not.
func (w *Wreck) FreeLists() (all []uint64) {
	for position, kind := range w.kinds {
		if kind == FreelistPage {
			all = append(all, uint64(position)) //nolint:gosec // not negative
		}
	}
	return all
}

// Newest returns the meta in force, and whether it is sure that it is: neither is damaged.
func (w *Wreck) Newest() (m Meta, ok, sure bool) {
	for _, of := range slices.Backward(w.Metas[:]) {
		if of != nil && (!ok || of.Transaction > m.Transaction) {
			m, ok = *of, true
		}
	}
	return m, ok, w.Metas[0] != nil && w.Metas[1] != nil
}

// ReadAt reads bytes of the file.
func (w *Wreck) ReadAt(b []byte, at int64) (int, error) { return w.file.ReadAt(b, at) }

// NumberAt returns which page lies at a position: what its head says, if that page is not
// in its own place, and otherwise the position.
func (w *Wreck) NumberAt(position uint64) uint64 {
	if number := w.at(position).Number; number < w.Pages && w.moved[int64(number)] == int64(position) { //nolint:gosec // below w.Pages
		return number
	}
	return position
}

// IsLeaf reports whether a page says that it is a leaf.
func (w *Wreck) IsLeaf(position uint64) bool { return w.kinds[position] == LeafPage }

// Below lists the pages below a branch; none for what is no branch.
func (w *Wreck) Below(position uint64) (pages []uint64) {
	if w.kinds[position] != BranchPage {
		return nil
	}
	p := w.at(position)
	p.Count = p.elements()
	for i := range p.Count {
		if e, err := p.Element(i); err == nil {
			pages = append(pages, e.Below)
		}
	}
	return pages
}
