package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// chain is a stored chain: what it began with, and how far it is closed.
type chain struct {
	ID  ChainID     `bson:"_id"`
	Rev int64       `bson:"rev"`
	Day survey.Date `bson:"day"` // on which it was begun

	// Saw is the ends of other chains that no chain had named yet. So a chain cannot
	// vanish as a whole, or lose its end, without a trace.
	Saw []ChainHead `bson:"saw"`

	Parts  int64  `bson:"parts"`  // that are closed
	Closed int64  `bson:"closed"` // sequence of the last entry in them
	Head   []byte `bson:"head"`   // its hash; before any part is closed, that of the opening
}

// opening is the hash that the first entry of a chain follows.
func (c chain) opening() ([]byte, error) {
	begun := chain{ID: c.ID, Day: c.Day, Saw: c.Saw} // what never changes
	raw, err := bson.Marshal(begun)
	if err != nil {
		return nil, survey.NewError(survey.Internal, "encode ledger", err)
	}
	return hashOf(raw)
}

// open makes the chain of this process. It is stored with its first entry.
func (l *Ledger) open(ctx context.Context) (ChainHead, bson.Raw, error) {
	var name [16]byte
	if _, err := rand.Read(name[:]); err != nil {
		return ChainHead{}, nil, survey.NewError(survey.Internal, "open ledger", err)
	}
	c := chain{ID: ChainID(hex.EncodeToString(name[:])), Rev: 1, Day: survey.DateOf(l.now())}
	var err error
	if c.Saw, err = l.unnamed(ctx); err != nil {
		return ChainHead{}, nil, err
	}
	if c.Head, err = c.opening(); err != nil {
		return ChainHead{}, nil, err
	}
	doc, err := bson.Marshal(c)
	if err != nil {
		return ChainHead{}, nil, survey.NewError(survey.Internal, "open ledger", err)
	}
	return ChainHead{c.ID, 0, c.Head}, doc, nil
}

// unnamed is the ends of all chains that no other chain has named.
func (l *Ledger) unnamed(ctx context.Context) ([]ChainHead, error) {
	all, err := chains(ctx, l.store)
	if err != nil {
		return nil, err
	}
	heads := map[ChainID]ChainHead{}
	for id, c := range all {
		heads[id] = ChainHead{id, c.Closed, c.Head}
	}
	err = l.store.Scan(ctx, survey.Ledger, "", "", func(raw bson.Raw) error {
		id, seq, _ := parseID(survey.DocumentText(raw, "_id"))
		if h, begun := heads[id]; begun && seq > h.Seq {
			_, hash, _ := raw.Lookup("hash").BinaryOK()
			heads[id] = ChainHead{id, seq, bytes.Clone(hash)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		for _, saw := range c.Saw {
			if saw.Seq >= heads[saw.Chain].Seq {
				delete(heads, saw.Chain)
			}
		}
	}
	return slices.SortedFunc(maps.Values(heads), func(a, b ChainHead) int { return strings.Compare(string(a.Chain), string(b.Chain)) }), nil
}

// NewestDay returns the latest day on which something was written into the ledger of a
// store, as far as its days are not closed; empty: none.
func NewestDay(ctx context.Context, store survey.Store) (newest survey.Date, err error) {
	for _, c := range []survey.Collection{survey.Chains, survey.Ledger} {
		err := store.Scan(ctx, c, "", "", func(raw bson.Raw) error {
			newest = max(newest, survey.Date(survey.DocumentText(raw, "day")))
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return newest, nil
}

// chains reads every chain.
func chains(ctx context.Context, store survey.Store) (map[ChainID]chain, error) {
	all, err := survey.Documents[chain]{Store: store, Collection: survey.Chains}.All(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[ChainID]chain, len(all))
	for _, c := range all {
		byID[c.ID] = c
	}
	return byID, nil
}
