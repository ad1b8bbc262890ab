package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Check reads the whole file as it is at one moment, every page and every document
// in it, and reports what is damaged. told is called with the bytes read since the
// last call, and may wait; an error of it ends the check. Writes go on meanwhile; what
// they free is not used again before the end. A store in which damage is found takes
// no write any more.
func (s *Store) Check(ctx context.Context, told func(bytes int) error, found func(survey.Damage)) (survey.Inspected, error) {
	var n survey.Inspected
	err := s.view(ctx, "check store", func(*bbolt.Tx) error { // which keeps the pages of now from being used again
		file, err := os.Open(s.path)
		if err != nil {
			return err
		}
		n, err = checkPages(file, told, func(d survey.Damage) {
			_ = s.latch.Note(&d)
			found(d)
		})
		return errors.Join(err, file.Close())
	})
	return n, err
}

// CheckFile is Check of a file that no process has open, also of one that cannot be
// opened for its damage. Nothing is changed in it.
func CheckFile(path string, told func(bytes int) error, found func(survey.Damage)) (survey.Inspected, error) {
	const op = "check store"
	// Whoever writes has the lock alone, so that a reader who gets it is alone too.
	db, err := openBolt(path, true)
	switch {
	case err == nil:
		defer func() { _ = db.Close() }()
	case errors.Is(err, berrors.ErrTimeout):
		return survey.Inspected{}, openError(path, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return survey.Inspected{}, survey.NewError(survey.Unavailable, op, err)
	}
	defer func() { _ = file.Close() }()
	n, err := checkPages(file, told, found)
	if err != nil {
		err = survey.NewError(survey.Unavailable, op, err)
	}
	return n, err
}

// pageCheck is a check under way.
type pageCheck struct {
	file  *os.File
	meta  metaOf
	told  func(bytes int) error
	found func(survey.Damage)

	extent    survey.Inspected
	reached   map[uint64]bool
	format    survey.StoreFormat
	inFormat  map[string][]byte // what the format bucket holds
	tallied   map[survey.Collection]tally
	collected map[survey.Collection]bool
}

// metas reads both meta pages and returns the one in force. bbolt would take the
// older one where the newer is damaged, and say nothing of the transaction that is
// lost with it.
func (c *pageCheck) metas() (metaOf, bool) {
	var best metaOf
	size := os.Getpagesize()
	for number := range uint64(2) {
		page := make([]byte, pageHead+metaBytes)
		m, err := metaOf{}, error(nil)
		if _, err = c.file.ReadAt(page, int64(number)*int64(size)); err == nil {
			m, err = readMeta(page, number)
		}
		if err != nil {
			c.damaged("", number, "one of the two pages that say where everything begins: "+err.Error()+"; the last change that was stored may be missing")
			continue
		}
		if m.transaction >= best.transaction {
			best, size = m, m.pageSize
		}
	}
	return best, best.pageSize > 0
}

func checkPages(file *os.File, told func(bytes int) error, found func(survey.Damage)) (survey.Inspected, error) {
	c := &pageCheck{
		file: file, told: told, found: found, reached: map[uint64]bool{}, inFormat: map[string][]byte{},
		tallied: map[survey.Collection]tally{}, collected: map[survey.Collection]bool{},
	}
	meta, ok := c.metas()
	if !ok {
		return c.extent, nil
	}
	c.meta = meta
	info, err := file.Stat()
	if err != nil {
		return c.extent, err
	}
	if need := int64(meta.pages) * int64(meta.pageSize); info.Size() < need { //nolint:gosec // a size
		found(survey.Damage{What: fmt.Sprintf("the file is cut off: %d of %d bytes are there", info.Size(), need)})
	}
	if err := c.buckets(); err != nil {
		return c.extent, err
	}
	c.settle()
	c.freePages()
	return c.extent, nil
}

// buckets goes through the format first, which says how to read the rest.
func (c *pageCheck) buckets() error {
	type bucket struct {
		name  string
		value []byte
	}
	var buckets []bucket
	err := c.tree("", c.meta.root, nil, nil, func(e element) error {
		if !e.bucket || len(e.value) < bucketHead {
			c.damaged("", c.meta.root, fmt.Sprintf("%q is no collection", e.key))
			return nil
		}
		b := bucket{string(e.key), bytes.Clone(e.value)}
		if b.name == string(formatBucket) {
			buckets = slices.Insert(buckets, 0, b)
		} else {
			buckets = append(buckets, b)
		}
		return nil
	})
	for _, b := range buckets {
		visit := c.document(survey.Collection(b.name))
		if b.name == string(formatBucket) {
			visit = func(e element) error {
				c.inFormat[string(e.key)] = bytes.Clone(e.value)
				return nil
			}
		} else if !c.known(b.name) {
			c.damaged(survey.Collection(b.name), 0, "there is no collection of this name")
		}
		if err == nil {
			err = c.bucket(survey.Collection(b.name), b.value, visit)
		}
		if b.name == string(formatBucket) {
			c.readFormat()
		}
		c.collected[survey.Collection(b.name)] = true
	}
	return err
}

// bucket goes through one bucket, which lies on pages of its own or, if it is small,
// in the value that names it.
func (c *pageCheck) bucket(name survey.Collection, value []byte, visit func(element) error) error {
	root := binary.LittleEndian.Uint64(value)
	if binary.LittleEndian.Uint64(value[8:]) != 0 {
		c.damaged(name, root, "its head holds a number that nobody wrote")
	}
	if root != 0 {
		return c.tree(name, root, nil, nil, visit)
	}
	inline := value[bucketHead:]
	if len(inline) < pageHead {
		c.damaged(name, 0, "the collection is cut off")
		return nil
	}
	p := parsePage(inline)
	if p.kind != leafPage {
		c.damaged(name, 0, "the collection is no leaf")
		return nil
	}
	return c.elements(name, p, nil, nil, visit)
}

// tree goes through a page and those below it, whose keys are at least from and, if
// there is an end, below it.
func (c *pageCheck) tree(name survey.Collection, number uint64, from, to []byte, visit func(element) error) error {
	p, err := readPage(c.file, c.meta, number)
	if err != nil {
		c.damaged(name, number, err.Error())
		return nil
	}
	for i := range p.overflow + 1 {
		if at := number + uint64(i); c.reached[at] {
			c.damaged(name, at, "it is in two places")
			return nil
		}
		c.reached[number+uint64(i)] = true
	}
	c.extent.Pages += p.overflow + 1
	if err := c.told(len(p.content)); err != nil {
		return err
	}
	if p.kind != branchPage && p.kind != leafPage {
		c.damaged(name, number, "it is neither a branch nor a leaf")
		return nil
	}
	return c.elements(name, p, from, to, visit)
}

// elements goes through what is on a page.
func (c *pageCheck) elements(name survey.Collection, p pageOf, from, to []byte, visit func(element) error) error {
	if p.kind == branchPage && p.count == 0 {
		c.damaged(name, p.number, "there is nothing below it")
	}
	var last []byte
	for i := range p.count {
		e, err := p.element(i)
		if err != nil {
			c.damaged(name, p.number, err.Error())
			return nil
		}
		switch {
		case i > 0 && bytes.Compare(e.key, last) <= 0, bytes.Compare(e.key, from) < 0 && (p.kind == leafPage || i > 0), to != nil && bytes.Compare(e.key, to) >= 0:
			c.damaged(name, p.number, fmt.Sprintf("element %d is out of its place", i))
		}
		last = e.key
		if p.kind == leafPage {
			if err := visit(e); err != nil {
				return err
			}
			continue
		}
		end := to
		if i+1 < p.count {
			if next, err := p.element(i + 1); err == nil {
				end = next.key
			}
		}
		begin := e.key
		if bytes.Compare(begin, from) < 0 {
			begin = from
		}
		if err := c.tree(name, e.below, begin, end, visit); err != nil {
			return err
		}
	}
	return nil
}

// document looks at each document of a collection.
func (c *pageCheck) document(name survey.Collection) func(element) error {
	return func(e element) error {
		c.extent.Documents++
		stored := bson.Raw(e.value)
		damaged := func(what string) {
			c.found(survey.DamagedIn(name, string(e.key), what, stored))
		}
		switch {
		case e.bucket:
			damaged("it is no document")
			return nil
		case !survey.HasID(stored, e.key):
			damaged("it is stored under another id")
		case c.format.Done() < survey.FirstChecksums && !survey.HasChecksum(stored):
			if err := stored.Validate(); err != nil {
				damaged("it is not BSON")
			}
			return nil
		}
		sum, err := survey.StoredChecksum(name, stored)
		if d := survey.DamageOf(err); d != nil {
			damaged(d.What)
			if survey.HasChecksum(stored) { // what it was stored with: it is damaged, and not missing
				sum = binary.LittleEndian.Uint64(stored[len(stored)-9:])
			}
		}
		c.tallied[name] = c.tallied[name].add(sum)
		return nil
	}
}

// known reports whether there may be a collection of a name: of this program, or of
// another one, which left a tally that is whole.
func (c *pageCheck) known(name string) bool {
	if slices.Contains(survey.Collections, survey.Collection(name)) {
		return true
	}
	_, err := parseTally(survey.Collection(name), c.inFormat[string(tallyKey(survey.Collection(name)))])
	return err == nil
}

// readFormat reads what the file says of itself.
func (c *pageCheck) readFormat() {
	format, err := survey.ReadFormat(c.inFormat[string(formatKey)])
	if d := survey.DamageOf(err); d != nil {
		c.found(*d)
	} else if err != nil {
		c.found(survey.Damage{Collection: survey.FormatCollection, What: "the file does not say of which format it is"})
	}
	c.format, c.extent.Format = format, format
	for key, value := range c.inFormat {
		switch {
		case key == string(formatKey), key == string(cleanKey) && bytes.Equal(value, []byte{1}):
		case strings.HasPrefix(key, "tally/") && c.known(key[len("tally/"):]):
		default:
			c.found(survey.Damage{Collection: survey.FormatCollection, ID: key, What: "nobody stored this"})
		}
	}
}

// settle holds the tallies against what was found.
func (c *pageCheck) settle() {
	if len(c.inFormat) == 0 {
		c.found(survey.Damage{Collection: survey.FormatCollection, What: "the file does not say of which format it is"})
		return
	}
	var names []survey.Collection
	for key := range c.inFormat {
		if name, ok := strings.CutPrefix(key, "tally/"); ok {
			names = append(names, survey.Collection(name))
		}
	}
	for _, name := range survey.WithUnknown(names) {
		if c.format.Done() < survey.FirstChecksums {
			break
		}
		stored, known := c.inFormat[string(tallyKey(name))]
		if !known && !c.collected[name] {
			continue // it came with this program, which has not had the file open yet
		}
		want, err := parseTally(name, stored)
		if err == nil {
			err = want.expect(name, c.tallied[name].documents, c.tallied[name].sum)
		}
		if d := survey.DamageOf(err); d != nil {
			c.found(*d)
		}
	}
}

// freePages holds that each page is either in use or free.
func (c *pageCheck) freePages() {
	p, err := readPage(c.file, c.meta, c.meta.freelist)
	var free []uint64
	if err == nil {
		free, err = p.free()
	}
	if err != nil {
		c.damaged("", c.meta.freelist, err.Error())
		return
	}
	for i := range p.overflow + 1 {
		c.reached[c.meta.freelist+uint64(i)] = true
	}
	for _, number := range free {
		if c.reached[number] || number < 2 || number >= c.meta.pages {
			c.damaged("", number, "it is in the list of free pages and should not be")
		}
		c.reached[number] = true
	}
	for number := uint64(2); number < c.meta.pages; number++ {
		if !c.reached[number] {
			c.damaged("", number, "it is neither in use nor free")
		}
	}
}

func (c *pageCheck) damaged(name survey.Collection, page uint64, what string) {
	c.found(survey.Damage{Collection: name, What: fmt.Sprintf("page %d: %s", page, what)})
}
