package slips

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"hailong/survey"
)

// keySource gives the secret keys of an installation, which are kept outside its store.
type keySource interface {
	// Key returns the key of a name, made on first need and then always the same.
	Key(ctx context.Context, name string) ([]byte, error)
}

// Slips issues slips and sees that each proves one response.
type Slips struct {
	// Transactions are those that offices report; nil: they are not compared.
	Transactions reportedTransactions

	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	keys    keySource
	now     func() time.Time
}

// New returns the slips of the store that changes are made in.
func New(changes *survey.Changes, catalog func() *survey.Catalog, keys keySource) *Slips {
	return &Slips{changes: changes, store: changes.Store, catalog: catalog, keys: keys, now: changes.Now}
}

// MayIssue reports whether slips of a point may be issued under a grant: points that
// ask about procedures, within the scope.
func MayIssue(catalog *survey.Catalog, grant survey.Grant, p *survey.Point) bool {
	form := catalog.Latest(p.Form)
	return form != nil && form.Family == survey.Procedures && grant.May(survey.IssueSlips) && grant.Covers(catalog, survey.OfUnit(p.Unit).In(form.Family))
}

// keyName is the name of the one key of slips. Without it no slip is good any more.
const keyName = "slips"

// hasher makes the hashes of one key.
type hasher struct{ key []byte }

func (s *Slips) hasher(ctx context.Context) (hasher, error) {
	key, err := s.keys.Key(ctx, keyName)
	return hasher{key}, err
}

// sum is HMAC-SHA256 over a purpose and values, none of which holds a zero byte. Two
// purposes give two hashes that nobody joins without the key.
func (h hasher) sum(purpose string, values ...string) []byte {
	mac := hmac.New(sha256.New, h.key)
	mac.Write([]byte(purpose))
	for _, v := range values {
		mac.Write([]byte("\x00" + v))
	}
	return mac.Sum(nil)
}

// id is a sum as the id of a document.
func (h hasher) id(purpose string, values ...string) string {
	return hex.EncodeToString(h.sum(purpose, values...)[:16])
}

// hour is a time as documents keep it for a day: no finer than the hour.
func (s *Slips) hour() time.Time { return s.now().UTC().Truncate(time.Hour) }

func (s *Slips) today() survey.Date { return survey.DateOf(s.now()) }
