package bolt

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/storefile"
)

// walk reads a range of a collection, piece by piece.
type walk struct {
	store      *Store
	op         string
	collection survey.Collection
	next       []byte // where the next piece begins
	to         string
	done       bool

	documents []byte // of the piece, one after the other, as they are stored
	ids       []byte // theirs
	ends      []end

	whole       bool // what is seen is held against the tally
	first, last storefile.Tally
	begun       bool
	seen, sum   uint64
}

// end is where a document of a piece ends, and its id.
type end struct{ document, id int }

// read copies a piece of at most so many documents.
func (w *walk) read(ctx context.Context, limit int) error {
	w.documents, w.ids, w.ends = w.documents[:0], w.ids[:0], w.ends[:0]
	return w.store.view(ctx, w.op, func(tx *bbolt.Tx) error {
		bucket, err := collection(tx, w.collection)
		if err != nil {
			return err
		}
		if w.whole && !w.begun {
			w.begun = true
			if w.first, err = readTally(tx, w.collection); err != nil {
				return err
			}
		}
		cursor := bucket.Cursor()
		last := w.next
		id, stored := cursor.Seek(w.next)
		for ; id != nil && (w.to == "" || string(id) < w.to); id, stored = cursor.Next() {
			if order := bytes.Compare(id, last); order < 0 || order == 0 && len(w.ends) > 0 {
				return survey.DamagedDocument(w.collection, string(id), "it is out of its place")
			}
			if len(w.ends) == limit || len(w.documents) > pieceBytes {
				w.next = append(w.next[:0], id...)
				return nil
			}
			w.documents = append(w.documents, stored...)
			w.ids = append(w.ids, id...)
			w.ends = append(w.ends, end{len(w.documents), len(w.ids)})
			last = id
		}
		w.done = true
		if w.whole {
			w.last, err = readTally(tx, w.collection)
		}
		return err
	})
}

// visit hands out the piece.
func (w *walk) visit(visit func(bson.Raw) error) error {
	var start end
	for _, e := range w.ends {
		doc, sum, err := w.store.take(w.collection, w.ids[start.id:e.id], w.documents[start.document:e.document])
		if err != nil {
			return err
		}
		w.seen, w.sum = w.seen+1, w.sum+sum
		if err := visit(doc); err != nil {
			return err
		}
		start = e
	}
	return nil
}

// settle compares what was seen with what the collection holds, if that stayed the
// same.
func (w *walk) settle() error {
	if !w.whole || w.first != w.last {
		return nil
	}
	return w.last.Expect(w.collection, w.seen, w.sum)
}
