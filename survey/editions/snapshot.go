package editions

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gowebpki/jcs"

	"hailong/survey"
)

// Snapshot is the figures of an edition as they were published: text that is
// never written again. Whoever holds the text can compute its hash and compare
// it with the one that was made public.
type Snapshot struct {
	ID       string            `bson:"_id"` // SnapshotID(Campaign, Hash)
	Rev      int64             `bson:"rev"`
	Campaign survey.CampaignID `bson:"campaign"`
	Edition  int               `bson:"edition"`
	At       time.Time         `bson:"at"`
	Hash     string            `bson:"hash"` // SHA-256 of Body, in hexadecimal digits
	Body     string            `bson:"body"` // canonical JSON
	// Canonical is the form of canonical JSON that Body is written in, empty for
	// that of before there was a choice. The hash is of the bytes of Body and is
	// verified without it; it is for who writes the text again from the figures.
	Canonical CanonicalForm `bson:"canonical,omitempty"`
	// Counts is what the rule that hides small groups must know of the edition when
	// the next one is made (analysis/results); nobody is ever shown it.
	Counts string `bson:"counts,omitempty"`
}

// CanonicalForm is a way to write JSON that depends on nothing but its content.
type CanonicalForm string

// The forms of canonical JSON. The first differs from the second where it writes
// the line separators U+2028 and U+2029 as escapes, minus zero with its sign,
// and keys in the order of their bytes instead of their UTF-16 code units.
const (
	SortedKeys CanonicalForm = ""        // as encoding/json writes maps
	RFC8785    CanonicalForm = "rfc8785" // JSON Canonicalization Scheme
)

// SnapshotID names the snapshot of a campaign with a hash. The hash is part of
// it, so that of two people who publish at once neither overwrites the other.
func SnapshotID(campaign survey.CampaignID, hash string) string { return string(campaign) + "@" + hash }

// Intact reports whether the body is what was published.
func (s Snapshot) Intact() bool {
	sum := sha256.Sum256([]byte(s.Body))
	return hex.EncodeToString(sum[:]) == s.Hash
}

// canonical writes a value as RFC 8785 lays down: JSON that depends on nothing
// but its content, so that whoever has the figures can write the same text.
// Numbers are those of IEEE 754; an integer beyond 2^53 is not kept exactly.
func canonical(v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	text, err := jcs.Transform(plain)
	if err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	return text, nil
}

// NewSnapshot fixes content.
func NewSnapshot(campaign survey.CampaignID, edition int, at time.Time, content any) (Snapshot, error) {
	body, err := canonical(content)
	if err != nil {
		return Snapshot{}, survey.NewError(survey.Internal, "freeze figures", err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	return Snapshot{
		ID: SnapshotID(campaign, hash), Rev: 1, Campaign: campaign, Edition: edition, At: at, Hash: hash, Body: string(body),
		Canonical: RFC8785,
	}, nil
}

// ErrTampered is the cause of an error about a snapshot whose text is no longer
// what was published.
var ErrTampered = errors.New("the snapshot does not fit its hash: it was tampered with or damaged")
