package survey

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"
)

// Act is a change of several documents that is done as a whole: merging units,
// publishing, a draw, a list that is imported.
//
// Do checks every document first, then stores what it is about to do, the
// intent, and carries it out. When the intent is on disk the act will be done:
// by Do, by the next change of the process if the store fails meanwhile, or by
// Recover after a crash. Within a process nothing comes between. Another process
// may change one of the documents between the check and the write; then that
// document stays as the other left it, the log says which documents the act did
// change, and Do returns Conflict.
type Act struct {
	by    *Changes
	actor Actor
	err   error // of building the act

	intent intent
}

// intent is a stored act. A large one goes on in further documents, whose ids
// are the act's with a number; they are stored before the first.
type intent struct {
	ID      string        `bson:"_id"`
	At      time.Time     `bson:"at"`
	Entries []intentEntry `bson:"entries,omitempty"`
	Parts   int           `bson:"parts,omitempty"` // further documents
	Steps   []step        `bson:"steps,omitempty"`
}

// intentEntry is an entry that the audit log gets of an act.
type intentEntry struct {
	ID      string `bson:"id"`
	Actor   Actor  `bson:"actor"`
	Action  Action `bson:"action"`
	Subject string `bson:"subject"`
	Before  string `bson:"before,omitempty"`
	After   string `bson:"after,omitempty"`
}

// step is what an act does to one document.
type step struct {
	Entry      int        `bson:"entry"` // that tells of it
	Collection Collection `bson:"in"`
	ID         string     `bson:"id"`
	New        bool       `bson:"new,omitempty"` // the document is not there yet
	Seen       int64      `bson:"seen"`          // AnyRevision: the document goes, as it is
	Was        string     `bson:"was,omitempty"` // hash of the document that was seen
	Doc        bson.Raw   `bson:"doc,omitempty"` // none: the document goes

	typed reflect.Type // of Doc, until the stored document was seen; see unknown.Keep
}

// Begin begins an act. Its first Entry comes before its first document.
func (c *Changes) Begin(actor Actor) *Act {
	return &Act{by: c, actor: actor, intent: intent{ID: newChangeID(), At: c.time()}}
}

// Entry adds an entry in the audit log. It tells of the documents that are added
// after it.
func (a *Act) Entry(action Action, subject string, before, after any) *Act {
	e := intentEntry{ID: newChangeID(), Actor: a.actor, Action: action, Subject: subject}
	var err error
	if e.Before, err = asJSON(before); err != nil {
		a.err = errors.Join(a.err, err)
	}
	if e.After, err = asJSON(after); err != nil {
		a.err = errors.Join(a.err, err)
	}
	a.intent.Entries = append(a.intent.Entries, e)
	return a
}

// OnDay has the log tell the day of the act and not its moment, as Edit.OnDay does.
func (a *Act) OnDay() *Act {
	a.intent.At = DateOf(a.intent.At).Time().UTC()
	return a
}

// Once names the last entry, so that the log takes it once: of two servers that begin
// the same act at the same moment each carries it out, and one entry tells of it. ref
// says nothing to who reads the log.
func (a *Act) Once(ref string) *Act {
	a.intent.Entries[len(a.intent.Entries)-1].ID = ref
	return a
}

// Create adds new documents to an act. Their revision is 1.
func Create[T any](a *Act, c Collection, docs ...T) {
	for _, v := range docs {
		addStep(a, step{Collection: c, New: true}, v)
	}
}

// Update adds a document in its new form to an act, in the place of revision
// seen.
func Update[T any](a *Act, c Collection, seen int64, v T) {
	addStep(a, step{Collection: c, Seen: seen, typed: reflect.TypeFor[T]()}, v)
}

// Overwrite is Update with a document of another kind: nothing of the one in whose place
// it comes stays, neither what this program knows nor what it does not.
func Overwrite[T any](a *Act, c Collection, seen int64, v T) {
	addStep(a, step{Collection: c, Seen: seen}, v)
}

func addStep[T any](a *Act, s step, v T) {
	doc, err := bson.Marshal(v)
	if err != nil {
		err = NewError(Internal, "encode "+string(s.Collection), err)
	} else {
		err = a.add(s, doc)
	}
	a.err = errors.Join(a.err, err)
}

// add adds a step that leaves a document behind.
func (a *Act) add(s step, doc bson.Raw) (err error) {
	if s.Doc, err = withRevision(doc, s.Seen+1); err != nil {
		return err
	}
	if s.ID, err = DocumentID(s.Doc); err != nil {
		return err
	}
	s.Entry = len(a.intent.Entries) - 1
	if slices.Contains(Audited, s.Collection) {
		e := a.intent.Entries[s.Entry]
		s.Doc, err = withChange(s.Doc, change{
			ID: e.ID, Act: a.intent.ID, Rev: s.Seen + 1, At: a.intent.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject,
		})
		if err != nil {
			return err
		}
	}
	a.intent.Steps = append(a.intent.Steps, s)
	return nil
}

// Remove adds the removal of a document of revision seen to an act.
func (a *Act) Remove(c Collection, id string, seen int64) {
	a.intent.Steps = append(a.intent.Steps, step{Entry: len(a.intent.Entries) - 1, Collection: c, ID: id, Seen: seen})
}

// RemoveAny adds the removal of a document, whatever its revision, if it is
// still there: of a session, that a request may touch meanwhile.
func (a *Act) RemoveAny(c Collection, id string) { a.Remove(c, id, AnyRevision) }

// Do carries the act out. Errors: Conflict if a document has another revision
// than was seen, or an id is taken; Invalid if the act is too large for the log.
// Nothing was written then, but see Act about other processes. Unavailable or
// Internal if the store failed; what was begun is finished before the next
// change.
func (a *Act) Do(ctx context.Context) error {
	if a.err != nil {
		return a.err
	}
	if err := a.by.catchUp(ctx); err != nil {
		return err
	}
	begun, err := a.do(ctx)
	if err != nil && begun {
		a.by.behind.Lock()
		defer a.by.behind.Unlock()
		a.by.behind.acts = append(a.by.behind.acts, a.intent.ID)
	}
	return err
}

// do reports with an error whether the act was begun and is to be finished.
func (a *Act) do(ctx context.Context) (begun bool, err error) {
	a.by.acts.Lock()
	defer a.by.acts.Unlock()
	if err := a.by.check(ctx, &a.intent); err != nil {
		return false, err
	}
	if len(a.intent.Steps) == 0 { // there is nothing to finish
		_, err := a.by.carryOut(ctx, &a.intent)
		return false, err
	}
	if err := a.by.keepIntent(ctx, &a.intent); err != nil {
		// It may be there all the same.
		return Is(err, Unavailable) || Is(err, Internal), err
	}
	ctx, cancel := lasting(ctx, actTime)
	defer cancel()
	left, err := a.by.carryOut(ctx, &a.intent)
	if err != nil {
		return true, err
	}
	if left > 0 {
		return false, NewError(Conflict, string(a.intent.Entries[0].Action), fmt.Errorf("%d documents were changed meanwhile", left))
	}
	return false, nil
}

// actWorkers share the documents of an act, so that the store writes several
// at once.
const actWorkers = 32

// eachStep calls do for the steps of an act, several at a time.
func eachStep(ctx context.Context, steps []step, do func(context.Context, *step) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(actWorkers)
	for i := range steps {
		group.Go(func() error { return do(ctx, &steps[i]) })
	}
	return group.Wait()
}

// check returns Conflict unless every document is as it was seen, and notes
// what it is. The log then has the last change of each.
func (c *Changes) check(ctx context.Context, in *intent) error {
	err := eachStep(ctx, in.Steps, func(ctx context.Context, s *step) error {
		action := string(in.Entries[s.Entry].Action)
		if s.Seen == AnyRevision {
			return nil
		}
		stored, err := c.Store.Get(ctx, s.Collection, s.ID)
		switch {
		case Is(err, NotFound) && s.New:
			return nil
		case err != nil:
			return err
		case s.New || DocumentRev(stored) != s.Seen:
			return NewError(Conflict, action, errors.New(subjectOf(s.Collection, s.ID)+" is not as it was seen"))
		}
		s.Was = hashOf(stored)
		if s.Doc != nil && s.typed != nil {
			if s.Doc, err = keepUnknown(stored, s.Doc, s.typed); err != nil {
				return err
			}
		}
		return c.settle(ctx, s.Collection, stored, c.resumeAct)
	})
	if err != nil {
		return err
	}
	if n := in.entrySize(); n > MaxDocument-64<<10 {
		return NewError(Invalid, "begin act", fmt.Errorf("the entry in the audit log would have %d bytes, %d are the limit", n, MaxDocument))
	}
	return nil
}

// entrySize is about how many bytes the entries of an act have, at most.
func (in *intent) entrySize() int {
	n := 0
	for _, e := range in.Entries {
		n += len(e.Before) + len(e.After) + 512
	}
	for _, s := range in.Steps {
		n += len(s.Collection) + len(s.ID) + 64
	}
	return n
}

func hashOf(doc bson.Raw) string {
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:16])
}

// partBytes is about how large a document of an intent gets.
const partBytes = 4 << 20

// keepIntent stores an intent.
func (c *Changes) keepIntent(ctx context.Context, in *intent) error {
	var parts [][]step
	size := 0
	for _, s := range in.Steps {
		n := len(s.Doc) + len(s.ID) + 128
		if len(parts) == 0 || size+n > partBytes {
			parts, size = append(parts, nil), 0
		}
		size += n
		parts[len(parts)-1] = append(parts[len(parts)-1], s)
	}
	first := *in
	first.Steps = nil
	if len(parts) == 1 {
		first.Steps, parts = parts[0], nil
	}
	in.Parts = len(parts)
	first.Parts = in.Parts
	var further []intent
	for i, steps := range parts {
		further = append(further, intent{ID: partID(in.ID, i), At: in.At, Steps: steps})
	}
	if _, err := InsertAll(ctx, c.Store, Intents, further); err != nil {
		return err
	}
	return c.intents().Insert(ctx, first)
}

func (c *Changes) intents() Documents[intent] { return Documents[intent]{c.Store, Intents} }

func partID(act string, i int) string { return fmt.Sprintf("%s/%04d", act, i+1) }

// carryOut does what an intent says, as far as it is not done, and has the log
// tell of it. It returns how many documents were left as somebody else made
// them.
func (c *Changes) carryOut(ctx context.Context, in *intent) (left int, err error) {
	done := make([][]Revision, len(in.Entries))
	var mu sync.Mutex
	note := func(s *step, was bool) error {
		mu.Lock()
		defer mu.Unlock()
		if !was {
			left++
			return nil
		}
		if !slices.Contains(Audited, s.Collection) {
			return nil
		}
		r := Revision{Subject: subjectOf(s.Collection, s.ID), Rev: s.Seen, Gone: true}
		if s.Doc != nil {
			var err error
			if r, err = RevisionOf(s.Collection, s.Doc); err != nil {
				return err
			}
		}
		done[s.Entry] = append(done[s.Entry], r)
		return nil
	}
	var others []step
	fresh := map[Collection][]*step{}
	for i := range in.Steps {
		if s := &in.Steps[i]; s.New {
			fresh[s.Collection] = append(fresh[s.Collection], s)
		} else {
			others = append(others, *s)
		}
	}
	for _, collection := range Collections { // in their order, a document comes after those that it refers to
		if err := c.insertSteps(ctx, in, collection, fresh[collection], note); err != nil {
			return left, err
		}
	}
	if err := eachStep(ctx, others, func(ctx context.Context, s *step) error {
		was, err := c.carryStep(ctx, in, s)
		if err != nil {
			return err
		}
		return note(s, was)
	}); err != nil {
		return left, err
	}
	for i, e := range in.Entries {
		if left > 0 && len(done[i]) == 0 {
			continue
		}
		slices.SortFunc(done[i], func(a, b Revision) int { return strings.Compare(a.Subject, b.Subject) })
		if err := c.Log.Append(ctx, LogEntry{
			ID: e.ID, At: in.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Before: e.Before, After: e.After, Revisions: done[i],
		}); err != nil {
			return left, err
		}
	}
	return left, c.forget(ctx, in)
}

// insertSteps stores the new documents of an act.
func (c *Changes) insertSteps(ctx context.Context, in *intent, collection Collection, steps []*step, note func(*step, bool) error) error {
	if len(steps) == 0 {
		return nil
	}
	docs := make([]bson.Raw, len(steps))
	for i, s := range steps {
		docs[i] = s.Doc
	}
	fresh, err := c.Store.Insert(ctx, collection, docs...)
	if err != nil {
		return err
	}
	for i, s := range steps {
		ours := fresh[i]
		if !ours {
			stored, err := c.Store.Get(ctx, collection, s.ID)
			if err != nil && !Is(err, NotFound) {
				return err
			}
			if ours, err = c.was(ctx, in, s, stored); err != nil {
				return err
			}
		}
		if err := note(s, ours); err != nil {
			return err
		}
	}
	return nil
}

// was reports whether a step that makes a document was done before, given what
// is stored in its place, nil for nothing. Nobody changes or removes a document
// before the log has its last change: what comes after the step came of it if the
// log has the act's entry, and is somebody else's if not.
func (c *Changes) was(ctx context.Context, in *intent, s *step, stored bson.Raw) (bool, error) {
	if stored != nil {
		theirs, ok := changeOf(stored)
		ours, marked := changeOf(s.Doc)
		switch {
		case bytes.Equal(stored, s.Doc), ok && marked && theirs.ID == ours.ID:
			return true, nil
		case DocumentRev(stored) <= DocumentRev(s.Doc):
			return false, nil
		case !marked: // the log is not told of such a document
			return true, nil
		}
	}
	return c.Log.Has(ctx, in.Entries[s.Entry].ID)
}

// carryStep replaces or removes a document, and reports whether the step is
// done, now or earlier.
func (c *Changes) carryStep(ctx context.Context, in *intent, s *step) (bool, error) {
	for {
		stored, err := c.Store.Get(ctx, s.Collection, s.ID)
		switch {
		case Is(err, NotFound) && s.Doc == nil:
			return true, nil
		case Is(err, NotFound):
			return c.was(ctx, in, s, nil)
		case err != nil:
			return false, err
		case s.Seen == AnyRevision:
			err = c.Store.Delete(ctx, s.Collection, s.ID, DocumentRev(stored))
		case hashOf(stored) != s.Was:
			if s.Doc == nil {
				return false, nil
			}
			return c.was(ctx, in, s, stored)
		case s.Doc == nil:
			err = c.Store.Delete(ctx, s.Collection, s.ID, s.Seen)
		default:
			err = c.Store.Replace(ctx, s.Collection, s.Seen, s.Doc)
		}
		if err == nil {
			return true, nil
		}
		if kind := KindOf(err); kind != Conflict && kind != NotFound {
			return false, err
		}
	}
}

// forget removes an intent that was carried out, its first document last.
func (c *Changes) forget(ctx context.Context, in *intent) error {
	var ids []string
	for i := range in.Parts {
		ids = append(ids, partID(in.ID, i))
	}
	ids = append(ids, in.ID)
	for _, id := range ids {
		if err := c.Store.Delete(ctx, Intents, id, 0); err != nil && !Is(err, NotFound) {
			return err
		}
	}
	return nil
}

// resume finishes the act of an id, if it is not finished, and reports whether
// it was there.
func (c *Changes) resume(ctx context.Context, act string) (bool, error) {
	c.acts.Lock()
	defer c.acts.Unlock()
	return c.resumeAct(ctx, act)
}

// resumeAct is resume while acts is held.
func (c *Changes) resumeAct(ctx context.Context, act string) (bool, error) {
	in, err := c.intents().Get(ctx, act)
	if Is(err, NotFound) { // another process has just finished it
		return false, nil
	}
	for i := 0; err == nil && i < in.Parts; i++ {
		var part intent
		part, err = c.intents().Get(ctx, partID(act, i))
		in.Steps = append(in.Steps, part.Steps...)
	}
	switch {
	case Is(err, NotFound): // it was carried out, and is being forgotten
		err = c.forget(ctx, &in)
	case err == nil:
		_, err = c.carryOut(ctx, &in)
	}
	return err == nil, err
}

// IntentRemoves reports whether a stored intent is to remove a document.
func IntentRemoves(raw bson.Raw, subject string) (bool, error) {
	var in intent
	if err := bson.Unmarshal(raw, &in); err != nil {
		return false, NewError(Internal, "read intent", err)
	}
	return slices.ContainsFunc(in.Steps, func(s step) bool { return s.Doc == nil && subjectOf(s.Collection, s.ID) == subject }), nil
}
