// Package audit keeps the log of what staff, programs and commands did: a chain
// of entries, each with the hash of the one before. An entry about a change says
// in which state the change left its documents, so that Verify finds what was
// changed behind the log's back.
//
// It owns the chain, and what the log knows of documents. It must not know what
// the documents mean: how they are changed is survey.Changes.
package audit

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// ChainedEntry is one line of the audit log.
type ChainedEntry struct {
	ID      string        `bson:"_id"` // rising number, so that of two writers one is refused and tries again
	Prev    string        `bson:"prev"`
	At      time.Time     `bson:"at"`
	Actor   survey.Actor  `bson:"actor"`
	Action  survey.Action `bson:"action"`
	Subject string        `bson:"subject"`          // what it was done to: "users/lan"
	Before  string        `bson:"before,omitempty"` // JSON
	After   string        `bson:"after,omitempty"`  // JSON
	Ref     string        `bson:"ref,omitempty"`    // of the change that it tells of, which is told once
	Docs    []string      `bson:"docs,omitempty"`   // the documents as the change left them, as survey.Revision writes them
	Hash    string        `bson:"hash"`             // SHA-256 over the document's other fields, Prev among them
}

// Number is the entry's place in the log, from 1.
func (e ChainedEntry) Number() int64 {
	n, _ := strconv.ParseInt(e.ID, 10, 64)
	return n
}

const digits = 12

func entryID(n int64) string { return fmt.Sprintf("%0*d", digits, n) }

// Log is the record of what staff, programs and commands did. It only
// grows, and each entry holds the hash of the one before, so that whoever
// changes or takes out an entry has to change all that follow. Whoever can
// write to the store can do even that, or cut off the end; so the hash of the
// newest entry is worth writing down elsewhere now and then.
type Log struct {
	store survey.Store
	now   func() time.Time

	mu   sync.Mutex
	head Head
	refs map[string]bool // of the entries up to head

	newest time.Time // that an entry up to head names
}

var _ survey.ChangeLog = (*Log)(nil)

// Head is the end of the log.
type Head struct {
	Number int64  // of the newest entry; 0: none
	Hash   string // of the newest entry
}

// New returns the log of a store.
func New(store survey.Store, now func() time.Time) *Log {
	return &Log{store: store, now: now, refs: map[string]bool{}}
}

// Record adds an entry and returns after it is on disk. before and after are
// written as JSON and may be nil; they must hold no secret and no answer.
// What is done is recorded after it was done, what is read or exported before.
func (l *Log) Record(ctx context.Context, actor survey.Actor, action survey.Action, subject string, before, after any) error {
	entry := ChainedEntry{At: l.time(), Actor: actor, Action: action, Subject: subject}
	var err error
	if entry.Before, err = asJSON(before); err != nil {
		return err
	}
	if entry.After, err = asJSON(after); err != nil {
		return err
	}
	return l.append(ctx, entry)
}

// Append adds the entry of a change, unless the log has it.
func (l *Log) Append(ctx context.Context, e survey.LogEntry) error {
	entry := ChainedEntry{At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Before: e.Before, After: e.After, Ref: e.ID}
	for _, r := range e.Revisions {
		entry.Docs = append(entry.Docs, r.String())
	}
	return l.append(ctx, entry)
}

// Has reports whether the log has the entry of a change.
func (l *Log) Has(ctx context.Context, ref string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refs[ref] {
		return true, nil
	}
	err := l.follow(ctx)
	return l.refs[ref], err
}

// append adds an entry at the end, unless the log has one of its Ref.
func (l *Log) append(ctx context.Context, entry ChainedEntry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if err := l.follow(ctx); err != nil {
			return err
		}
		if l.refs[entry.Ref] {
			return nil
		}
		entry.ID, entry.Prev = entryID(l.head.Number+1), l.head.Hash
		doc, hash, err := entry.seal()
		if err != nil {
			return survey.NewError(survey.Internal, "encode audit entry", err)
		}
		fresh, err := l.store.Insert(ctx, survey.Audit, doc)
		if err != nil {
			return err
		}
		if fresh[0] {
			l.read(Head{l.head.Number + 1, hash}, &entry)
			return nil
		}
	}
}

// follow reads what others have added; mostly there is nothing.
func (l *Log) follow(ctx context.Context) error {
	return l.store.Scan(ctx, survey.Audit, entryID(l.head.Number+1), "", func(raw bson.Raw) error {
		var seen ChainedEntry
		if err := bson.Unmarshal(raw, &seen); err != nil {
			return survey.NewError(survey.Internal, "read audit log", err)
		}
		if seen.Number() <= l.head.Number { // it would be looked for for ever
			return survey.NewError(survey.Internal, "read audit log", fmt.Errorf("%w: %q is no number that follows %d", errBrokenLink, seen.ID, l.head.Number))
		}
		l.read(Head{seen.Number(), seen.Hash}, &seen)
		return nil
	})
}

// read notes an entry that is in the log.
func (l *Log) read(head Head, e *ChainedEntry) {
	l.head = head
	if e.Ref != "" {
		l.refs[e.Ref] = true
	}
	if e.At.After(l.newest) {
		l.newest = e.At
	}
}

// Newest returns the latest moment that an entry names, which is mostly that of the
// last one; zero: there is none. A clock that shows less is behind.
func (l *Log) Newest(ctx context.Context) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.follow(ctx)
	return l.newest, err
}

func (l *Log) time() time.Time { return l.now().UTC().Truncate(time.Millisecond) }

func asJSON(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", survey.NewError(survey.Internal, "encode audit entry", err)
	}
	return string(b), nil
}

// seal returns the entry's document with its hash.
func (e ChainedEntry) seal() (doc bson.Raw, hash string, err error) {
	e.Hash = ""
	raw, err := bson.Marshal(e)
	if err != nil {
		return nil, "", err
	}
	if e.Hash, err = hashOf(raw); err != nil {
		return nil, "", err
	}
	doc, err = bson.Marshal(e)
	return doc, e.Hash, err
}

// hashOf is the SHA-256 over the elements of a document but "hash", as they
// stand in it: type, name and value.
func hashOf(doc bson.Raw) (string, error) {
	sum, err := survey.HashDocument(doc, "hash")
	return hex.EncodeToString(sum[:]), err
}

// errBrokenLink is the cause in an error of Verify.
var errBrokenLink = errors.New("the audit log was tampered with or damaged")

// EntryFilter chooses entries; an empty field chooses all.
type EntryFilter struct {
	Actor    string        // login, token or shell account, as Actor.String writes it
	Action   survey.Action // or its beginning: "user."
	Subject  string        // part of it
	From, To survey.Date
}

func (f EntryFilter) matches(e *ChainedEntry) bool {
	day := survey.DateOf(e.At)
	return (f.Actor == "" || e.Actor.String() == f.Actor) &&
		strings.HasPrefix(string(e.Action), string(f.Action)) &&
		strings.Contains(strings.ToLower(e.Subject), strings.ToLower(f.Subject)) &&
		(f.From == "" || day >= f.From) && (f.To == "" || day <= f.To)
}

// Each visits the entries that a filter chooses, oldest first.
func (l *Log) Each(ctx context.Context, f EntryFilter, visit func(ChainedEntry) error) error {
	return l.store.Scan(ctx, survey.Audit, "", "", func(raw bson.Raw) error {
		var e ChainedEntry
		if err := bson.Unmarshal(raw, &e); err != nil {
			return survey.NewError(survey.Internal, "read audit log", err)
		}
		if !f.matches(&e) {
			return nil
		}
		return visit(e)
	})
}

// Changed returns the documents that a stored entry tells of, as its change left them.
func Changed(entry bson.Raw) ([]survey.Revision, error) {
	var e ChainedEntry
	if err := bson.Unmarshal(entry, &e); err != nil {
		return nil, survey.NewError(survey.Internal, "read audit log", err)
	}
	all := make([]survey.Revision, 0, len(e.Docs))
	for _, doc := range e.Docs {
		r, err := survey.ParseRevision(doc)
		if err != nil {
			return nil, survey.NewError(survey.Internal, "read audit log", err)
		}
		all = append(all, r)
	}
	return all, nil
}
