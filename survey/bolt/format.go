package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/storefile"
)

// Format returns the format of the store.
func (s *Store) Format(ctx context.Context) (f survey.StoreFormat, err error) {
	err = s.view(ctx, "read format", func(tx *bbolt.Tx) (err error) {
		f, err = storedFormat(tx)
		return err
	})
	return f, err
}

// SetFormat puts a format in the place of another; Conflict if the store has
// neither. When it is the first whose documents carry checksums, and all of it is
// done, it makes the tallies, in the same transaction: what is not whole then, is a
// *survey.Damage.
func (s *Store) SetFormat(ctx context.Context, seen, next survey.StoreFormat) error {
	const op = "set format"
	doc, err := next.Stored()
	if err != nil {
		return err
	}
	return s.submit(ctx, op, &write{bytes: len(doc), apply: func(tx *transaction) (bool, error) {
		switch now, err := storedFormat(tx.Tx); {
		case err != nil:
			return false, err
		case now == next:
			return false, nil
		case now != seen:
			return false, survey.NewError(survey.Conflict, op, fmt.Errorf("the store is of format %d by now", now.Version))
		}
		if !tx.checksums && next.Done() >= survey.FirstChecksums {
			if err := tx.count(); err != nil {
				return false, err
			}
		}
		return true, tx.Bucket(storefile.Bucket).Put(storefile.FormatKey, doc)
	}})
}

// rewriteBytes bounds what one transaction of a migration writes.
const rewriteBytes = 8 << 20

// Rewrite has change make a new form of the documents of a collection whose ids are
// at least from, a bounded number of them, and returns where to go on ("" at the
// end) and how many it has looked at. A new form has the same id; that of a document
// which somebody else wrote meanwhile is thrown away, and made again. Every document
// has a checksum afterwards, also one that change returns as it was.
func (s *Store) Rewrite(ctx context.Context, c survey.Collection, from string, change func(bson.Raw) (bson.Raw, error)) (next string, n int, err error) {
	op := "rewrite " + string(c)
	for again := true; again; {
		again = false
		seen, behind, err := s.piece(ctx, op, c, from)
		if err != nil {
			return "", 0, err
		}
		forms, size := make([][]byte, len(seen)), 0
		for i, d := range seen {
			if forms[i], err = s.newForm(c, d, change); err != nil {
				return "", 0, err
			}
			size += len(forms[i])
		}
		err = s.submit(ctx, op, &write{bytes: size, apply: func(tx *transaction) (changed bool, err error) {
			bucket, err := collection(tx.Tx, c)
			if err != nil {
				return false, err
			}
			for i, d := range seen {
				if bytes.Equal(d.stored, forms[i]) {
					continue
				}
				now := bucket.Get(d.id)
				if !bytes.Equal(now, d.stored) {
					again = true
					continue
				}
				if err := tx.put(c, bucket, d.id, forms[i], now); err != nil {
					return changed, err
				}
				s.changed.note(c, d.id)
				changed = true
			}
			return changed, nil
		}})
		if err != nil {
			return "", 0, err
		}
		next, n = behind, len(seen)
	}
	return next, n, nil
}

// storedDocument is a document as it is in the file.
type storedDocument struct{ id, stored []byte }

// piece reads the documents of one transaction of a migration.
func (s *Store) piece(ctx context.Context, op string, c survey.Collection, from string) (piece []storedDocument, next string, err error) {
	size := 0
	err = s.view(ctx, op, func(tx *bbolt.Tx) error {
		bucket, err := collection(tx, c)
		if err != nil {
			return err
		}
		cursor := bucket.Cursor()
		for id, stored := cursor.Seek([]byte(from)); id != nil; id, stored = cursor.Next() {
			if size > rewriteBytes {
				next = string(id)
				return nil
			}
			piece = append(piece, storedDocument{bytes.Clone(id), bytes.Clone(stored)})
			size += len(stored)
		}
		return nil
	})
	return piece, next, err
}

// newForm is a document as a migration leaves it. A document of a store without
// checksums is looked at before it gets one, so that none is given to what is
// damaged already.
func (s *Store) newForm(c survey.Collection, d storedDocument, change func(bson.Raw) (bson.Raw, error)) (bson.Raw, error) {
	doc, _, err := s.take(c, d.id, bytes.Clone(d.stored))
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(); err != nil {
		return nil, survey.DamagedDocument(c, string(d.id), "it is not BSON")
	}
	if doc, err = change(doc); err != nil {
		return nil, err
	}
	if !survey.HasID(doc, d.id) {
		return nil, survey.NewError(survey.Internal, "rewrite "+string(c), errors.New("a migration changed an id"))
	}
	return survey.AddChecksum(c, doc)
}

// storedFormat reads the format of a file that has been prepared.
func storedFormat(tx *bbolt.Tx) (survey.StoreFormat, error) {
	bucket := tx.Bucket(storefile.Bucket)
	if bucket == nil {
		return survey.StoreFormat{}, errForeign
	}
	return survey.ReadFormat(bucket.Get(storefile.FormatKey))
}
