package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"hailong/survey"
)

// readFormat looks at the format of a database that is opened. An empty one is
// marked as being of the current format; of two programs that do so at the same
// time either may be the one.
func (s *Store) readFormat(ctx context.Context, takes func(survey.StoreFormat) error) error {
	format, err := s.Format(ctx)
	if err == nil && format.ID == "" {
		format = survey.NewStoreFormat(survey.CurrentFormat, "")
		err = s.insertFormat(ctx, format)
	}
	if err != nil {
		return err
	}
	s.checksums.Store(format.Done() >= survey.FirstChecksums)
	return takes(format)
}

// Format returns the format of the store: none (no ID) of an empty database, and
// the first of one that holds documents without saying what they are, as older
// programs left it.
func (s *Store) Format(ctx context.Context) (survey.StoreFormat, error) {
	const op = "read format"
	stored, err := s.collection(survey.FormatCollection).FindOne(ctx, formatFilter()).Raw()
	switch {
	case err == nil:
		format, err := survey.ReadFormat(stored)
		return format, s.latch.Note(err)
	case !errors.Is(err, mongo.ErrNoDocuments):
		return survey.StoreFormat{}, s.failed(op, err)
	}
	names, err := s.database.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return survey.StoreFormat{}, s.failed(op, err)
	}
	for _, name := range names {
		if !slices.Contains(survey.Collections, survey.Collection(name)) {
			continue
		}
		err := s.database.Collection(name).FindOne(ctx, bson.D{}).Err()
		switch {
		case err == nil:
			return survey.NewStoreFormat(1, ""), nil
		case !errors.Is(err, mongo.ErrNoDocuments):
			return survey.StoreFormat{}, s.failed(op, err)
		}
	}
	return survey.StoreFormat{}, nil
}

func formatFilter() bson.D {
	return bson.D{{Key: "_id", Value: string(survey.FormatCollection)}}
}

// insertFormat marks a database that has no mark.
func (s *Store) insertFormat(ctx context.Context, f survey.StoreFormat) error {
	doc, err := f.Stored()
	if err != nil {
		return err
	}
	_, err = s.collection(survey.FormatCollection).InsertOne(ctx, doc)
	if err != nil && !mongo.IsDuplicateKeyError(err) {
		return s.failed("set format", err)
	}
	return nil
}

// SetFormat puts a format in the place of another; Conflict if the store has
// neither.
func (s *Store) SetFormat(ctx context.Context, seen, next survey.StoreFormat) error {
	const op = "set format"
	if err := s.insertFormat(ctx, seen); err != nil { // where an older program left none
		return err
	}
	doc, err := next.Stored()
	if err != nil {
		return err
	}
	before, err := seen.Stored()
	if err != nil {
		return err
	}
	result, err := s.collection(survey.FormatCollection).ReplaceOne(ctx, unchanged(string(survey.FormatCollection), before), doc)
	if err != nil {
		return s.failed(op, err)
	}
	if result.MatchedCount == 0 {
		if now, err := s.Format(ctx); err != nil || now != next {
			return survey.NewError(survey.Conflict, op, errors.Join(fmt.Errorf("the store is of format %d by now", now.Version), err))
		}
	}
	s.checksums.Store(next.Done() >= survey.FirstChecksums)
	return nil
}

// unchanged finds a document that is as it was seen: with the same checksum, or
// with none, and then of the same revision.
func unchanged(id string, stored bson.Raw) bson.D {
	filter := bson.D{{Key: "_id", Value: id}}
	for _, key := range []string{"rev", "sum"} {
		value, err := stored.LookupErr(key)
		if err != nil {
			filter = append(filter, bson.E{Key: key, Value: bson.D{{Key: "$exists", Value: false}}})
			continue
		}
		filter = append(filter, bson.E{Key: key, Value: value})
	}
	return filter
}

// Rewrite has change make a new form of the documents of a collection whose ids are
// at least from, a bounded number of them, and returns where to go on ("" at the
// end) and how many it has looked at. A new form has the same id; that of a document
// which somebody else wrote meanwhile is thrown away, and made again. Every document
// has a checksum afterwards, also one that change returns as it was.
func (s *Store) Rewrite(ctx context.Context, c survey.Collection, from string, change func(bson.Raw) (bson.Raw, error)) (next string, n int, err error) {
	op := "rewrite " + string(c)
	for again := true; again; {
		stored, err := s.page(ctx, op, c, from)
		if err != nil {
			return "", 0, err
		}
		var writes []mongo.WriteModel
		next, n = "", len(stored)
		for _, was := range stored {
			id, form, err := s.newForm(c, was, change)
			if err != nil {
				return "", 0, err
			}
			if n == scanPage {
				next = id + "\x00" // the next possible id
			}
			if string(form) != string(was) {
				writes = append(writes, mongo.NewReplaceOneModel().SetFilter(unchanged(id, was)).SetReplacement(form))
			}
		}
		if again = len(writes) > 0; !again {
			break
		}
		result, err := s.collection(c).BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false))
		if err != nil {
			return "", 0, s.failed(op, err)
		}
		again = result.MatchedCount < int64(len(writes))
	}
	return next, n, nil
}

// page reads the documents of one step of a migration, as they are stored.
func (s *Store) page(ctx context.Context, op string, c survey.Collection, from string) ([]bson.Raw, error) {
	cursor, err := s.collection(c).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: from}}}},
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(scanPage).SetBatchSize(scanPage))
	if err != nil {
		return nil, s.failed(op, err)
	}
	var page []bson.Raw
	if err := cursor.All(ctx, &page); err != nil {
		return nil, s.failed(op, err)
	}
	return page, nil
}

// newForm is a document as a migration leaves it.
func (s *Store) newForm(c survey.Collection, was bson.Raw, change func(bson.Raw) (bson.Raw, error)) (string, bson.Raw, error) {
	doc, err := s.take(c, slices.Clone(was))
	if err != nil {
		return "", nil, err
	}
	id, err := survey.DocumentID(doc)
	if err != nil {
		return "", nil, err
	}
	if doc, err = change(doc); err != nil {
		return "", nil, err
	}
	if !survey.HasID(doc, []byte(id)) {
		return "", nil, survey.NewError(survey.Internal, "rewrite "+string(c), errors.New("a migration changed an id"))
	}
	form, err := survey.AddChecksum(c, doc)
	return id, form, err
}
