package bolt

import (
	"go.etcd.io/bbolt"

	"hailong/survey"
	"hailong/survey/storefile"
)

// transaction is one that writes, with what it does to the tallies.
type transaction struct {
	*bbolt.Tx
	checksums bool // the store is of a format in which every document has one
	tallies   map[survey.Collection]storefile.Tally
}

// put stores a document with its checksum, in the place of another or of none
// (nil).
func (t *transaction) put(c survey.Collection, bucket *bbolt.Bucket, id, stored, before []byte) error {
	now, err := t.tallied(c, before)
	if err != nil {
		return err
	}
	sum, err := survey.StoredChecksum(c, stored)
	if err != nil {
		return err
	}
	if err := bucket.Put(id, stored); err != nil {
		return err
	}
	return t.settle(c, now.Add(sum))
}

// remove takes a stored document away.
func (t *transaction) remove(c survey.Collection, bucket *bbolt.Bucket, id, before []byte) error {
	now, err := t.tallied(c, before)
	if err != nil {
		return err
	}
	if err := bucket.Delete(id); err != nil {
		return err
	}
	return t.settle(c, now)
}

// tallied is the tally of a collection without a document.
func (t *transaction) tallied(c survey.Collection, without []byte) (storefile.Tally, error) {
	if !t.checksums {
		return storefile.Tally{}, nil
	}
	now, known := t.tallies[c]
	if !known {
		var err error
		if now, err = readTally(t.Tx, c); err != nil {
			return storefile.Tally{}, err
		}
	}
	if without == nil {
		return now, nil
	}
	sum, err := survey.StoredChecksum(c, without)
	return now.Remove(sum), err
}

func (t *transaction) settle(c survey.Collection, now storefile.Tally) error {
	if t.checksums {
		t.tallies[c] = now
	}
	return nil
}

// count makes the tallies of a store whose documents all have checksums now.
func (t *transaction) count() error {
	var names []survey.Collection
	if err := t.ForEach(func(name []byte, _ *bbolt.Bucket) error {
		names = append(names, survey.Collection(name))
		return nil
	}); err != nil {
		return err
	}
	for _, c := range survey.WithUnknown(names) {
		var now storefile.Tally
		bucket, err := collection(t.Tx, c)
		if err != nil {
			return err
		}
		err = bucket.ForEach(func(id, stored []byte) error {
			sum, err := survey.StoredChecksum(c, stored)
			if err == nil && !survey.HasID(stored, id) {
				err = survey.DamagedDocument(c, string(id), "it is stored under another id")
			}
			now = now.Add(sum)
			return err
		})
		if err != nil {
			return err
		}
		t.tallies[c] = now
	}
	t.checksums = true
	return nil
}

// Commit writes the tallies with what was changed.
func (t *transaction) Commit() error {
	for c, now := range t.tallies {
		if err := t.Bucket(storefile.Bucket).Put(storefile.TallyKey(c), now.Stored(c)); err != nil {
			return err
		}
	}
	return t.Tx.Commit()
}

// readTally returns the tally of a collection.
func readTally(tx *bbolt.Tx, c survey.Collection) (storefile.Tally, error) {
	bucket := tx.Bucket(storefile.Bucket)
	if bucket == nil {
		return storefile.Tally{}, survey.DamagedDocument(c, "", "the tally of the collection is missing")
	}
	return storefile.ParseTally(c, bucket.Get(storefile.TallyKey(c)))
}
