package mongo

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

var _ survey.Carrier = (*Store)(nil)

// Contents implements survey.Carrier. MongoDB's own collections are not among them.
func (s *Store) Contents(ctx context.Context) ([]survey.Collection, error) {
	there, err := s.database.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return nil, s.failed("list collections", err)
	}
	var names []survey.Collection
	for _, name := range there {
		if !strings.HasPrefix(name, "system.") {
			names = append(names, survey.Collection(name))
		}
	}
	return survey.WithUnknown(names), nil
}

// AddCollection implements survey.Carrier: MongoDB makes a collection with its first
// document.
func (s *Store) AddCollection(context.Context, survey.Collection) error { return nil }
