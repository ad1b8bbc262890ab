package storefile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/boltfile"
)

// Inspection is a look through a whole file under way.
type Inspection struct {
	Extent survey.Inspected // what was looked at so far

	file  *os.File
	meta  boltfile.Meta
	told  func(bytes int) error
	found func(survey.Damage)

	reached   []uint64 // a bit for each page
	format    survey.StoreFormat
	inFormat  map[string][]byte // what the format bucket holds
	tallied   map[survey.Collection]Tally
	collected map[survey.Collection]bool
}

// Inspect begins a look through a file with the meta page that is in force. bbolt would
// take the older one where the newer is damaged, and say nothing of the transaction that
// is lost with it. told is called with the bytes read since the last call, and may wait;
// an error of it ends the look. found is told of what is damaged. It is not ok if the
// file has no meta page: nothing else can be looked at then.
func Inspect(file *os.File, told func(bytes int) error, found func(survey.Damage)) (c *Inspection, ok bool) {
	c = &Inspection{
		file: file, told: told, found: found, inFormat: map[string][]byte{},
		tallied: map[survey.Collection]Tally{}, collected: map[survey.Collection]bool{},
	}
	c.meta, ok = boltfile.ReadMetas(file, os.Getpagesize(), func(number uint64, what error) {
		c.damaged("", number, "one of the two pages that say where everything begins: "+what.Error()+"; the last change that was stored may be missing")
	})
	c.reached = make([]uint64, c.meta.Pages/64+1)
	return c, ok
}

// reach notes that a page is accounted for, and reports whether it was before.
func (c *Inspection) reach(page uint64) bool {
	word, bit := page/64, uint64(1)<<(page%64)
	before := c.reached[word]&bit != 0
	c.reached[word] |= bit
	return before
}

// Pages goes through every page and every document. The error is one of reading the file, or of told.
func (c *Inspection) Pages() error {
	info, err := c.file.Stat()
	if err != nil {
		return err
	}
	if need := int64(c.meta.Pages) * int64(c.meta.PageSize); info.Size() < need { //nolint:gosec // a size
		c.found(survey.Damage{What: fmt.Sprintf("the file is cut off: %d of %d bytes are there", info.Size(), need)})
	}
	if err := c.buckets(); err != nil {
		return err
	}
	c.settle()
	c.freePages()
	return nil
}

// buckets goes through the format first, which says how to read the rest.
func (c *Inspection) buckets() error {
	type bucket struct {
		name    string
		element boltfile.Element
	}
	var buckets []bucket
	err := c.tree("", c.meta.Root, nil, nil, func(e boltfile.Element) error {
		if !e.Bucket {
			c.damaged("", c.meta.Root, fmt.Sprintf("%q is no collection", e.Key))
			return nil
		}
		e.Value = bytes.Clone(e.Value)
		b := bucket{string(e.Key), e}
		if b.name == string(Bucket) {
			buckets = slices.Insert(buckets, 0, b)
		} else {
			buckets = append(buckets, b)
		}
		return nil
	})
	for _, b := range buckets {
		visit := c.document(survey.Collection(b.name))
		if b.name == string(Bucket) {
			visit = func(e boltfile.Element) error {
				c.inFormat[string(e.Key)] = bytes.Clone(e.Value)
				return nil
			}
		} else if !c.known(b.name) {
			c.damaged(survey.Collection(b.name), 0, "there is no collection of this name")
		}
		if err == nil {
			err = c.bucket(survey.Collection(b.name), b.element, visit)
		}
		if b.name == string(Bucket) {
			c.readFormat()
		}
		c.collected[survey.Collection(b.name)] = true
	}
	return err
}

// bucket goes through one bucket, which lies on pages of its own or, if it is small,
// in the value that names it.
func (c *Inspection) bucket(name survey.Collection, e boltfile.Element, visit func(boltfile.Element) error) error {
	root, inline, own, err := e.Tree()
	if own != 0 {
		c.damaged(name, root, "its head holds a number that nobody wrote")
	}
	switch {
	case err != nil:
		c.damaged(name, 0, err.Error())
		return nil
	case root != 0:
		return c.tree(name, root, nil, nil, visit)
	}
	return c.elements(name, inline, nil, nil, visit)
}

// tree goes through a page and those below it, whose keys are at least from and, if
// there is an end, below it.
func (c *Inspection) tree(name survey.Collection, number uint64, from, to []byte, visit func(boltfile.Element) error) error {
	p, err := boltfile.ReadPage(c.file, c.meta, number)
	if err != nil {
		c.damaged(name, number, err.Error())
		return nil
	}
	for i := range p.Overflow + 1 {
		if at := number + uint64(i); c.reach(at) {
			c.damaged(name, at, "it is in two places")
			return nil
		}
	}
	c.Extent.Pages += p.Overflow + 1
	if err := c.told(len(p.Content)); err != nil {
		return err
	}
	if p.Kind != boltfile.BranchPage && p.Kind != boltfile.LeafPage {
		c.damaged(name, number, "it is neither a branch nor a leaf")
		return nil
	}
	return c.elements(name, p, from, to, visit)
}

// elements goes through what is on a page.
func (c *Inspection) elements(name survey.Collection, p boltfile.Page, from, to []byte, visit func(boltfile.Element) error) error {
	if p.Kind == boltfile.BranchPage && p.Count == 0 {
		c.damaged(name, p.Number, "there is nothing below it")
	}
	var last []byte
	for i := range p.Count {
		e, err := p.Element(i)
		if err != nil {
			c.damaged(name, p.Number, err.Error())
			return nil
		}
		switch {
		case i > 0 && bytes.Compare(e.Key, last) <= 0, bytes.Compare(e.Key, from) < 0 && (p.Kind == boltfile.LeafPage || i > 0), to != nil && bytes.Compare(e.Key, to) >= 0:
			c.damaged(name, p.Number, fmt.Sprintf("element %d is out of its place", i))
		}
		last = e.Key
		if p.Kind == boltfile.LeafPage {
			if err := visit(e); err != nil {
				return err
			}
			continue
		}
		end := to
		if i+1 < p.Count {
			if next, err := p.Element(i + 1); err == nil {
				end = next.Key
			}
		}
		begin := e.Key
		if bytes.Compare(begin, from) < 0 {
			begin = from
		}
		if err := c.tree(name, e.Below, begin, end, visit); err != nil {
			return err
		}
	}
	return nil
}

// document looks at each document of a collection.
func (c *Inspection) document(name survey.Collection) func(boltfile.Element) error {
	return func(e boltfile.Element) error {
		c.Extent.Documents++
		stored := bson.Raw(e.Value)
		damaged := func(what string) {
			c.found(survey.DamagedIn(name, string(e.Key), what, stored))
		}
		switch {
		case e.Bucket:
			damaged("it is no document")
			return nil
		case !survey.HasID(stored, e.Key):
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
		c.tallied[name] = c.tallied[name].Add(sum)
		return nil
	}
}

// known reports whether there may be a collection of a name: of this program, or of
// another one, which left a tally that is whole.
func (c *Inspection) known(name string) bool {
	if slices.Contains(survey.Collections, survey.Collection(name)) {
		return true
	}
	_, err := ParseTally(survey.Collection(name), c.inFormat[string(TallyKey(survey.Collection(name)))])
	return err == nil
}

// readFormat reads what the file says of itself.
func (c *Inspection) readFormat() {
	format, err := survey.ReadFormat(c.inFormat[string(FormatKey)])
	if d := survey.DamageOf(err); d != nil {
		c.found(*d)
	} else if err != nil {
		c.found(survey.Damage{Collection: survey.FormatCollection, What: "the file does not say of which format it is"})
	}
	c.format, c.Extent.Format = format, format
	for key, value := range c.inFormat {
		switch {
		case key == string(FormatKey), key == string(CleanKey) && bytes.Equal(value, []byte{1}):
		case strings.HasPrefix(key, "tally/") && c.known(key[len("tally/"):]):
		default:
			c.found(survey.Damage{Collection: survey.FormatCollection, ID: key, What: "nobody stored this"})
		}
	}
}

// settle holds the tallies against what was found.
func (c *Inspection) settle() {
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
		stored, known := c.inFormat[string(TallyKey(name))]
		if !known && !c.collected[name] {
			continue // it came with this program, which has not had the file open yet
		}
		want, err := ParseTally(name, stored)
		if err == nil {
			err = want.Expect(name, c.tallied[name].Documents, c.tallied[name].Sum)
		}
		if d := survey.DamageOf(err); d != nil {
			c.found(*d)
		}
	}
}

// freePages holds that each page is either in use or free.
func (c *Inspection) freePages() {
	p, err := boltfile.ReadPage(c.file, c.meta, c.meta.Freelist)
	var free []uint64
	if err == nil {
		free, err = p.Free()
	}
	if err != nil {
		c.damaged("", c.meta.Freelist, err.Error())
		return
	}
	for i := range p.Overflow + 1 {
		c.reach(c.meta.Freelist + uint64(i))
	}
	for _, number := range free {
		if number < 2 || number >= c.meta.Pages || c.reach(number) {
			c.damaged("", number, "it is in the list of free pages and should not be")
		}
	}
	for number := uint64(2); number < c.meta.Pages; number++ {
		if !c.reach(number) {
			c.damaged("", number, "it is neither in use nor free")
		}
	}
}

func (c *Inspection) damaged(name survey.Collection, page uint64, what string) {
	c.found(survey.Damage{Collection: name, What: fmt.Sprintf("page %d: %s", page, what)})
}
