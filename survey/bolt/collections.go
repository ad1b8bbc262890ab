package bolt

import (
	"context"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

var (
	_ survey.Carrier = (*Store)(nil)
	_ survey.Carrier = (*Remote)(nil)
)

// Contents implements survey.Carrier.
func (s *Store) Contents(ctx context.Context) ([]survey.Collection, error) {
	var names []survey.Collection
	err := s.view(ctx, "list collections", func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			names = append(names, survey.Collection(name))
			return nil
		})
	})
	return survey.WithUnknown(names), err
}

// AddCollection implements survey.Carrier.
func (s *Store) AddCollection(ctx context.Context, c survey.Collection) error {
	return s.submit(ctx, "add collection", &write{apply: func(tx *transaction) (bool, error) {
		if tx.Bucket([]byte(c)) != nil {
			return false, nil
		}
		return true, create(tx.Tx, c)
	}})
}

// Contents is Store.Contents, asked of the process that has the file.
func (r *Remote) Contents(ctx context.Context) ([]survey.Collection, error) {
	reply, err := r.call(ctx, "Contents", ShareRequest{})
	if err != nil {
		return nil, err
	}
	return reply.Collections, nil
}

// AddCollection is Store.AddCollection, done by the process that has the file.
func (r *Remote) AddCollection(ctx context.Context, c survey.Collection) error {
	_, err := r.call(ctx, "AddCollection", ShareRequest{Collection: c})
	return err
}

// Format is Store.Format, asked of the process that has the file.
func (r *Remote) Format(ctx context.Context) (survey.StoreFormat, error) {
	reply, err := r.call(ctx, "Format", ShareRequest{})
	if err != nil {
		return survey.StoreFormat{}, err
	}
	return survey.ReadFormat(reply.Docs[0])
}

// Contents answers Remote.Contents.
func (v *service) Contents(_ ShareRequest, r *ShareReply) (err error) {
	r.Collections, err = v.store.Contents(v.ctx)
	return r.fail(err)
}

// AddCollection answers Remote.AddCollection.
func (v *service) AddCollection(q ShareRequest, r *ShareReply) error {
	return r.fail(v.store.AddCollection(v.ctx, q.Collection))
}

// Format answers Remote.Format.
func (v *service) Format(_ ShareRequest, r *ShareReply) error {
	format, err := v.store.Format(v.ctx)
	if err != nil {
		return r.fail(err)
	}
	doc, err := format.Stored()
	r.Docs = []bson.Raw{doc}
	return r.fail(err)
}
