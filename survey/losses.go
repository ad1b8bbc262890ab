package survey

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
)

// Losses is a statement about what was lost when a store was damaged: a salvage could not
// read it, and says so once. Who checks the store later passes over what is stated, says
// that it does, and finds everything else. It is a document of Settings, so that the audit
// log has it, with who made the salvage; further ones are added, and none is changed.
type Losses struct {
	ID  string    `bson:"_id" json:"-"`
	Rev int64     `bson:"rev" json:"-"`
	At  time.Time `bson:"at" json:"at"`

	Responses []byte        `bson:"responses" json:"-"` // ids that the ledger names, 16 bytes each
	Ledger    []LostLink    `bson:"ledger" json:"ledger,omitempty"`
	Audit     []NumberRange `bson:"audit" json:"audit,omitempty"`
}

// LostLink is what the check of the ledger says of a chain of which a part is lost.
type LostLink struct {
	ID   string `bson:"id" json:"id"`
	What string `bson:"what" json:"what"`
}

// NumberRange is entries of the audit log, both ends among them.
type NumberRange struct {
	First int64 `bson:"first" json:"first"`
	Last  int64 `bson:"last" json:"last"`
}

// Has reports whether a range holds another one.
func (r NumberRange) Has(other NumberRange) bool {
	return r.First <= other.First && other.Last <= r.Last
}

const (
	lossesPrefix = "salvage."
	lossesEnd    = "salvage/" // "/" comes after "."
)

// LossesID is the id of the statement of a number, from 1.
func LossesID(number int) string { return fmt.Sprintf("%s%04d", lossesPrefix, number) }

// MostLost bounds how many responses one statement names, far below the largest document.
const MostLost = 500_000

// ReadLosses returns what all statements of a store say together, and how many there are.
func ReadLosses(ctx context.Context, store Store) (all StatedLosses, err error) {
	all.responses = map[uuid.UUID]bool{}
	docs := Documents[Losses]{Store: store, Collection: Settings}
	err = store.Scan(ctx, Settings, lossesPrefix, lossesEnd, func(raw bson.Raw) error {
		var l Losses
		if err := docs.Decode(raw, &l); err != nil {
			return err
		}
		all.Statements++
		all.ledger, all.audit = append(all.ledger, l.Ledger...), append(all.audit, l.Audit...)
		for rest := l.Responses; len(rest) >= 16; rest = rest[16:] {
			all.responses[uuid.UUID(rest[:16])] = true
		}
		return nil
	})
	return all, err
}

// StatedLosses is what all statements of a store say together.
type StatedLosses struct {
	Statements int

	responses map[uuid.UUID]bool
	ledger    []LostLink
	audit     []NumberRange
}

// Response reports whether a response is stated as lost.
func (s *StatedLosses) Response(id ResponseID) bool {
	parsed, err := uuid.Parse(string(id))
	return err == nil && s.responses[parsed]
}

// Link reports whether it is stated that a part of the ledger is lost.
func (s *StatedLosses) Link(l LostLink) bool { return slices.Contains(s.ledger, l) }

// Entries reports whether entries of the audit log are stated as lost.
func (s *StatedLosses) Entries(r NumberRange) bool {
	return slices.ContainsFunc(s.audit, func(stated NumberRange) bool { return stated.Has(r) })
}

// LostEntries is how many entries of the audit log are stated as lost.
func (s *StatedLosses) LostEntries() int {
	n := 0
	for _, r := range s.audit {
		n += int(r.Last - r.First + 1)
	}
	return n
}

// NewLosses is a statement of a number. It names as many of the responses as it can hold,
// and returns the others.
func NewLosses(number int, at time.Time, responses []ResponseID) (l Losses, rest []ResponseID) {
	l = Losses{ID: LossesID(number), At: at}
	n := min(len(responses), MostLost)
	for _, id := range responses[:n] {
		if parsed, err := uuid.Parse(string(id)); err == nil {
			l.Responses = append(l.Responses, parsed[:]...)
		}
	}
	return l, responses[n:]
}
