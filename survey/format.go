package survey

import (
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
)

// CurrentFormat is the format of the stores that this program writes. Package
// migrations lists what each format changed. It rises with every change that an
// older program would misread or leave out, a new collection among them.
const CurrentFormat = 3

// FirstChecksums is the format from which every document carries a checksum.
const FirstChecksums = 2

// StoreFormat is the one document by which a store says what it is. Both stores keep it
// in a place of its own, which is no Collection.
type StoreFormat struct {
	ID      string `bson:"_id"`
	Version int    `bson:"version"`
	Wrote   string `bson:"wrote,omitempty"` // the version of the program that brought the store to this format

	// Rising says that the store is on its way to this format: what a migration does
	// is half done. An older program refuses it already.
	Rising bool `bson:"rising,omitempty"`

	// Filling names the command that is putting another store's documents into this one
	// ("restore", "copy"): until it is done, or done again after a kill, the store holds
	// a part of them, and nothing but that command opens it.
	Filling string `bson:"filling,omitempty"`
}

// Done is the format that the whole store has.
func (f StoreFormat) Done() int {
	if f.Rising {
		return f.Version - 1
	}
	return f.Version
}

// FormatCollection is the place of the format, and its id there.
const FormatCollection Collection = "hailong"

// NewStoreFormat is a format that a version of the program writes.
func NewStoreFormat(version int, program string) StoreFormat {
	return StoreFormat{ID: string(FormatCollection), Version: version, Wrote: program}
}

// Stored is the document of a format, with its checksum.
func (f StoreFormat) Stored() (bson.Raw, error) {
	doc, err := bson.Marshal(f)
	if err != nil {
		return nil, NewError(Internal, "encode format", err)
	}
	return AddChecksum(FormatCollection, doc)
}

// ReadFormat reads a stored document of a format. It may be of any program, also
// of one that is newer than this: whoever reads asks Check. A document without
// checksum is of the first format. Errors are Internal, with a *Damage, and Invalid
// for what is no format.
func ReadFormat(stored bson.Raw) (StoreFormat, error) {
	var f StoreFormat
	summed := HasChecksum(stored)
	if summed {
		doc, _, err := TakeChecksum(FormatCollection, append(bson.Raw(nil), stored...))
		if err != nil {
			return f, err
		}
		stored = doc
	}
	switch err := bson.Unmarshal(stored, &f); {
	case err != nil, f.ID != string(FormatCollection), f.Version < 1:
		return f, NewError(Invalid, "read format", errors.Join(errors.New("this is not the format of a store of hailong"), err))
	case !summed && f.Version >= FirstChecksums && f.Version <= CurrentFormat:
		return f, damagedDocument(FormatCollection, stored, "it has no checksum")
	}
	return f, nil
}

// Check refuses a store that a newer program wrote, with an Invalid error that
// names the version needed, and one that was filled in part (see CheckVersion).
func (f StoreFormat) Check() error {
	err := f.CheckVersion()
	if err == nil && f.Filling != "" {
		err = NewError(Invalid, "open store", &HalfFilled{By: f.Filling})
	}
	return err
}

// CheckVersion is Check for who goes on filling a store.
func (f StoreFormat) CheckVersion() error {
	if f.Version <= CurrentFormat {
		return nil
	}
	return NewError(Invalid, "open store", &NewerFormat{f})
}

// HalfFilled is the cause of an error: a restore or copy into the store was interrupted.
type HalfFilled struct{ By string }

func (e *HalfFilled) Error() string {
	return fmt.Sprintf("\"hailong %[1]s\" into this store was interrupted, and only a part of the data is in it; run the same %[1]s again, which completes it, or choose another store", e.By)
}

// NewerFormat is the cause of an error: a newer program wrote the store.
type NewerFormat struct{ Format StoreFormat }

func (e *NewerFormat) Error() string {
	if strings.TrimSpace(e.Format.Wrote) == "" {
		return fmt.Sprintf("store of format %d, which a newer version of hailong wrote; use that version or a newer one", e.Format.Version)
	}
	return fmt.Sprintf("store of format %d, written by hailong %s; use that version or a newer one", e.Format.Version, e.Format.Wrote)
}
