package takeback

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/bson"

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

	// Erasing is called before a response is erased, and for one that may not be there any
	// more: whoever keeps copies of answers outside the store removes them. Where it fails
	// nothing is taken back, and the sender tries again. nil: nobody keeps any.
	Erasing func(survey.ResponseID) error

	key atomic.Pointer[[]byte] // of keyName, once it was had
}

// New returns the receipts of a store.
func New(changes *survey.Changes, catalog func() *survey.Catalog, keys receiptKeys) *Receipts {
	return &Receipts{changes: changes, catalog: catalog, keys: keys, now: changes.Now}
}

// drawnVersion is the version of the UUIDs that forms carry, and where it stands in
// them; forms of older versions of this program carry others.
const (
	drawnVersion   = '8'
	drawnVersionAt = len("00000000-0000-")
)

// Draw draws the id that a form carries which is shown now. Nothing is written.
func (r *Receipts) Draw() (survey.ResponseID, error) {
	return DrawFor(survey.DateOf(r.now()), rand.Reader)
}

// DrawFor draws the id of a form that is shown on a day from random.
func DrawFor(day survey.Date, random io.Reader) (survey.ResponseID, error) {
	var bits [10]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return "", survey.NewError(survey.Internal, "draw the id of a form", err)
	}
	id := []byte(survey.ResponseIDOf(day, bits))
	id[drawnVersionAt] = drawnVersion
	return survey.ResponseID(id), nil
}

// isDrawn reports whether an id is one that forms carry: of that version, and of a day
// or of none.
func isDrawn(id survey.ResponseID) bool {
	return len(id) > drawnVersionAt && id[drawnVersionAt] == drawnVersion && (id.Day() != "" || strings.HasPrefix(string(id), "00000000-0000-"))
}

// SentForm is what a form was sent with.
type SentForm struct {
	Point survey.PointCode
	Kiosk bool              // it was sent by the page for kiosks, which gives no receipt
	Drawn survey.ResponseID // that the form carried
	Nonce string            // drawn by the device when it sent the form; empty: it runs no script
	Kept  string            // receipt code that forms of older versions carried; empty: none
}

// IssuedReceipt is what follows from a form that was sent.
type IssuedReceipt struct {
	ID    survey.ResponseID // under which its response is stored
	Code  ReceiptCode       // empty: there is none
	Retry int64             // that the response is stored with; see survey.Response
}

// Of is the receipt of a form that was sent. It follows from what was sent and from
// nothing else, not even the time, so that whatever is sent again is the same response.
// The error must stop the submission: stored under one id now and under another one
// when it is sent again, it would be two responses.
func (r *Receipts) Of(ctx context.Context, f SentForm) (IssuedReceipt, error) {
	if !isDrawn(f.Drawn) {
		return r.ofOlder(ctx, f)
	}
	purpose := "form"
	if f.Kiosk { // else the form of a telephone could be used to ask after that of a kiosk
		purpose = "kiosk"
	}
	receipt, err := r.derived(ctx, f.Drawn.Day(), purpose, string(f.Point)+"\x00"+string(f.Drawn))
	if f.Kiosk {
		receipt.Code = ""
	}
	if err == nil {
		receipt.Retry, err = r.retry(ctx, f)
	}
	return receipt, err
}

// derived is a receipt whose code is a keyed hash of a text for one purpose, and whose
// id is one of the code.
func (r *Receipts) derived(ctx context.Context, day survey.Date, purpose, text string) (IssuedReceipt, error) {
	sum, err := r.sum(ctx, purpose, text)
	if err != nil {
		return IssuedReceipt{}, err
	}
	code, err := NewReceiptCode(bytes.NewReader(sum[:]))
	if err != nil {
		return IssuedReceipt{}, err
	}
	bits, err := r.bits(ctx, "response", string(code))
	return IssuedReceipt{ID: survey.ResponseIDOf(day, bits), Code: code}, err
}

// nonceShortest and nonceLongest bound what is taken for a nonce: nobody guesses a shorter one, and no
// script of ours sends a longer one.
const nonceShortest, nonceLongest = 16, 64

// retry is what a response is stored with, so that the device that sent it is known
// when it sends it again.
func (r *Receipts) retry(ctx context.Context, f SentForm) (int64, error) {
	if len(f.Nonce) < nonceShortest || len(f.Nonce) > nonceLongest {
		return 0, nil
	}
	bits, err := r.bits(ctx, "retry", string(f.Drawn)+"\x00"+f.Nonce)
	return int64(binary.BigEndian.Uint64(bits[:]) | 1), err //nolint:gosec // bits, no number; never 0
}

// Stored returns the stored document of the response of a code whose id is of a day:
// the response, or what is left of one that was taken back. The error is NotFound if
// there is none.
func (r *Receipts) Stored(ctx context.Context, code ReceiptCode, day survey.Date) (bson.Raw, error) {
	bits, err := r.bits(ctx, "response", string(code))
	if err != nil {
		return nil, err
	}
	return r.changes.Store.Get(ctx, survey.Responses, string(survey.ResponseIDOf(day, bits)))
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
