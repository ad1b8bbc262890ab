package survey

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"

	"hailong/survey/unknown"
)

// Audited lists the collections that change by Changes alone. The audit log
// knows every revision of a document in them. The others are left out, and
// verifying the log does not look at them:
//
//   - Responses are facts: the program stores each once and never changes it,
//     but for erasing what its sender takes back or what is kept no longer. That none
//     was changed or removed behind the program's back is shown by the ledger (Chains,
//     Ledger, LedgerDays), which has hashes of its own; that the ledger was not, by the
//     log that mirrors keep (LogRecords).
//   - Marks of what was taken back have the ids of responses. That it happened is
//     in the log, by campaign and day.
//   - Attempts and Guesses are counts that end with the day.
//   - Suspects are written by a rule that anybody can apply again to the same
//     responses; what people decide about them is in the log.
//   - Contacts are personal data that is erased; the draw and the erasure are in
//     the log.
//   - Slips, their uses, the set of those that were spent, their counts and the
//     set of applications that got one: an entry would say which slip was used
//     when. What staff issued is in SlipIssues.
//   - Sessions end with the day, and Traffic with the hour.
//   - Audit and Intents are the log itself.
var Audited = []Collection{
	Settings, Units, Sectors, Questionnaires, Targets, Campaigns, Points, Plans, Samples, DrawnRows, Snapshots, Releases, OneTimeLinks, SlipIssues,
	Devices, PaperBatches, Voids, RecheckDraws, RecheckResults, Transactions, BurstDecisions, Misuses, Users, Identities, Tokens,
}

// marks are the fields that change without an entry in the audit log, because
// the entry would say when somebody answered, or would stand there for every
// request. A revision of such a document may be higher than the log says; all
// else in it is as the log says.
var marks = map[Collection][]string{
	OneTimeLinks: {"rev", "opened", "used"},
	SlipIssues:   {"rev", "forgotten"},
	Devices:      {"rev", "seen"},
	Misuses:      {"rev", "held"},
	Tokens:       {"rev", "used"},
	Users:        {"rev", "totp.step", "devices"},
}

// Revision is a document as a change left it. The audit log holds it.
type Revision struct {
	Subject string // collection and id: "units/muong-te"
	Rev     int64
	Sum     string // over the document's content; see RevisionOf
	Gone    bool   // the change removed the document, which had this revision
}

func subjectOf(c Collection, id string) string { return string(c) + "/" + id }

// RevisionOf is the state of a stored document. The sum is over every field but
// the change that the document carries and the marks of its collection.
func RevisionOf(c Collection, doc bson.Raw) (Revision, error) {
	id, err := DocumentID(doc)
	if err != nil {
		return Revision{}, err
	}
	h := sha256.New()
	if err := hashFields(h, bsoncore.Document(doc), append([]string{changeField}, marks[c]...)); err != nil {
		return Revision{}, NewError(Internal, "read document "+subjectOf(c, id), err)
	}
	return Revision{Subject: subjectOf(c, id), Rev: DocumentRev(doc), Sum: base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])}, nil
}

// hashFields writes the fields of a document but some, which may be named with
// a path ("totp.step").
func hashFields(h hash.Hash, doc bsoncore.Document, but []string) error {
	elements, err := doc.Elements()
	if err != nil {
		return err
	}
	for _, e := range elements {
		if slices.Contains(but, e.Key()) {
			continue
		}
		var below []string
		for _, path := range but {
			if rest, ok := strings.CutPrefix(path, e.Key()+"."); ok {
				below = append(below, rest)
			}
		}
		inner, ok := e.Value().DocumentOK()
		if len(below) == 0 || !ok {
			h.Write(e)
			continue
		}
		h.Write([]byte(e.Key() + "\x00"))
		if err := hashFields(h, inner, below); err != nil {
			return err
		}
		h.Write([]byte{0})
	}
	return nil
}

// HashDocument is the SHA-256 over the elements of a document, but some that are named,
// as they stand in it.
func HashDocument(doc bson.Raw, but ...string) (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	if err := hashFields(h, bsoncore.Document(doc), but); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// Marked reports whether the revision of documents rises without an entry too.
func (c Collection) Marked() bool { return marks[c] != nil }

// String writes a revision as the audit log holds it.
func (r Revision) String() string {
	if r.Gone {
		return fmt.Sprintf("%d gone %s", r.Rev, r.Subject)
	}
	return fmt.Sprintf("%d %s %s", r.Rev, r.Sum, r.Subject)
}

// ParseRevision reads what String wrote.
func ParseRevision(s string) (Revision, error) {
	parts := strings.SplitN(s, " ", 3) // an id may hold spaces
	if len(parts) != 3 {
		return Revision{}, fmt.Errorf("%q is not a revision, a sum and a document", s)
	}
	rev, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return Revision{}, fmt.Errorf("%q does not begin with a revision: %w", s, err)
	}
	r := Revision{Subject: parts[2], Rev: rev}
	if r.Gone = parts[1] == "gone"; !r.Gone {
		r.Sum = parts[1]
	}
	return r, nil
}

// changeField is the last field of a changed document: the change that made it
// what it is. Whoever decodes the document passes over it.
const changeField = "change"

// change is that field.
type change struct {
	ID      string    `bson:"id"`            // of the entry
	Act     string    `bson:"act,omitempty"` // that the change is part of; its intent has Before and After
	Rev     int64     `bson:"rev"`           // that the change made
	At      time.Time `bson:"at"`
	Actor   Actor     `bson:"actor"`
	Action  Action    `bson:"action"`
	Subject string    `bson:"subject"`
	Before  string    `bson:"before,omitempty"`
	After   string    `bson:"after,omitempty"`
}

// changeOf returns the last change of a document. It is false for one that was
// never changed since documents carry it.
func changeOf(doc bson.Raw) (change, bool) {
	raw, ok := doc.Lookup(changeField).DocumentOK()
	if !ok {
		return change{}, false
	}
	var c change
	return c, bson.Unmarshal(raw, &c) == nil && c.ID != ""
}

// entry is the change as the log is to hold it. doc is the document that
// carries it.
func (c change) entry(collection Collection, doc bson.Raw) LogEntry {
	e := LogEntry{ID: c.ID, At: c.At, Actor: c.Actor, Action: c.Action, Subject: c.Subject, Before: c.Before, After: c.After}
	if r, err := RevisionOf(collection, doc); err == nil { // the store has checked the document
		r.Rev = c.Rev // of a mark the log knows nothing
		e.Revisions = []Revision{r}
	}
	return e
}

// PendingChange returns the entry that a stored document carries for the log,
// if it carries any.
func PendingChange(collection Collection, doc bson.Raw) (LogEntry, bool) {
	c, ok := changeOf(doc)
	return c.entry(collection, doc), ok
}

// withChange puts a change into a document, in the place of an earlier one.
func withChange(doc bson.Raw, c change) (bson.Raw, error) {
	raw, err := bson.Marshal(c)
	if err != nil {
		return nil, NewError(Internal, "encode change", err)
	}
	return appendField(doc, raw)
}

// keepChange puts the change that a stored document carries into another one.
func keepChange(doc, stored bson.Raw) (bson.Raw, error) {
	raw, ok := stored.Lookup(changeField).DocumentOK()
	if !ok {
		return doc, nil
	}
	return appendField(doc, raw)
}

// keepUnknown returns a document of a type with what the stored one holds beyond the
// fields of the type, but the change.
func keepUnknown(stored, doc bson.Raw, t reflect.Type) (bson.Raw, error) {
	merged, err := unknown.Keep(stored, doc, t, changeField)
	if err != nil {
		return nil, NewError(Internal, "encode document", err)
	}
	return merged, nil
}

func appendField(doc, change bson.Raw) (bson.Raw, error) {
	elements, err := bsoncore.Document(doc).Elements()
	if err != nil {
		return nil, NewError(Internal, "encode document", err)
	}
	index, out := bsoncore.AppendDocumentStart(make([]byte, 0, len(doc)+len(change)+16))
	for _, e := range elements {
		if e.Key() != changeField {
			out = append(out, e...)
		}
	}
	out = bsoncore.AppendDocumentElement(out, changeField, bsoncore.Document(change))
	out, err = bsoncore.AppendDocumentEnd(out, index)
	return bson.Raw(out), err
}

// withRevision sets the revision of a document, which must have one.
func withRevision(doc bson.Raw, rev int64) (bson.Raw, error) {
	value := doc.Lookup("rev")
	if value.Type != bson.TypeInt64 {
		return nil, NewError(Internal, "encode document", errors.New(`it has no revision in "rev"`))
	}
	binary.LittleEndian.PutUint64(value.Value, uint64(rev)) //nolint:gosec // the same bits; the value is a part of doc
	return doc, nil
}
