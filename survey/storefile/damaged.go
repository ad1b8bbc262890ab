package storefile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/boltfile"
)

// Damaged is a file of a store, any part of which may be damaged: what can still be read
// of it. Nothing is written to it.
//
// A document is read where the tree of its collection leads to it. Where a page of the
// tree is damaged, all other pages of the file are looked through, and what lies on them
// is told by its checksum, which names the collection. Of these, a page that the list of
// free pages in force does not name was in use: the tree led to it. Others hold what was
// there before: older copies, what was deleted and, where its newest copy is damaged, the
// last one that can be read. They are handed out as loose (survey.FoundDocument), unless
// together with the tree they are exactly what the tally counted.
type Damaged struct {
	file    *os.File
	wreck   *boltfile.Wreck
	told    func(bytes int) error
	state   state
	format  survey.StoreFormat
	free    freePages
	tallies map[survey.Collection]Tally // of what was stored, as far as one was found
	in      map[survey.Collection]Tally // of what the trees lead to
	names   []survey.Collection
	damage  []survey.Damage
	apart   map[survey.Collection][]scattered
}

// OpenDamaged looks through a file that no process has open. told is called with the
// bytes read since the last call, and may wait; an error of it ends the look. Errors are
// those of told, and Unavailable where the file as a whole cannot be read.
func OpenDamaged(path string, told func(bytes int) error) (*Damaged, error) {
	const op = "open damaged store"
	file, err := os.Open(path)
	if err != nil {
		return nil, survey.NewError(survey.Unavailable, op, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		return nil, survey.NewError(survey.Unavailable, op, errors.Join(err, file.Close()))
	}
	d := &Damaged{file: file, told: told, in: map[survey.Collection]Tally{}, apart: map[survey.Collection][]scattered{}}
	if d.wreck, err = boltfile.OpenWreck(file, info.Size(), os.Getpagesize(), told); err == nil {
		err = d.look(info.Size())
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return d, nil
}

// Close lets go of the file.
func (d *Damaged) Close() error { return d.file.Close() }

// Format returns the format of the store; that of this program where it cannot be read.
func (d *Damaged) Format(context.Context) (survey.StoreFormat, error) { return d.format, nil }

// Contents lists the collections that were found.
func (d *Damaged) Contents(context.Context) ([]survey.Collection, error) { return d.names, nil }

// Expected is how many documents a collection held, where that is known.
func (d *Damaged) Expected(c survey.Collection) (documents int, known bool) {
	t, known := d.tallies[c]
	return int(t.Documents), known //nolint:gosec // below what a file can hold
}

// Damage lists what could not be read: pages, and documents.
func (d *Damaged) Damage() []survey.Damage { return d.damage }

// look reads everything once.
func (d *Damaged) look(size int64) error {
	state, freelist := inForce(d.wreck)
	d.state, d.tallies = state, state.tallies
	if len(state.says) == 0 {
		d.free = readFree(d.wreck, freelist, state.reached)
		// Of a file that is cut off, the newest part may be gone: what is found would be of
		// an older state, and bring back what was deleted since.
		if m, _, sure := d.wreck.Newest(); d.free.sure || sure && int64(m.Pages)*int64(m.PageSize) <= size { //nolint:gosec // held against the file
			d.lookForFormat()
		}
	}
	d.readFormat()
	d.names = d.collections()
	whole := map[survey.Collection]bool{}
	for _, c := range d.names {
		if err := d.walk(c, func(bson.Raw) error { return nil }); err != nil {
			return err
		}
		t, known := d.tallies[c]
		whole[c] = known && t.Documents == d.in[c].Documents && t.Sum == d.in[c].Sum
	}
	for _, b := range d.state.bad {
		what := fmt.Sprintf("page %d of %d bytes cannot be read: %s", b.page, d.wreck.PageSize, b.what)
		d.damage = append(d.damage, survey.Damage{Collection: b.collection, What: what})
	}
	all := true
	for _, c := range d.names {
		all = all && whole[c]
	}
	if all && len(d.state.bad) == 0 {
		return nil
	}
	d.free = readFree(d.wreck, freelist, d.state.reached)
	return d.lookApart(whole)
}

// readFormat reads what the file says of itself.
func (d *Damaged) readFormat() {
	format, err := survey.ReadFormat(d.state.says[string(FormatKey)])
	if err != nil {
		d.damage = append(d.damage, survey.Damage{Collection: survey.FormatCollection, What: "the format of the store cannot be read; it is taken for one of today's"})
		format = survey.NewStoreFormat(survey.CurrentFormat, "")
	}
	d.format = format
}

// collections lists those that may have been there.
func (d *Damaged) collections() []survey.Collection {
	var names []survey.Collection
	for c := range d.state.buckets {
		names = append(names, c)
	}
	for c := range d.tallies {
		names = append(names, c)
	}
	return survey.WithUnknown(names)
}

// walk visits each document that the tree of a collection leads to. It counts them, and notes those that are damaged, the first time.
func (d *Damaged) walk(c survey.Collection, visit func(doc bson.Raw) error) error {
	bucket, ok := d.state.buckets[c]
	if !ok {
		return nil
	}
	_, again := d.in[c]
	found, failed, read := Tally{}, error(nil), 0
	s := &d.state
	if again { // the pages are known by now, and what is wrong with them
		s = &state{reached: d.wreck.NewPageSet()}
	}
	s.bucket(d.wreck, c, bucket, func(e boltfile.Element) {
		if failed != nil {
			return
		}
		stored := bson.Raw(e.Value)
		doc, sum, what := d.document(c, e)
		switch {
		case what == "":
			found = found.Add(sum)
			failed = visit(doc)
		case !again:
			d.damage = append(d.damage, survey.DamagedIn(c, string(e.Key), what, stored))
		}
		if read += len(stored); read > 1<<20 && failed == nil {
			failed, read = d.told(read), 0
		}
	})
	d.in[c] = found
	return failed
}

// document is what an element holds, without its checksum, or what is wrong with it.
func (d *Damaged) document(c survey.Collection, e boltfile.Element) (doc bson.Raw, sum uint64, what string) {
	stored := bson.Raw(slices.Clone(e.Value))
	if e.Bucket {
		return nil, 0, "it is no document"
	}
	if d.format.Done() < survey.FirstChecksums && !survey.HasChecksum(stored) {
		if !survey.HasID(stored, e.Key) || survey.CheckDocument(stored) != nil {
			return nil, 0, "it is not BSON"
		}
		return stored, 0, ""
	}
	doc, sum, err := survey.TakeChecksum(c, stored)
	if err == nil {
		_, err = survey.DocumentID(doc)
	}
	if damage := survey.DamageOf(err); damage != nil {
		return nil, 0, damage.What
	} else if err != nil {
		return nil, 0, err.Error()
	}
	return doc, sum, ""
}

// Find visits each document of a collection that can be read: those of the tree first,
// then those that lie apart, of one id the newest first.
func (d *Damaged) Find(ctx context.Context, c survey.Collection, visit func(survey.FoundDocument) error) error {
	err := d.walk(c, func(doc bson.Raw) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return visit(survey.FoundDocument{Doc: doc})
	})
	for _, s := range d.apart[c] {
		if err != nil {
			return err
		}
		var doc bson.Raw
		if doc, err = d.read(s); err == nil {
			err = visit(survey.FoundDocument{Doc: doc, Loose: s.loose})
		}
	}
	return err
}
