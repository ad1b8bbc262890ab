package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Report is what Verify found.
type Report struct {
	Head
	Documents bool      // they were held against the log; false: a log of an older version, which has no baseline yet
	Waiting   []Waiting // changes that the log does not have yet: of a process at work, or that ended in the middle
	Lost      int64     // entries that are not there, and that a salvage stated as lost (survey.Losses)
}

// Waiting is a document whose last change the log does not have yet, with what
// the document says of it. Who can write to the store can write that too.
type Waiting struct {
	Subject string
	Change  survey.LogEntry // the zero value of an act that removes the document
}

// Verify walks the whole log and returns its end; then it holds every document
// of the audited collections against it, if the log has a baseline. The error
// is Conflict
//
//   - with the key "audit.broken" if an entry is missing, changed or out of
//     place; it names the first such entry, and Head is the one before it;
//   - with the key "audit.foreign" if a document is in a state that no change
//     has left it in: it was changed or made behind the back of the log; it
//     names the first such document;
//   - with the key "audit.missing" if a document has gone that no change removed.
//
// It writes nothing, and others may work meanwhile.
func (l *Log) Verify(ctx context.Context) (Report, error) {
	v, err := newVerification(ctx, l.store)
	if err != nil {
		return Report{}, err
	}
	if err := v.chain(ctx); err != nil || !v.refs[baselineRef] {
		return Report{Head: v.head, Lost: v.lost}, err
	}
	suspects, err := v.documents(ctx)
	// What others write meanwhile is looked at again, until the log says the same
	// before and after the look.
	for settled := false; err == nil && !settled && len(suspects) > 0; {
		before := v.head
		if suspects, err = v.again(ctx, suspects); err == nil {
			err = v.chain(ctx)
			settled = v.head == before
		}
	}
	if err != nil {
		return Report{Head: v.head, Lost: v.lost}, err
	}
	report := Report{Head: v.head, Documents: true, Lost: v.lost}
	for _, subject := range slices.Sorted(maps.Keys(suspects)) {
		found := suspects[subject]
		if found.key != waiting {
			return report, &survey.Error{
				Kind: survey.Conflict, Op: "verify audit log", Key: found.key, Args: []any{subject},
				Err: fmt.Errorf("%s: its state is in no entry: %w", subject, errBrokenLink),
			}
		}
		report.Waiting = append(report.Waiting, Waiting{subject, found.change})
	}
	return report, nil
}

// What is wrong with a document: the key of the error, or waiting.
const (
	foreign = "audit.foreign"
	missing = "audit.missing"
	waiting = "waiting" // for its entry
)

// suspect is a document that is not as the log says.
type suspect struct {
	key    string          // "" of one that is
	change survey.LogEntry // that it carries, where it waits
}

// verification is the log as far as it was read, and what it says.
type verification struct {
	store survey.Store
	head  Head
	known map[string]survey.Revision // last state of each document
	refs  map[string]bool

	stated survey.StatedLosses
	lost   int64                    // entries that were passed over, because they are stated as lost
	gap    func(survey.NumberRange) // takes what is not stated; nil: it is an error
}

func newVerification(ctx context.Context, store survey.Store) (*verification, error) {
	stated, err := survey.ReadLosses(ctx, store)
	return &verification{store: store, known: map[string]survey.Revision{}, refs: map[string]bool{}, stated: stated}, err
}

// passOver goes on behind entries that are not there, if they are stated as lost.
func (v *verification) passOver(next *ChainedEntry) {
	gap := survey.NumberRange{First: v.head.Number + 1, Last: next.Number() - 1}
	switch {
	case gap.Last < gap.First || next.ID != entryID(gap.Last+1):
		return
	case v.stated.Entries(gap):
		v.lost += gap.Last - gap.First + 1
	case v.gap != nil:
		v.gap(gap)
	default:
		return
	}
	v.head = Head{gap.Last, next.Prev}
}

// chain reads the entries that follow, and checks them.
func (v *verification) chain(ctx context.Context) error {
	return v.store.Scan(ctx, survey.Audit, v.from(), "", func(raw bson.Raw) error {
		var e ChainedEntry
		if err := bson.Unmarshal(raw, &e); err != nil {
			return v.broken("it cannot be read: %v", err)
		}
		hash, err := hashOf(raw)
		v.passOver(&e)
		switch {
		case err != nil:
			return v.broken("it cannot be read: %v", err)
		case e.ID != entryID(v.head.Number+1):
			return v.broken("it is missing; the next is %s", e.ID)
		case e.Prev != v.head.Hash:
			return v.broken("it does not follow the entry before it")
		case e.Hash != hash:
			return v.broken("its content does not fit its hash")
		}
		for _, doc := range e.Docs {
			r, err := survey.ParseRevision(doc)
			if err != nil {
				return v.broken("it cannot be read: %v", err)
			}
			v.known[r.Subject] = r
		}
		if e.Ref != "" {
			v.refs[e.Ref] = true
		}
		v.head = Head{v.head.Number + 1, hash}
		return nil
	})
}

// from is where chain goes on: at the beginning also what stands before the
// first entry is found.
func (v *verification) from() string {
	if v.head.Number == 0 {
		return ""
	}
	return entryID(v.head.Number) + "\x00"
}

func (v *verification) broken(format string, args ...any) error {
	return &survey.Error{
		Kind: survey.Conflict, Op: "verify audit log", Key: "audit.broken", Args: []any{int(v.head.Number + 1)},
		Err: fmt.Errorf("entry %d: %s: %w", v.head.Number+1, fmt.Sprintf(format, args...), errBrokenLink),
	}
}

// documents returns the documents that are not as the log says, and those that
// are not there.
func (v *verification) documents(ctx context.Context) (map[string]suspect, error) {
	suspects, seen := map[string]suspect{}, map[string]bool{}
	for _, c := range survey.Audited {
		err := v.store.Scan(ctx, c, "", "", func(raw bson.Raw) error {
			subject, wrong, err := v.judge(ctx, c, raw)
			if wrong.key != "" {
				suspects[subject] = wrong
			}
			seen[subject] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for subject, r := range v.known {
		if !r.Gone && !seen[subject] {
			suspects[subject] = suspect{key: missing}
		}
	}
	return suspects, nil
}

// again looks at suspects once more.
func (v *verification) again(ctx context.Context, suspects map[string]suspect) (map[string]suspect, error) {
	left := map[string]suspect{}
	for subject := range suspects {
		c, id, _ := strings.Cut(subject, "/")
		raw, err := v.store.Get(ctx, survey.Collection(c), id)
		switch {
		case err == nil:
			_, wrong, err := v.judge(ctx, survey.Collection(c), raw)
			if err != nil {
				return nil, err
			}
			if wrong.key != "" {
				left[subject] = wrong
			}
		case !survey.Is(err, survey.NotFound):
			return nil, err
		case v.known[subject].Subject != "" && !v.known[subject].Gone:
			left[subject] = suspect{key: missing}
			removing, err := v.removing(ctx, subject)
			if err != nil {
				return nil, err
			}
			if removing {
				left[subject] = suspect{key: waiting}
			}
		}
	}
	return left, nil
}

// judge says what is wrong with a document, if anything.
func (v *verification) judge(ctx context.Context, c survey.Collection, raw bson.Raw) (subject string, wrong suspect, err error) {
	r, err := survey.RevisionOf(c, raw)
	if err != nil {
		return "", suspect{}, err
	}
	said := v.known[r.Subject]
	if said.Subject != "" && !said.Gone && said.Sum == r.Sum && (said.Rev == r.Rev || c.Marked() && said.Rev < r.Rev) {
		return r.Subject, suspect{}, nil
	}
	// It may carry what the log does not have yet.
	if e, carries := survey.PendingChange(c, raw); carries && !v.refs[e.ID] && !v.refs[e.ID+"/"+r.Subject] {
		if made := e.Revisions[0].Rev; made == r.Rev || c.Marked() && made < r.Rev {
			return r.Subject, suspect{waiting, e}, nil
		}
	}
	return r.Subject, suspect{key: foreign}, nil
}

// removing reports whether an act that is not finished removes a document.
func (v *verification) removing(ctx context.Context, subject string) (bool, error) {
	found := errors.New("found")
	err := v.store.Scan(ctx, survey.Intents, "", "", func(raw bson.Raw) error {
		removes, err := survey.IntentRemoves(raw, subject)
		if err == nil && removes {
			return found
		}
		return err
	})
	if errors.Is(err, found) {
		return true, nil
	}
	return false, err
}
