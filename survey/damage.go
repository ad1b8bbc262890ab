package survey

import (
	"errors"
	"strings"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/bson"
)

// Damage is the cause of an error: something is not as it was written, because a
// disk, memory, or somebody behind the program's back changed it.
type Damage struct {
	Collection Collection `json:"collection,omitempty"` // "" where it is no single collection
	ID         string     `json:"id,omitempty"`         // of the document; "" where it cannot be told
	What       string     `json:"what"`                 // "its content does not fit its checksum"

	// Of a response, as far as they can still be read.
	Day   Date      `json:"day,omitempty"`
	Point PointCode `json:"point,omitempty"`
}

// DamagedIn is the damage of a stored document, with what a report names besides.
func DamagedIn(c Collection, id, what string, stored bson.Raw) Damage {
	d := Damage{Collection: c, ID: strings.ToValidUTF8(id, "?"), What: what}
	if c == Responses {
		d.Day, d.Point = Date(strings.ToValidUTF8(DocumentText(stored, "day"), "?")), PointCode(strings.ToValidUTF8(DocumentText(stored, "point"), "?"))
		if d.Day == "" {
			d.Day = ResponseID(id).Day()
		}
	}
	return d
}

// Inspected is how much a check of a store looked at.
type Inspected struct {
	Pages     int // 0 where a store has none
	Documents int
	Format    StoreFormat
}

func (d *Damage) Error() string {
	const remedy = `; "hailong check" says how much is damaged and what to do`
	switch {
	case d.Collection == "":
		return "the store is damaged: " + d.What + remedy
	case d.ID == "":
		return "a document of " + string(d.Collection) + " is damaged: " + d.What + remedy
	}
	return "document " + d.ID + " of " + string(d.Collection) + " is damaged: " + d.What + remedy
}

// DamageOf returns the damage in the chain of an error, nil if there is none.
func DamageOf(err error) *Damage {
	var d *Damage
	errors.As(err, &d)
	return d
}

// DamageLatch is how a store that met damage stops to acknowledge: what is written
// to it may be lost with the rest. It never opens again; the process is started
// anew with a store that is whole. The zero value has met none.
type DamageLatch struct{ first atomic.Pointer[Damage] }

// Note remembers the damage in the chain of err, if it is the first, and returns
// err.
func (l *DamageLatch) Note(err error) error {
	if err == nil {
		return nil
	}
	if d := DamageOf(err); d != nil {
		l.first.CompareAndSwap(nil, d)
	}
	return err
}

// Damaged returns the first damage that the store met, or nil.
func (l *DamageLatch) Damaged() *Damage { return l.first.Load() }

// Refuse returns the Unavailable error of a write, with the key "store.damaged",
// if the store met damage, otherwise nil.
func (l *DamageLatch) Refuse(op string) error {
	if d := l.first.Load(); d != nil {
		return &Error{Kind: Unavailable, Op: op, Key: "store.damaged", Err: d}
	}
	return nil
}
