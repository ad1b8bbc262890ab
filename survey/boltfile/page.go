package boltfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A page begins with a head: its number, what it is, how many elements it has, and how
// many further pages belong to it.
const (
	pageHead    = 16
	elementHead = 16
	bucketHead  = 16 // of a bucket in the value of a leaf: its root page, and a number that we do not use

	BranchPage   = 0x01
	LeafPage     = 0x02
	metaPage     = 0x04
	FreelistPage = 0x10

	bucketElement = 0x01

	// longest bounds what one page and those that belong to it weigh, but for a list of
	// free pages: four documents of the largest size. A flipped bit must not make a
	// reader take the memory of the whole file.
	longest = 72 << 20
)

// Page is a page with those that belong to it.
type Page struct {
	Number   uint64
	Kind     uint16
	Count    int
	Overflow int
	Content  []byte
}

// Element is one of a branch page (with the page below) or of a leaf page.
type Element struct {
	Key, Value []byte
	Below      uint64
	Bucket     bool

	end int64 // where it ends, from the start of the page
}

// parsePage reads the head of a page.
func parsePage(content []byte) Page {
	return Page{
		Number:   binary.LittleEndian.Uint64(content),
		Kind:     binary.LittleEndian.Uint16(content[8:]),
		Count:    int(binary.LittleEndian.Uint16(content[10:])),
		Overflow: int(binary.LittleEndian.Uint32(content[12:])),
		Content:  content,
	}
}

// ReadPage reads a page of a file.
func ReadPage(file io.ReaderAt, m Meta, number uint64) (Page, error) {
	if number < 2 || number >= m.Pages {
		return Page{}, errors.New("there is no such page")
	}
	content := make([]byte, m.PageSize)
	if _, err := file.ReadAt(content, int64(number)*int64(m.PageSize)); err != nil { //nolint:gosec // below m.Pages
		return Page{}, fmt.Errorf("it cannot be read: %w", err)
	}
	p := parsePage(content)
	switch {
	case p.Number != number:
		return Page{}, fmt.Errorf("it says that it is page %d", p.Number)
	case number+uint64(p.Overflow) >= m.Pages, p.Kind != FreelistPage && p.Overflow > longest/m.PageSize: //nolint:gosec // not negative
		return Page{}, errors.New("it is longer than the file, or than any page")
	}
	if p.Overflow > 0 {
		p.Content = make([]byte, (p.Overflow+1)*m.PageSize)
		if _, err := file.ReadAt(p.Content, int64(number)*int64(m.PageSize)); err != nil { //nolint:gosec // as above
			return Page{}, fmt.Errorf("it cannot be read: %w", err)
		}
	}
	return p, nil
}

// Element returns an element of a branch or leaf page.
func (p Page) Element(i int) (e Element, err error) {
	start := pageHead + i*elementHead
	if start+elementHead > len(p.Content) {
		return e, errors.New("it has more elements than room")
	}
	head := p.Content[start:]
	first := binary.LittleEndian.Uint32(head)
	position, keyBytes, valueBytes := first, binary.LittleEndian.Uint32(head[4:]), uint32(0)
	if p.Kind == LeafPage {
		position, keyBytes, valueBytes = binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint32(head[8:]), binary.LittleEndian.Uint32(head[12:])
	} else {
		e.Below = binary.LittleEndian.Uint64(head[8:])
	}
	from := uint64(start) + uint64(position) //nolint:gosec // not negative
	middle := from + uint64(keyBytes)
	end := middle + uint64(valueBytes)
	switch {
	case end > uint64(len(p.Content)) || int(position) < (p.Count-i)*elementHead:
		return e, fmt.Errorf("element %d lies outside of it", i)
	case p.Kind == LeafPage && first > bucketElement:
		return e, fmt.Errorf("element %d is of no kind", i)
	}
	e.Key, e.Value, e.Bucket = p.Content[from:middle], p.Content[middle:end], p.Kind == LeafPage && first == bucketElement
	e.end = int64(end) //nolint:gosec // within the page
	return e, nil
}

// Tree returns where the tree of a bucket begins: its root page or, of a small bucket,
// 0 and the one page that lies in the element. own is a number that nobody writes here.
func (e Element) Tree() (root uint64, inline Page, own uint64, err error) {
	if !e.Bucket || len(e.Value) < bucketHead {
		return 0, Page{}, 0, errors.New("it is no bucket")
	}
	root, own = binary.LittleEndian.Uint64(e.Value), binary.LittleEndian.Uint64(e.Value[8:])
	if root != 0 {
		return root, Page{}, own, nil
	}
	if len(e.Value) < bucketHead+pageHead {
		return 0, Page{}, own, errors.New("the collection is cut off")
	}
	if inline = parsePage(e.Value[bucketHead:]); inline.Kind != LeafPage {
		return 0, inline, own, errors.New("the collection is no leaf")
	}
	return 0, inline, own, nil
}

// Free returns the pages that a free list names.
func (p Page) Free() ([]uint64, error) {
	count, start := uint64(p.Count), pageHead //nolint:gosec // not negative
	if count == 0xFFFF {
		count, start = binary.LittleEndian.Uint64(p.Content[pageHead:]), pageHead+8
	}
	if p.Kind != FreelistPage || count > uint64(len(p.Content)-start)/8 { //nolint:gosec // a page has a head
		return nil, errors.New("it is no list of free pages")
	}
	free := make([]uint64, count)
	for i := range free {
		free[i] = binary.LittleEndian.Uint64(p.Content[start+8*i:])
	}
	return free, nil
}

// End returns where an element of a leaf ends, from the start of its page.
func (e Element) End() int64 { return e.end }
