package ledger

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// ChainID names a chain: the random name that a process gave to what it writes.
type ChainID string

// ChainHead is the end of a chain: its newest entry.
type ChainHead struct {
	Chain ChainID `bson:"chain"`
	Seq   int64   `bson:"seq"`  // of the entry, from 1; 0: there is none yet
	Hash  []byte  `bson:"hash"` // of the entry; of a chain without entries, of its opening
}

const digits = 12

func entryID(chain ChainID, seq int64) string { return fmt.Sprintf("%s/%0*d", chain, digits, seq) }

// endOf is behind every entry of a chain, and before every other chain.
func endOf(chain ChainID) string { return string(chain) + "0" } // "0" comes after "/"

// parseID takes the id of an entry or of a closed part apart.
func parseID(id string) (chain ChainID, number int64, ok bool) {
	name, digits, _ := strings.Cut(id, "/")
	number, err := strconv.ParseInt(digits, 10, 64)
	return ChainID(name), number, err == nil && number > 0
}

// entry is one write of responses: what arrived together.
type entry struct {
	ID     string      `bson:"_id"` // CHAIN/SEQ
	Rev    int64       `bson:"rev"`
	Day    survey.Date `bson:"day"`
	Prev   []byte      `bson:"prev"`
	Leaves []byte      `bson:"leaves"`
	Points []string    `bson:"points"` // of each leaf

	// Nonce is random and is gone with the entry. Without it the hashes of a quiet day,
	// which stay, would tell the order of arrival to whoever tries all orders.
	Nonce []byte `bson:"nonce"`
	Hash  []byte `bson:"hash"`

	chain ChainID
	seq   int64
}

// next makes the entry that follows a head.
func (h ChainHead) next(day survey.Date, leaves []leaf, points []string) (entry, bson.Raw, error) {
	e := entry{
		ID: entryID(h.Chain, h.Seq+1), Rev: 1, Day: day, Prev: h.Hash, Leaves: joinLeaves(leaves), Points: points,
		Nonce: make([]byte, idSize), chain: h.Chain, seq: h.Seq + 1,
	}
	if _, err := rand.Read(e.Nonce); err != nil {
		return e, nil, survey.NewError(survey.Internal, "write ledger", err)
	}
	doc, hash, err := sealed(&e, func(hash []byte) { e.Hash = hash })
	e.Hash = hash
	return e, doc, err
}

func (e *entry) head() ChainHead { return ChainHead{e.chain, e.seq, e.Hash} }

// readEntry reads a stored entry and reports whether its hash fits.
func readEntry(raw bson.Raw) (e entry, whole bool, err error) {
	if err := bson.Unmarshal(raw, &e); err != nil {
		return e, false, survey.NewError(survey.Internal, "read ledger", fmt.Errorf("entry %v: %w", raw.Lookup("_id"), err))
	}
	var ok bool
	e.chain, e.seq, ok = parseID(e.ID)
	hash, err := hashOf(raw)
	return e, ok && err == nil && bytes.Equal(hash, e.Hash) && len(e.Leaves) == len(e.Points)*leafSize, nil
}

// hashOf is the SHA-256 over the elements of a document but "hash".
func hashOf(raw bson.Raw) ([]byte, error) {
	hash, err := survey.HashDocument(raw, "hash")
	if err != nil {
		return nil, survey.NewError(survey.Internal, "read ledger", err)
	}
	return hash[:], nil
}

// sealed encodes a document with the hash over its other fields.
func sealed(v any, set func(hash []byte)) (doc bson.Raw, hash []byte, err error) {
	set(nil)
	raw, err := bson.Marshal(v)
	if err != nil {
		return nil, nil, survey.NewError(survey.Internal, "encode ledger", err)
	}
	if hash, err = hashOf(raw); err != nil {
		return nil, nil, err
	}
	set(hash)
	if doc, err = bson.Marshal(v); err != nil {
		return nil, nil, survey.NewError(survey.Internal, "encode ledger", err)
	}
	return doc, hash, nil
}
