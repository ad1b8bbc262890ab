package survey

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
)

// InsertAll stores those of the documents whose id is not taken, and tells which.
func InsertAll[T any](ctx context.Context, store Store, c Collection, all []T) ([]bool, error) {
	if len(all) == 0 {
		return nil, nil
	}
	docs := make([]bson.Raw, len(all))
	for i, v := range all {
		raw, err := bson.Marshal(v)
		if err != nil {
			return nil, NewError(Internal, "encode "+string(c), err)
		}
		docs[i] = raw
	}
	return store.Insert(ctx, c, docs...)
}

// Collection names a set of documents of one kind.
type Collection string

// The collections. A document's "_id" is a string, first in the document; all
// but responses carry their revision in "rev".
const (
	Responses      Collection = "responses"
	Units          Collection = "units"
	Sectors        Collection = "sectors"
	Questionnaires Collection = "questionnaires"
	Targets        Collection = "targets"
	Campaigns      Collection = "campaigns"
	Points         Collection = "points"
	Plans          Collection = "plans"
	Samples        Collection = "samples"
	DrawnRows      Collection = "drawn"
	Contacts       Collection = "contacts" // personal data, erased before the rest
	Snapshots      Collection = "snapshots"
	Releases       Collection = "releases"      // what figures for offices are made of
	OneTimeLinks   Collection = "links"         // of older versions, until they expire
	SlipIssues     Collection = "slip_issues"   // what somebody issued for a point on a day
	SlipCodes      Collection = "slips"         // a hash for each slip, and its point
	SlipUses       Collection = "slip_uses"     // slips spent within a day, so that a retry is known
	SpentSlips     Collection = "spent_slips"   // a set of hashes and nothing else
	SlipCounts     Collection = "slip_counts"   // slips spent at a point on a day
	SlipDossiers   Collection = "slip_dossiers" // a set of hashes: no application gets two slips
	Devices        Collection = "devices"       // kiosks and screens at counters
	PaperBatches   Collection = "batches"
	Voids          Collection = "voids"
	TakenBackMarks Collection = "taken_back"
	Attempts       Collection = "attempts"     // to take something back, counted by the hour; to write (survey/health)
	Guesses        Collection = "guesses"      // attempts to sign in, counted for an hour
	Suspects       Collection = "suspects"     // responses that are held back
	BurstDecisions Collection = "decisions"    // what people decided about them
	Misuses        Collection = "misuses"      // days on which what verified responses of a point was misused
	Transactions   Collection = "transactions" // how many people a point served, by day
	RecheckDraws   Collection = "recheck_draws"
	RecheckResults Collection = "rechecks"
	Users          Collection = "users"
	Identities     Collection = "identities" // who an account is at an identity provider
	Tokens         Collection = "tokens"
	Sessions       Collection = "sessions"
	Traffic        Collection = "traffic" // how many submissions came in these minutes
	Settings       Collection = "settings"
	Chains         Collection = "chains"      // of the ledger: one for each process that stored responses
	Ledger         Collection = "ledger"      // entries of days that are not closed, in the order of arrival
	LedgerDays     Collection = "ledger_days" // what was in the ledger on days that are closed, in no order of arrival
	LogRecords     Collection = "log_records" // of the signed log: one for each closed part of the ledger
	Audit          Collection = "audit"
	Intents        Collection = "intents" // acts that are not finished; empty but for moments
)

// Collections lists every collection; copying and backing up walk it.
var Collections = []Collection{
	Settings, Units, Sectors, Questionnaires, Targets, Campaigns, Points, Plans, Samples, DrawnRows, Contacts, Snapshots, Releases, OneTimeLinks,
	SlipIssues, SlipCodes, SlipUses, SpentSlips, SlipCounts, SlipDossiers,
	Devices, PaperBatches, Voids, TakenBackMarks, Attempts, RecheckDraws, RecheckResults, Transactions, Suspects, BurstDecisions, Misuses,
	Users, Identities, Tokens, Sessions, Guesses, Traffic, Audit, Intents, Chains, Ledger, LedgerDays, LogRecords, Responses,
}

// Passing lists the collections that matter for hours and are in no backup: there
// they would join for years what is joined for a day (a slip and its response), or
// open what has been closed (sessions).
var Passing = []Collection{SlipUses, Attempts, Sessions, Guesses, Traffic}

// Erasable lists the collections whose documents are replaced or deleted so that
// nobody can read them again: contacts, responses that were taken back, and the order
// in which responses came. A store in a file frees the pages of such a document without
// clearing them, and compacts the file afterwards.
var Erasable = []Collection{Contacts, Responses, Ledger}

// Store keeps BSON documents in collections, ordered by id. It knows no query
// language: a document is found by its id or by scanning a range of ids.
//
// When a method that writes returns nil, the document is on disk. Errors are
// *Error: NotFound, Conflict, Invalid (no store could keep the document; see
// DocumentID), Unavailable (full disk, unreachable server, the end of the
// context; the caller may try again) or Internal.
type Store interface {
	// Insert stores each document whose id is not taken and reports, for each,
	// whether it was stored now. A taken id leaves the stored document as it is
	// and is no error: that makes a retry harmless. On an error some documents
	// may have been stored; inserting them all again is safe.
	Insert(ctx context.Context, c Collection, docs ...bson.Raw) (fresh []bool, err error)

	// InsertInOrder is Insert for several groups, in an order that the disk keeps: when
	// a document of a group is on disk, so are those of every group before it. A file
	// holds all of a call or nothing.
	InsertInOrder(ctx context.Context, groups ...InsertGroup) (fresh [][]bool, err error)

	// Get returns the document with an id, or NotFound. The caller owns it.
	Get(ctx context.Context, c Collection, id string) (bson.Raw, error)

	// Replace puts doc in the place of the document with the same id if that
	// one has revision rev; otherwise Conflict, or NotFound if there is none.
	// The revision in doc must be higher.
	Replace(ctx context.Context, c Collection, rev int64, doc bson.Raw) error

	// Delete removes a document if it has revision rev; otherwise Conflict, or
	// NotFound if there is none.
	Delete(ctx context.Context, c Collection, id string, rev int64) error

	// Scan visits the documents with from <= id < to in rising order of id; an
	// empty to means no upper end. Writes go on meanwhile: a document written
	// after the scan began may or may not be visited, every earlier one is,
	// once. The visited bytes are valid only during the call. An error of visit
	// stops the scan and is returned.
	Scan(ctx context.Context, c Collection, from, to string, visit func(bson.Raw) error) error
}

// Carrier is a Store whose documents can be carried elsewhere as a whole, also those
// of collections that this program does not know: of a newer one, or an invention.
type Carrier interface {
	Store

	// Contents lists the collections that the store holds: those of Collections in their
	// order, whether they hold documents or not, then others, by name.
	Contents(ctx context.Context) ([]Collection, error)

	// AddCollection makes a collection that is not in Collections, if it is not there.
	AddCollection(ctx context.Context, c Collection) error

	// Format returns the format of the store.
	Format(ctx context.Context) (StoreFormat, error)
}

// WithUnknown returns Collections and, behind them, by name, those of names that are
// not among them.
func WithUnknown(names []Collection) []Collection {
	var unknown []Collection
	for _, name := range names {
		if name != FormatCollection && !slices.Contains(Collections, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return slices.Concat(Collections, slices.Compact(unknown))
}

// InsertGroup is documents of one collection that are inserted together.
type InsertGroup struct {
	Collection Collection
	Docs       []bson.Raw
}

// Documents gives the documents of a collection their Go type.
type Documents[T any] struct {
	Store      Store
	Collection Collection
}

// Get returns the document with an id, or NotFound.
func (t Documents[T]) Get(ctx context.Context, id string) (T, error) {
	var v T
	raw, err := t.Store.Get(ctx, t.Collection, id)
	if err != nil {
		return v, err
	}
	return v, t.Decode(raw, &v)
}

// Insert stores a new document; Conflict if its id is taken.
func (t Documents[T]) Insert(ctx context.Context, v T) error {
	raw, err := bson.Marshal(v)
	if err != nil {
		return NewError(Internal, "encode "+string(t.Collection), err)
	}
	fresh, err := t.Store.Insert(ctx, t.Collection, raw)
	if err != nil {
		return err
	}
	if !fresh[0] {
		return NewError(Conflict, "insert into "+string(t.Collection), errors.New("the id is taken"))
	}
	return nil
}

// Replace puts v in the place of its stored revision rev. v itself must carry
// a higher revision.
func (t Documents[T]) Replace(ctx context.Context, rev int64, v T) error {
	raw, err := bson.Marshal(v)
	if err != nil {
		return NewError(Internal, "encode "+string(t.Collection), err)
	}
	return t.Store.Replace(ctx, t.Collection, rev, raw)
}

// All returns every document, in the order of ids.
func (t Documents[T]) All(ctx context.Context) ([]T, error) {
	var all []T
	err := t.Store.Scan(ctx, t.Collection, "", "", func(raw bson.Raw) error {
		var v T
		if err := t.Decode(raw, &v); err != nil {
			return err
		}
		all = append(all, v)
		return nil
	})
	return all, err
}

// Decode reads a stored document; one that cannot be read is an Internal error.
func (t Documents[T]) Decode(raw bson.Raw, v *T) error {
	if err := bson.Unmarshal(raw, v); err != nil {
		return NewError(Internal, "decode "+string(t.Collection), fmt.Errorf("document %v: %w", raw.Lookup("_id"), err))
	}
	return nil
}
