package paper

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"

	"hailong/survey"
)

// The id of a paper form's response follows from its batch, its serial number
// and how often that number has been entered after being voided, its attempt. So
// the same form is the same response on whatever machine it is entered, and
// however often it is sent. It is a UUID of version 8:
//
//	ffrrrrrr-rrrr-8rrr-81pp-pppprrrrrrrr
//
// where r are 84 bits of the batch's own, and p is the place of serial number and
// attempt in an order that a key outside the store shuffles. A surveyor enters a pile
// as it was collected, and her list of visits has names and addresses in the same
// order: an id that told the serial number would tell whose answers they are. With
// the shuffled place, the store and every copy of it hold the forms of a batch in an
// order that says nothing, and the server still finds a form that is entered twice.
//
// The forms of a batch lie together: they are listed by scanning a range. The first
// byte puts them behind every UUIDv7 of this age, so that who looks for what came
// since some day finds them too.
//
// Batches of older versions have 80 in the place of 81, and serial number and attempt
// in that of p, as they are. Their forms keep their ids, because the same form must
// stay the same response.
const (
	firstPaperID = "ff000000-0000-8000-8000-000000000000"
	maxAttempts  = 255

	plainID  = 0x80
	sealedID = 0x81
)

// keySource gives the secret keys of an installation, which are kept outside its store.
type keySource interface {
	// Key returns the key of a name, made on first need and then always the same.
	Key(ctx context.Context, name string) ([]byte, error)
}

// keyName is the name of the one key of paper forms.
const keyName = "paper"

// formIDs makes the ids of a batch's forms.
type formIDs struct {
	space uuid.UUID
	key   []byte // nil: of an older version, plain; or lost
	lost  bool   // the key of the batch is not there any more
}

// newSeal says in a new batch that the ids of its forms are sealed, and by which key:
// a key that was lost and made anew would let every form be entered a second time.
func newSeal(key []byte, prefix string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("batch " + prefix))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// formIDsOf returns the ids of a batch's forms. Where the key that the batch was made
// with is lost, its forms can be listed and counted, without their serial numbers; who
// would make an id asks known first.
func formIDsOf(ctx context.Context, keys keySource, batch *Batch) (formIDs, error) {
	space, err := uuid.Parse(batch.IDPrefix)
	if err != nil {
		return formIDs{}, survey.NewError(survey.Internal, "read batch "+string(batch.ID), err)
	}
	ids := formIDs{space: space}
	if batch.Seal == "" {
		return ids, nil
	}
	key, err := keys.Key(ctx, keyName)
	if err != nil {
		return formIDs{}, err
	}
	if newSeal(key, batch.IDPrefix) != batch.Seal {
		ids.lost = true
		return ids, nil
	}
	ids.key = key
	return ids, nil
}

// known returns Closed if the key of the batch is lost.
func (f formIDs) known() error {
	if !f.lost {
		return nil
	}
	return &survey.Error{
		Kind: survey.Closed, Op: "find form", Key: "batch.key_lost",
		Err: fmt.Errorf("the key %q is not the one that the batch was made with", keyName),
	}
}

// id is that of a form.
func (f formIDs) id(serial, attempt int) survey.ResponseID {
	place := uint32(serial)<<8 | uint32(attempt) //nolint:gosec // at most MaxBatchForms and maxAttempts
	mark := byte(plainID)
	if f.key != nil {
		mark, place = sealedID, shuffle(f.key, f.space, place)
	}
	return f.at(mark, place)
}

func (f formIDs) at(mark byte, place uint32) survey.ResponseID {
	id := f.space
	id[0] = 0xff
	id[6] = id[6]&0x0f | 0x80
	id[8] = mark
	id[9], id[10], id[11] = byte(place>>16), byte(place>>8), byte(place) //nolint:gosec // 24 bits
	return survey.ResponseID(id.String())
}

// bounds are an id at most that of every form of the batch, and one above.
func (f formIDs) bounds() (from, to survey.ResponseID) {
	return f.at(plainID, 0), f.at(sealedID+1, 0)
}

// serialOf reads serial number and attempt out of the id of a form. The key opens
// those that are sealed; without it the number is 0, which no form has, and the
// attempt tells the forms of the batch apart.
func serialOf(key []byte, id survey.ResponseID) (serial, attempt int) {
	u, err := uuid.Parse(string(id))
	if err != nil {
		return 0, 0
	}
	place := uint32(u[9])<<16 | uint32(u[10])<<8 | uint32(u[11])
	if u[8] == sealedID {
		if key == nil {
			return 0, int(place)
		}
		place = unshuffle(key, u, place)
	}
	return int(place >> 8), int(place & 0xff)
}

// shuffle gives each of 2²⁴ places another one, in each batch otherwise: a Feistel
// network of ten rounds over two halves of twelve bits, as FF1 of NIST SP 800-38G,
// with HMAC-SHA256 for its function.
func shuffle(key []byte, space uuid.UUID, place uint32) uint32 {
	left, right := place>>12, place&0xfff
	for round := range shuffleRounds {
		left, right = right, left^roundOf(key, space, round, right)
	}
	return left<<12 | right
}

// unshuffle undoes shuffle.
func unshuffle(key []byte, space uuid.UUID, place uint32) uint32 {
	left, right := place>>12, place&0xfff
	for round := shuffleRounds - 1; round >= 0; round-- {
		left, right = right^roundOf(key, space, round, left), left
	}
	return left<<12 | right
}

const shuffleRounds = 10

// roundOf is twelve bits of a keyed hash over what the ids of a batch share, a round
// and half a place.
func roundOf(key []byte, space uuid.UUID, round int, half uint32) uint32 {
	mac := hmac.New(sha256.New, key)
	shared := formIDs{space: space}.at(sealedID, 0)
	fmt.Fprintf(mac, "form %s %d %d", shared, round, half)
	return binary.BigEndian.Uint32(mac.Sum(nil)) & 0xfff
}
