package survey

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Snapshot is the figures of an edition as they were published: text that is
// never written again. Whoever holds the text can compute its hash and compare
// it with the one that was made public.
type Snapshot struct {
	ID       string     `bson:"_id"` // SnapshotID(Campaign, Hash)
	Rev      int64      `bson:"rev"`
	Campaign CampaignID `bson:"campaign"`
	Edition  int        `bson:"edition"`
	At       time.Time  `bson:"at"`
	Hash     string     `bson:"hash"` // SHA-256 of Body, in hexadecimal digits
	Body     string     `bson:"body"` // canonical JSON
}

// SnapshotID names the snapshot of a campaign with a hash. The hash is part of
// it, so that of two people who publish at once neither overwrites the other.
func SnapshotID(campaign CampaignID, hash string) string { return string(campaign) + "@" + hash }

// Intact reports whether the body is what was published.
func (s Snapshot) Intact() bool {
	sum := sha256.Sum256([]byte(s.Body))
	return hex.EncodeToString(sum[:]) == s.Hash
}

// Canonical writes a value as JSON that depends on nothing but its content:
// keys in order, no spaces, numbers as short as they can be read back exactly,
// as RFC 8785 lays down. (A line separator, U+2028 or U+2029, is written as an
// escape; no text of ours holds one.)
func Canonical(v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber() // as they were written: encoding/json writes them as ECMAScript does
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(tree); err != nil { // maps are written in the order of their keys
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// NewSnapshot freezes content.
func NewSnapshot(campaign CampaignID, edition int, at time.Time, content any) (Snapshot, error) {
	body, err := Canonical(content)
	if err != nil {
		return Snapshot{}, NewError(Internal, "freeze figures", err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	return Snapshot{
		ID: SnapshotID(campaign, hash), Rev: 1, Campaign: campaign, Edition: edition, At: at, Hash: hash, Body: string(body),
	}, nil
}

// ErrTampered is the cause of an error about a snapshot whose text is no longer
// what was published.
var ErrTampered = errors.New("the snapshot does not fit its hash: it was tampered with or damaged")
