package takeback

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync/atomic"
	"time"

	"hailong/survey"
)

// keyName is the name of the key that receipt codes are hashed with.
const keyName = "receipts"

// noDay is in the ids of responses that were answered in kept pages.
const noDay survey.Date = ""

// receiptKeys keep keys outside the store. keys.Keys does.
type receiptKeys interface {
	Key(ctx context.Context, name string) ([]byte, error)
}

// Receipts gives receipt codes out, and takes responses back by them. One value
// serves a process.
type Receipts struct {
	changes *survey.Changes
	catalog func() *survey.Catalog
	keys    receiptKeys
	now     func() time.Time

	key atomic.Pointer[[]byte] // of keyName, once it was had
}

// New returns the receipts of a store.
func New(changes *survey.Changes, catalog func() *survey.Catalog, keys receiptKeys) *Receipts {
	return &Receipts{changes: changes, catalog: catalog, keys: keys, now: changes.Now}
}

// Issue draws the receipt code of a form that is shown now, and the id under which
// its response will be stored. Nothing is written.
func (r *Receipts) Issue(ctx context.Context) (survey.ResponseID, ReceiptCode, error) {
	code, err := NewReceiptCode(rand.Reader)
	if err != nil {
		return "", "", err
	}
	bits, err := r.bits(ctx, "response", string(code))
	if err != nil {
		return "", "", err
	}
	return survey.ResponseIDOf(survey.DateOf(r.now()), bits), code, nil
}

// Belongs reports whether a code is that of a response's id: a receipt shows no
// other.
func (r *Receipts) Belongs(ctx context.Context, id survey.ResponseID, code ReceiptCode) (bool, error) {
	bits, err := r.bits(ctx, "response", string(code))
	if err != nil {
		return false, err
	}
	// The day is the first part of the id; the rest does not depend on it.
	const dayPart = len("00000000-0000")
	of := survey.ResponseIDOf("", bits)
	return len(id) == len(of) && hmac.Equal([]byte(id[dayPart:]), []byte(of[dayPart:])), nil
}

// Renumber is the id and the receipt code of a response that was answered in a page
// which a device had kept: the page holds the code of a response that may be stored
// already, and the device, which has not the key, drew an id. Both follow from what
// was sent and from nothing else, not even the time, so that whatever is sent again is
// the same response. Who knows the drawn id alone, from an address, cannot have the
// code made: the kept one is needed too.
//
// The id is of no day: that of the drawn id is by the clock of the device, which may
// be wrong, and TakeBack could not find it.
func (r *Receipts) Renumber(ctx context.Context, drawn survey.ResponseID, kept ReceiptCode) (survey.ResponseID, ReceiptCode, error) {
	sum, err := r.sum(ctx, "kept", string(kept)+"\x00"+string(drawn))
	if err != nil {
		return "", "", err
	}
	code, err := NewReceiptCode(bytes.NewReader(sum[:]))
	if err != nil {
		return "", "", err
	}
	bits, err := r.bits(ctx, "response", string(code))
	if err != nil {
		return "", "", err
	}
	return survey.ResponseIDOf(noDay, bits), code, nil
}

// bits are those of an id in a keyed hash of a text, for one purpose.
func (r *Receipts) bits(ctx context.Context, purpose, text string) (bits [10]byte, err error) {
	sum, err := r.sum(ctx, purpose, text)
	copy(bits[:], sum[:])
	return bits, err
}

// sum is a keyed hash of a text, for one purpose.
func (r *Receipts) sum(ctx context.Context, purpose, text string) (sum [sha256.Size]byte, err error) {
	key := r.key.Load()
	if key == nil {
		had, err := r.keys.Key(ctx, keyName)
		if err != nil {
			return sum, err
		}
		key = &had
		r.key.Store(key)
	}
	h := hmac.New(sha256.New, *key)
	h.Write([]byte(purpose + "\x00" + text))
	h.Sum(sum[:0])
	return sum, nil
}
