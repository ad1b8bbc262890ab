package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// How bbolt lays out a file, as far as checking one needs it. A page begins with a
// head: its number, what it is, how many elements it has, and how many further pages
// belong to it.
const (
	pageHead    = 16
	elementHead = 16
	bucketHead  = 16 // of a bucket in the value of a leaf: its root page, and a number we do not use

	branchPage   = 0x01
	leafPage     = 0x02
	metaPage     = 0x04
	freelistPage = 0x10

	bucketElement = 0x01

	metaMagic   = 0xED0CDAED
	metaVersion = 2
	metaBytes   = 64
)

// metaOf is what a meta page says: where everything begins.
type metaOf struct {
	root, freelist, pages, transaction uint64
	pageSize                           int
}

// readMeta reads one of the two meta pages.
func readMeta(page []byte, number uint64) (metaOf, error) {
	if len(page) < pageHead+metaBytes {
		return metaOf{}, errors.New("it is cut off")
	}
	b := page[pageHead:]
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaBytes-8])
	switch {
	case binary.LittleEndian.Uint64(page) != number || binary.LittleEndian.Uint16(page[8:]) != metaPage:
		return metaOf{}, errors.New("it does not say that it is one")
	case binary.LittleEndian.Uint32(b) != metaMagic || binary.LittleEndian.Uint32(b[4:]) != metaVersion:
		return metaOf{}, errors.New("it is not of this kind of file")
	case binary.LittleEndian.Uint64(b[metaBytes-8:]) != sum.Sum64():
		return metaOf{}, errors.New("its content does not fit its checksum")
	}
	return metaOf{
		pageSize:    int(binary.LittleEndian.Uint32(b[8:])),
		root:        binary.LittleEndian.Uint64(b[16:]),
		freelist:    binary.LittleEndian.Uint64(b[32:]),
		pages:       binary.LittleEndian.Uint64(b[40:]),
		transaction: binary.LittleEndian.Uint64(b[48:]),
	}, nil
}

// pageOf is a page with those that belong to it.
type pageOf struct {
	number   uint64
	kind     uint16
	count    int
	overflow int
	content  []byte
}

// element is one of a branch page (with the page below) or of a leaf page.
type element struct {
	key, value []byte
	below      uint64
	bucket     bool
}

// parsePage reads the head of a page.
func parsePage(content []byte) pageOf {
	return pageOf{
		number:   binary.LittleEndian.Uint64(content),
		kind:     binary.LittleEndian.Uint16(content[8:]),
		count:    int(binary.LittleEndian.Uint16(content[10:])),
		overflow: int(binary.LittleEndian.Uint32(content[12:])),
		content:  content,
	}
}

// readPage reads a page of a file.
func readPage(file io.ReaderAt, m metaOf, number uint64) (pageOf, error) {
	if number < 2 || number >= m.pages {
		return pageOf{}, errors.New("there is no such page")
	}
	content := make([]byte, m.pageSize)
	if _, err := file.ReadAt(content, int64(number)*int64(m.pageSize)); err != nil { //nolint:gosec // below m.pages
		return pageOf{}, fmt.Errorf("it cannot be read: %w", err)
	}
	p := parsePage(content)
	switch {
	case p.number != number:
		return pageOf{}, fmt.Errorf("it says that it is page %d", p.number)
	case number+uint64(p.overflow) >= m.pages: //nolint:gosec // not negative
		return pageOf{}, errors.New("it is longer than the file")
	}
	if p.overflow > 0 {
		p.content = make([]byte, (p.overflow+1)*m.pageSize)
		if _, err := file.ReadAt(p.content, int64(number)*int64(m.pageSize)); err != nil { //nolint:gosec // as above
			return pageOf{}, fmt.Errorf("it cannot be read: %w", err)
		}
	}
	return p, nil
}

// element returns an element of a branch or leaf page.
func (p pageOf) element(i int) (e element, err error) {
	start := pageHead + i*elementHead
	if start+elementHead > len(p.content) {
		return e, errors.New("it has more elements than room")
	}
	head := p.content[start:]
	first := binary.LittleEndian.Uint32(head)
	position, keyBytes, valueBytes := first, binary.LittleEndian.Uint32(head[4:]), uint32(0)
	if p.kind == leafPage {
		position, keyBytes, valueBytes = binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint32(head[8:]), binary.LittleEndian.Uint32(head[12:])
	} else {
		e.below = binary.LittleEndian.Uint64(head[8:])
	}
	from := uint64(start) + uint64(position) //nolint:gosec // not negative
	middle := from + uint64(keyBytes)
	end := middle + uint64(valueBytes)
	switch {
	case end > uint64(len(p.content)) || int(position) < (p.count-i)*elementHead:
		return e, fmt.Errorf("element %d lies outside of it", i)
	case p.kind == leafPage && first > bucketElement:
		return e, fmt.Errorf("element %d is of no kind", i)
	}
	e.key, e.value, e.bucket = p.content[from:middle], p.content[middle:end], p.kind == leafPage && first == bucketElement
	return e, nil
}

// free returns the pages that a free list names.
func (p pageOf) free() ([]uint64, error) {
	count, start := uint64(p.count), pageHead //nolint:gosec // not negative
	if count == 0xFFFF {
		count, start = binary.LittleEndian.Uint64(p.content[pageHead:]), pageHead+8
	}
	if p.kind != freelistPage || count > uint64(len(p.content)-start)/8 { //nolint:gosec // a page has a head
		return nil, errors.New("it is no list of free pages")
	}
	free := make([]uint64, count)
	for i := range free {
		free[i] = binary.LittleEndian.Uint64(p.content[start+8*i:])
	}
	return free, nil
}
