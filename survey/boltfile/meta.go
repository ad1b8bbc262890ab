package boltfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

const (
	metaMagic   = 0xED0CDAED
	metaVersion = 2
	metaBytes   = 64
)

// Meta is what a meta page says: where everything begins.
type Meta struct {
	Root, Freelist, Pages, Transaction uint64
	PageSize                           int
}

// ReadMetas reads both meta pages and returns the one in force; found is told of each that
// is not whole, and it is not ok if neither is. size is that of a page, until one of them
// says it.
func ReadMetas(file io.ReaderAt, size int, found func(number uint64, what error)) (best Meta, ok bool) {
	for number := range uint64(2) {
		m, err := ReadMeta(file, size, number)
		if err != nil {
			found(number, err)
			continue
		}
		if !ok || m.Transaction >= best.Transaction {
			best, size = m, m.PageSize
		}
		ok = true
	}
	return best, ok
}

// ReadMeta reads one of the two meta pages of a file with pages of a size.
func ReadMeta(file io.ReaderAt, size int, number uint64) (Meta, error) {
	page := make([]byte, pageHead+metaBytes)
	if _, err := file.ReadAt(page, int64(number)*int64(size)); err != nil { //nolint:gosec // 0 or 1
		return Meta{}, fmt.Errorf("it cannot be read: %w", err)
	}
	b := page[pageHead:]
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaBytes-8])
	switch {
	case binary.LittleEndian.Uint64(page) != number || binary.LittleEndian.Uint16(page[8:]) != metaPage:
		return Meta{}, errors.New("it does not say that it is one")
	case binary.LittleEndian.Uint32(b) != metaMagic || binary.LittleEndian.Uint32(b[4:]) != metaVersion:
		return Meta{}, errors.New("it is not of this kind of file")
	case binary.LittleEndian.Uint64(b[metaBytes-8:]) != sum.Sum64():
		return Meta{}, errors.New("its content does not fit its checksum")
	}
	return Meta{
		PageSize:    int(binary.LittleEndian.Uint32(b[8:])),
		Root:        binary.LittleEndian.Uint64(b[16:]),
		Freelist:    binary.LittleEndian.Uint64(b[32:]),
		Pages:       binary.LittleEndian.Uint64(b[40:]),
		Transaction: binary.LittleEndian.Uint64(b[48:]),
	}, nil
}
