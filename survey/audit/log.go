package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"

	"hailong/survey"
)

// AuditEntry is one line of the audit log.
type Entry struct {
	ID      string        `bson:"_id"` // rising number, so that of two writers one is refused and tries again
	Prev    string        `bson:"prev"`
	At      time.Time     `bson:"at"`
	Actor   survey.Actor  `bson:"actor"`
	Action  survey.Action `bson:"action"`
	Subject string        `bson:"subject"`          // what it was done to: "users/lan"
	Before  string        `bson:"before,omitempty"` // JSON
	After   string        `bson:"after,omitempty"`  // JSON
	Hash    string        `bson:"hash"`             // SHA-256 over the document's other fields, Prev among them
}

// Number is the entry's place in the log, from 1.
func (e Entry) Number() int64 {
	n, _ := strconv.ParseInt(e.ID, 10, 64)
	return n
}

const digits = 12

func entryID(n int64) string { return fmt.Sprintf("%0*d", digits, n) }

// AuditLog is the record of what staff, programs and commands did. It only
// grows, and each entry holds the hash of the one before, so that whoever
// changes or takes out an entry has to change all that follow. Whoever can
// write to the store can do even that, or cut off the end; so the hash of the
// newest entry is worth writing down elsewhere now and then.
type Log struct {
	store survey.Store
	now   func() time.Time

	mu   sync.Mutex
	head Head
}

// AuditHead is the end of the log.
type Head struct {
	Number int64  // of the newest entry; 0: none
	Hash   string // of the newest entry
}

// NewAuditLog returns the log of a store.
func New(store survey.Store, now func() time.Time) *Log {
	return &Log{store: store, now: now}
}

// Record adds an entry and returns after it is on disk. before and after are
// written as JSON and may be nil; they must hold no secret and no answer.
// What is done is recorded after it was done, what is read or exported before.
func (l *Log) Record(ctx context.Context, actor survey.Actor, action survey.Action, subject string, before, after any) error {
	entry := Entry{At: l.now().UTC().Truncate(time.Millisecond), Actor: actor, Action: action, Subject: subject}
	var err error
	if entry.Before, err = asJSON(before); err != nil {
		return err
	}
	if entry.After, err = asJSON(after); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		// Another process may have written since; mostly there is nothing to read.
		err := l.store.Scan(ctx, survey.Audit, entryID(l.head.Number+1), "", func(raw bson.Raw) error {
			var seen Entry
			if err := bson.Unmarshal(raw, &seen); err != nil {
				return survey.NewError(survey.Internal, "read audit log", err)
			}
			if seen.Number() <= l.head.Number { // it would be looked for for ever
				return survey.NewError(survey.Internal, "read audit log", fmt.Errorf("%w: %q is no number that follows %d", errBrokenLink, seen.ID, l.head.Number))
			}
			l.head = Head{seen.Number(), seen.Hash}
			return nil
		})
		if err != nil {
			return err
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
			l.head = Head{l.head.Number + 1, hash}
			return nil
		}
	}
}

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
func (e Entry) seal() (doc bson.Raw, hash string, err error) {
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

// auditHash is the SHA-256 over the elements of a document but "hash", as they
// stand in it: type, name and value.
func hashOf(doc bson.Raw) (string, error) {
	elements, err := bsoncore.Document(doc).Elements()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, e := range elements {
		if e.Key() != "hash" {
			h.Write(e)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// errBrokenLink is the cause in an error of Verify.
var errBrokenLink = errors.New("the audit log was tampered with or damaged")

// Verify walks the whole log and returns its end. The error is Conflict if an
// entry is missing, changed or out of place, and names the first such entry.
func (l *Log) Verify(ctx context.Context) (Head, error) {
	var head Head
	broken := func(format string, args ...any) error {
		return &survey.Error{
			Kind: survey.Conflict, Op: "verify audit log", Key: "audit.broken", Args: []any{int(head.Number + 1)},
			Err: fmt.Errorf("entry %d: %s: %w", head.Number+1, fmt.Sprintf(format, args...), errBrokenLink),
		}
	}
	err := l.store.Scan(ctx, survey.Audit, "", "", func(raw bson.Raw) error {
		var e Entry
		if err := bson.Unmarshal(raw, &e); err != nil {
			return broken("it cannot be read: %v", err)
		}
		hash, err := hashOf(raw)
		switch {
		case err != nil:
			return broken("it cannot be read: %v", err)
		case e.ID != entryID(head.Number+1):
			return broken("it is missing; the next is %s", e.ID)
		case e.Prev != head.Hash:
			return broken("it does not follow the entry before it")
		case e.Hash != hash:
			return broken("its content does not fit its hash")
		}
		head = Head{head.Number + 1, hash}
		return nil
	})
	return head, err
}

// AuditFilter chooses entries; an empty field chooses all.
type Filter struct {
	Actor    string        // login, token or shell account, as Actor.String writes it
	Action   survey.Action // or its beginning: "user."
	Subject  string        // part of it
	From, To survey.Date
}

func (f Filter) matches(e *Entry) bool {
	day := survey.DateOf(e.At)
	return (f.Actor == "" || e.Actor.String() == f.Actor) &&
		strings.HasPrefix(string(e.Action), string(f.Action)) &&
		strings.Contains(strings.ToLower(e.Subject), strings.ToLower(f.Subject)) &&
		(f.From == "" || day >= f.From) && (f.To == "" || day <= f.To)
}

// Each visits the entries that a filter chooses, oldest first.
func (l *Log) Each(ctx context.Context, f Filter, visit func(Entry) error) error {
	return l.store.Scan(ctx, survey.Audit, "", "", func(raw bson.Raw) error {
		var e Entry
		if err := bson.Unmarshal(raw, &e); err != nil {
			return survey.NewError(survey.Internal, "read audit log", err)
		}
		if !f.matches(&e) {
			return nil
		}
		return visit(e)
	})
}
