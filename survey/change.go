package survey

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
)

// Changes is the way in which documents are changed that somebody answers for.
//
// A change of one document is one durable write: the document carries its entry
// of the audit log, and the log takes the entry over afterwards. What a crash
// or a failing store leaves out is done before the document changes again, and
// at the next start by Recover. An act over several documents (see Act) writes
// what it is about to do first.
//
// One value serves a process. All methods may be called at the same time.
type Changes struct {
	Store Store
	Log   ChangeLog
	Now   func() time.Time

	// acts is held by an act from its check to its last write, and shared by
	// single changes while they write: no change of this process comes between.
	acts sync.RWMutex

	behind struct {
		sync.Mutex
		documents []documentKey // whose entry the log may not have yet
		acts      []string      // begun and not finished
	}
}

type documentKey struct {
	collection Collection
	id         string
}

// ChangeLog is the audit log as changes need it.
type ChangeLog interface {
	// Append adds an entry unless the log has one of its ID.
	Append(ctx context.Context, e LogEntry) error

	// Has reports whether the log has the entry of an ID.
	Has(ctx context.Context, id string) (bool, error)

	// Record adds an entry about something that changes no document.
	Record(ctx context.Context, actor Actor, action Action, subject string, before, after any) error
}

// LogEntry is what the audit log is to say of a change.
type LogEntry struct {
	ID            string
	At            time.Time
	Actor         Actor
	Action        Action
	Subject       string     // what it was done to: "users/lan"
	Before, After string     // JSON, may be empty
	Revisions     []Revision // the documents as the change left them
}

// NewChanges returns the changes of a store, recorded in a log.
func NewChanges(store Store, log ChangeLog, now func() time.Time) *Changes {
	return &Changes{Store: store, Log: log, Now: now}
}

// AnyRevision as the revision seen changes a document whatever its revision.
const AnyRevision int64 = -1

// Edit is a change of one document.
type Edit[T any] struct {
	Collection Collection
	ID         string

	// Seen is the revision that was seen. 0: there is no such document yet, and
	// Do is given a zero value to fill in. AnyRevision: the one that is stored,
	// and Do is called again when somebody else was faster.
	Seen int64

	Actor   Actor
	Action  Action
	Subject string // of the entry; empty: collection and id

	// OnDay has the document and the log tell the day of the change and not its moment: it
	// is about what somebody did who was promised that nobody knows the moment.
	OnDay bool

	Do   func(*T) error // the document keeps as it was on an error
	Show func(*T) any   // what the log says of the document; nil: all that is JSON of it
}

// Change changes a document, or makes it, and returns it as it is stored with
// its next revision. Errors: NotFound; Conflict if the document has another
// revision than was seen, or is there where none was; what Do returns. With an
// error comes the document as it was.
//
// When Change returns nil the change is on disk together with its entry. Should
// the log not take the entry now, it gets it before the next change.
func Change[T any](ctx context.Context, by *Changes, e Edit[T]) (T, error) {
	for {
		before, stored, doc, err := prepare(ctx, by, &e)
		if err != nil {
			return before, err
		}
		err = by.put(ctx, e.Collection, e.ID, stored, doc)
		switch {
		case err == nil:
			var after T
			return after, Documents[T]{by.Store, e.Collection}.Decode(doc, &after)
		case e.Seen != AnyRevision || !Is(err, Conflict):
			return before, err
		}
	}
}

// prepare reads a document, nil if there is none, and makes the one that is to
// take its place.
func prepare[T any](ctx context.Context, by *Changes, e *Edit[T]) (before T, stored, doc bson.Raw, err error) {
	if err := by.catchUp(ctx); err != nil {
		return before, nil, nil, err
	}
	table := Documents[T]{by.Store, e.Collection}
	var after T
	rev := int64(0)
	stored, err = by.Store.Get(ctx, e.Collection, e.ID)
	switch {
	case err == nil:
		rev = DocumentRev(stored)
		if err := errors.Join(table.Decode(stored, &before), table.Decode(stored, &after)); err != nil {
			return before, nil, nil, err
		}
	case e.Seen != 0 || !Is(err, NotFound):
		return before, nil, nil, err
	}
	if e.Seen != AnyRevision && e.Seen != rev || e.Seen == 0 && stored != nil {
		return before, nil, nil, NewError(Conflict, string(e.Action), nil)
	}
	if stored != nil {
		if err := by.settle(ctx, e.Collection, stored, by.resume); err != nil {
			return before, nil, nil, err
		}
	}
	if err := e.Do(&after); err != nil {
		return before, nil, nil, err
	}
	c := change{
		ID: newChangeID(), Rev: rev + 1, At: by.time(), Actor: e.Actor, Action: e.Action, Subject: e.Subject,
	}
	if e.OnDay {
		c.At = DateOf(c.At).Time().UTC()
	}
	if c.Subject == "" {
		c.Subject = subjectOf(e.Collection, e.ID)
	}
	show := e.Show
	if show == nil {
		show = func(v *T) any { return v }
	}
	if stored != nil {
		if c.Before, err = asJSON(show(&before)); err != nil {
			return before, nil, nil, err
		}
	}
	plain, err := bson.Marshal(after)
	if err != nil {
		return before, nil, nil, NewError(Internal, "encode "+string(e.Collection), err)
	}
	if stored != nil {
		if plain, err = keepUnknown(stored, plain, reflect.TypeFor[T]()); err != nil {
			return before, nil, nil, err
		}
	}
	if doc, err = withRevision(plain, rev+1); err != nil {
		return before, nil, nil, err
	}
	var next T // with its revision, as Show is to see it
	if err := table.Decode(doc, &next); err != nil {
		return before, nil, nil, err
	}
	if c.After, err = asJSON(show(&next)); err != nil {
		return before, nil, nil, err
	}
	if id, err := DocumentID(doc); err != nil || id != e.ID {
		return before, nil, nil, NewError(Internal, string(e.Action), errors.Join(err, errors.New("the change gave the document another id than "+e.ID)))
	}
	doc, err = withChange(doc, c)
	return before, stored, doc, err
}

// put writes a changed document, and has the log take its entry over.
func (c *Changes) put(ctx context.Context, collection Collection, id string, stored, doc bson.Raw) error {
	err := c.write(ctx, collection, stored, doc)
	if err != nil {
		if Is(err, Unavailable) || Is(err, Internal) { // it may be there all the same
			c.remember(collection, id)
		}
		return err
	}
	ctx, cancel := lasting(ctx, settleTime)
	defer cancel()
	if err := c.settle(ctx, collection, doc, c.resume); err != nil {
		c.remember(collection, id)
	}
	return nil
}

// write puts doc in the place of a stored document, or where there is none.
func (c *Changes) write(ctx context.Context, collection Collection, stored, doc bson.Raw) error {
	c.acts.RLock()
	defer c.acts.RUnlock()
	if stored != nil {
		return c.Store.Replace(ctx, collection, DocumentRev(stored), doc)
	}
	fresh, err := c.Store.Insert(ctx, collection, doc)
	if err == nil && !fresh[0] {
		err = NewError(Conflict, "insert into "+string(collection), errors.New("the id is taken"))
	}
	return err
}

// Mark changes a document without an entry in the audit log: that a link was
// opened, a token or code was used. The fields that may change so are listed
// for each collection in marks. do reports whether there is anything to change;
// it is called again when somebody else was faster.
func Mark[T any](ctx context.Context, by *Changes, collection Collection, id string, do func(*T) bool) error {
	for {
		stored, err := by.Store.Get(ctx, collection, id)
		if err != nil {
			return err
		}
		var v T
		if err := (Documents[T]{by.Store, collection}).Decode(stored, &v); err != nil {
			return err
		}
		if !do(&v) {
			return nil
		}
		plain, err := bson.Marshal(v)
		if err != nil {
			return NewError(Internal, "encode "+string(collection), err)
		}
		doc, err := keepUnknown(stored, plain, reflect.TypeFor[T]())
		if err == nil {
			doc, err = withRevision(doc, DocumentRev(stored)+1)
		}
		if err == nil {
			doc, err = keepChange(doc, stored)
		}
		if err == nil {
			err = by.write(ctx, collection, stored, doc)
		}
		if !Is(err, Conflict) {
			return err
		}
	}
}

// settle makes sure that the log has the entry that a stored document carries.
// resume finishes the act of an id, and reports whether there was one.
func (c *Changes) settle(ctx context.Context, collection Collection, doc bson.Raw, resume func(context.Context, string) (bool, error)) error {
	last, ok := changeOf(doc)
	if !ok {
		return nil
	}
	if has, err := c.Log.Has(ctx, last.ID); err != nil || has {
		return err
	}
	e := last.entry(collection, doc)
	if last.Act != "" {
		if found, err := resume(ctx, last.Act); err != nil || found {
			return err
		}
		// Another process may have finished it. If none has, the intent is gone:
		// a backup was made while the act was going on. Each document is then
		// recorded on its own.
		if has, err := c.Log.Has(ctx, last.ID); err != nil || has {
			return err
		}
		e.ID += "/" + e.Revisions[0].Subject
	}
	return c.Log.Append(ctx, e)
}

// remember keeps in mind that the log may lack the entry of a document.
func (c *Changes) remember(collection Collection, id string) {
	c.behind.Lock()
	defer c.behind.Unlock()
	c.behind.documents = append(c.behind.documents, documentKey{collection, id})
}

// catchUp does what earlier changes of this process left to do.
func (c *Changes) catchUp(ctx context.Context) error {
	c.behind.Lock()
	defer c.behind.Unlock()
	for len(c.behind.acts) > 0 {
		if _, err := c.resume(ctx, c.behind.acts[0]); err != nil {
			return err
		}
		c.behind.acts = c.behind.acts[1:]
	}
	for len(c.behind.documents) > 0 {
		key := c.behind.documents[0]
		doc, err := c.Store.Get(ctx, key.collection, key.id)
		if err == nil {
			err = c.settle(ctx, key.collection, doc, c.resume)
		}
		if err != nil && !Is(err, NotFound) {
			return err
		}
		c.behind.documents = c.behind.documents[1:]
	}
	return nil
}

func (c *Changes) time() time.Time { return c.Now().UTC().Truncate(time.Millisecond) }

// How long may take what follows a first write.
const (
	settleTime = 30 * time.Second
	actTime    = 10 * time.Minute
)

// lasting is a context for what must follow a first write, also when whoever
// asked has gone.
func lasting(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), most)
}

func newChangeID() string { return uuid.Must(uuid.NewV7()).String() }

func asJSON(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", NewError(Internal, "encode audit entry", err)
	}
	return string(b), nil
}
