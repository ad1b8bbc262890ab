package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"hailong/survey"
)

// insertBatch is how many documents one command inserts.
const insertBatch = 1000

// Insert implements survey.Store. The server tells for each document whether
// its id was taken; the order of the commands does not matter.
func (s *Store) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	op := "insert into " + string(c)
	if err := s.latch.Refuse(op); err != nil {
		return nil, err
	}
	stored := make([]bson.Raw, len(docs))
	for i, doc := range docs {
		_, err := survey.DocumentID(doc)
		if err == nil {
			stored[i], err = survey.AddChecksum(c, doc)
		}
		if err != nil {
			return nil, err
		}
	}
	fresh := make([]bool, len(docs))
	for start := 0; start < len(docs); start += insertBatch {
		end := min(start+insertBatch, len(docs))
		if err := s.insert(ctx, c, stored[start:end], fresh[start:end]); err != nil {
			return nil, s.failed(op, err)
		}
	}
	return fresh, nil
}

// InsertInOrder implements survey.Store. A group is written when every document of the
// one before it is on the disks of most servers.
func (s *Store) InsertInOrder(ctx context.Context, groups ...survey.InsertGroup) ([][]bool, error) {
	for _, g := range groups {
		for _, doc := range g.Docs {
			if _, err := survey.DocumentID(doc); err != nil {
				return nil, err
			}
		}
	}
	fresh := make([][]bool, len(groups))
	for i, g := range groups {
		var err error
		if fresh[i], err = s.Insert(ctx, g.Collection, g.Docs...); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

func (s *Store) insert(ctx context.Context, c survey.Collection, docs []bson.Raw, fresh []bool) error {
	batch := make([]any, len(docs))
	for i, doc := range docs {
		batch[i], fresh[i] = doc, true
	}
	_, err := s.collection(c).InsertMany(ctx, batch, options.InsertMany().SetOrdered(false))
	var bulk mongo.BulkWriteException
	if err == nil || !errors.As(err, &bulk) || bulk.WriteConcernError != nil || len(bulk.WriteErrors) == 0 {
		return err // without the concern nothing is durable, whatever was written
	}
	for _, e := range bulk.WriteErrors {
		if !mongo.IsDuplicateKeyError(e.WriteError) || e.Index < 0 || e.Index >= len(fresh) {
			return err
		}
		fresh[e.Index] = false
	}
	return nil
}

// Get implements survey.Store.
func (s *Store) Get(ctx context.Context, c survey.Collection, id string) (bson.Raw, error) {
	op := "get from " + string(c)
	doc, err := s.collection(c).FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Raw()
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return nil, survey.NewError(survey.NotFound, op, fmt.Errorf("no document %q", id))
	case err != nil:
		return nil, s.failed(op, err)
	}
	return s.take(c, doc)
}

// take is survey.TakeChecksum for a document of this store: it uses the bytes of
// stored. Before the store has been brought to a format with checksums, a document
// may have none.
func (s *Store) take(c survey.Collection, stored bson.Raw) (bson.Raw, error) {
	if !s.checksums.Load() && !survey.HasChecksum(stored) {
		return stored, nil
	}
	doc, _, err := survey.TakeChecksum(c, stored)
	return doc, s.latch.Note(err)
}

// Damaged returns the first damage that was met since the store was opened, or nil.
// The store takes no write any more then.
func (s *Store) Damaged() *survey.Damage { return s.latch.Damaged() }

// Replace implements survey.Store.
func (s *Store) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	id, err := survey.CheckReplacement(doc, rev)
	if err != nil {
		return err
	}
	op := "replace in " + string(c)
	if err := s.latch.Refuse(op); err != nil {
		return err
	}
	stored, err := survey.AddChecksum(c, doc)
	if err != nil {
		return err
	}
	result, err := s.collection(c).ReplaceOne(ctx, atRevision(id, rev), stored)
	if err != nil {
		return s.failed(op, err)
	}
	if result.MatchedCount == 0 {
		return s.missed(ctx, op, c, id, rev)
	}
	return nil
}

// Delete implements survey.Store.
func (s *Store) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	op := "delete from " + string(c)
	if err := s.latch.Refuse(op); err != nil {
		return err
	}
	result, err := s.collection(c).DeleteOne(ctx, atRevision(id, rev))
	if err != nil {
		return s.failed(op, err)
	}
	if result.DeletedCount == 0 {
		return s.missed(ctx, op, c, id, rev)
	}
	return nil
}

func atRevision(id string, rev int64) bson.D {
	var expected any = rev
	if rev == 0 { // also a document that carries none
		expected = bson.D{{Key: "$in", Value: bson.A{int64(0), nil}}}
	}
	return bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: expected}}
}

// missed tells why a write with an expected revision met no document. The
// write itself is over; a document that comes or goes meanwhile only changes
// which of two true answers is given.
func (s *Store) missed(ctx context.Context, op string, c survey.Collection, id string, rev int64) error {
	if _, err := s.Get(ctx, c, id); err != nil {
		return err
	}
	return survey.NewError(survey.Conflict, op, fmt.Errorf("document %q does not have revision %d", id, rev))
}

// scanPage is how many documents one query of a scan asks for. A scan is many
// queries, each beginning after the last id, so that it survives a slow visit
// and a change of the primary between them.
const scanPage = 1000

// Scan implements survey.Store.
func (s *Store) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	op := "scan " + string(c)
	above, last := "$gte", from
	for {
		n := 0
		bounds := bson.D{{Key: above, Value: last}}
		if to != "" {
			bounds = append(bounds, bson.E{Key: "$lt", Value: to})
		}
		err := s.each(ctx, op, c, bson.D{{Key: "_id", Value: bounds}},
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(scanPage).SetBatchSize(scanPage),
			func(doc bson.Raw) error {
				id, err := survey.DocumentID(doc)
				if err != nil {
					return err
				}
				n++
				above, last = "$gt", id
				return visit(doc)
			})
		if err != nil || n < scanPage {
			return err
		}
	}
}

// each visits what a query finds, without checksums.
func (s *Store) each(ctx context.Context, op string, c survey.Collection, filter bson.D, find *options.FindOptions, visit func(bson.Raw) error) error {
	cursor, err := s.collection(c).Find(ctx, filter, find)
	if err != nil {
		return s.failed(op, err)
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	for cursor.Next(ctx) {
		doc, err := s.take(c, cursor.Current) // the bytes are the cursor's, which is done with them
		if err != nil {
			return err
		}
		if err := visit(doc); err != nil {
			return err
		}
	}
	if err := cursor.Err(); err != nil {
		return s.failed(op, err)
	}
	return nil
}

func (s *Store) collection(c survey.Collection) *mongo.Collection {
	return s.database.Collection(string(c))
}
