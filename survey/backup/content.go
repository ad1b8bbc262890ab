package backup

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// DocumentSource is where documents are taken from: a store, or a backup.
type DocumentSource interface {
	Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error
	Contents(ctx context.Context) ([]survey.Collection, error)
	Format(ctx context.Context) (survey.StoreFormat, error)
}

// Content sums up the documents of a collection, in the order of their ids.
type Content struct {
	Collection survey.Collection `json:"collection"`
	Documents  int64             `json:"documents"`
	SHA256     string            `json:"sha256"` // of the documents' bytes, one after the other
}

// Tally makes a Content while documents pass by.
type Tally struct {
	documents int64
	sum       hash.Hash
}

// NewTally returns a tally of nothing.
func NewTally() *Tally { return &Tally{sum: sha256.New()} }

// Add adds the next document.
func (t *Tally) Add(doc bson.Raw) {
	t.documents++
	t.sum.Write(doc)
}

// Content returns what passed by.
func (t *Tally) Content(c survey.Collection) Content {
	return Content{Collection: c, Documents: t.documents, SHA256: fmt.Sprintf("%x", t.sum.Sum(nil))}
}
