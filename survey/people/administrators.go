package people

import (
	"context"
	"maps"
	"slices"
	"time"

	"hailong/survey"
)

// leaving is the document in which it is announced that an administrator is about to
// lose the right. It has no entry in the audit log: the change that follows has one.
type leaving struct {
	ID    string                     `bson:"_id"`
	Rev   int64                      `bson:"rev"`
	Since map[survey.Login]time.Time `bson:"since"`
}

const (
	leavingID = "administrators" // in Attempts, beside what package takeback counts
	// leavingFor is longer than any request lasts: an announcement that is older was not
	// followed by the change.
	leavingFor = 5 * time.Minute
)

// keepAdministrator returns Forbidden if nobody but login can administrate. Of two
// administrators who disable each other at once, here or on two servers, the second
// sees the announcement of the first: it is one document, replaced at the revision
// that was read before the accounts were. A kill after the announcement only has the
// next few minutes count that administrator as gone.
func (a *Accounts) keepAdministrator(ctx context.Context, login survey.Login) error {
	announced := survey.Documents[leaving]{Store: a.store, Collection: survey.Attempts}
	for {
		doc, err := announced.Get(ctx, leavingID)
		fresh := survey.Is(err, survey.NotFound)
		if err != nil && !fresh {
			return err
		}
		people, err := a.People(ctx)
		if err != nil {
			return err
		}
		able := func(u User) bool { return u.Grant.Role == survey.Administrator && !u.Disabled }
		if !slices.ContainsFunc(people, func(u User) bool { return u.Login == login && able(u) }) {
			return nil
		}
		now := a.time()
		maps.DeleteFunc(doc.Since, func(_ survey.Login, at time.Time) bool { return now.Sub(at) > leavingFor })
		if !slices.ContainsFunc(people, func(u User) bool {
			_, leaves := doc.Since[u.Login]
			return u.Login != login && able(u) && !leaves
		}) {
			return &survey.Error{Kind: survey.Forbidden, Op: "change user", Key: "user.last_administrator"}
		}
		if doc.Since == nil {
			doc.Since = map[survey.Login]time.Time{}
		}
		rev := doc.Rev
		doc.ID, doc.Rev, doc.Since[login] = leavingID, rev+1, now
		if fresh {
			err = announced.Insert(ctx, doc)
		} else {
			err = announced.Replace(ctx, rev, doc)
		}
		if !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound) {
			return err
		}
	}
}
