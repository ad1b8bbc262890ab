package staff

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/audit"
)

// Conflict shows two versions of the same thing: somebody saved theirs while
// this person was typing, or before they pressed the button of a confirmation.
// Sending the form again, which then has Rev, keeps what was typed or does
// what was asked; the link of Reload takes what is stored.
type Conflict struct {
	Rev     int64
	Reload  string
	Fields  []ConflictField
	Changes []conflictChange // what was done meanwhile, the first one first
}

// ConflictField is a field that differs. Label is a key.
type ConflictField struct{ Label, Mine, Theirs string }

// conflictChange is something that somebody did.
type conflictChange struct {
	At     time.Time
	Who    string
	Action survey.Action
}

// Add notes a field if the two versions differ in it.
func (k *Conflict) Add(label, mine, theirs string) {
	if mine != theirs {
		k.Fields = append(k.Fields, ConflictField{label, mine, theirs})
	}
}

// maxChanges bounds how many changes a conflict tells of.
const maxChanges = 5

// NewConflict is the conflict of a person who saw revision seen of something that
// has revision stored by now. What happened between is in the audit log: every
// revision has an entry there.
func (p *Pages) NewConflict(ctx context.Context, subject string, seen, stored int64, reload string) (*Conflict, error) {
	k := &Conflict{Rev: stored, Reload: reload}
	names := map[survey.Login]string{}
	people, err := p.Accounts.People(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range people {
		names[u.Login] = u.Name
	}
	err = p.Audit.Each(ctx, audit.EntryFilter{Subject: subject}, func(e audit.ChainedEntry) error {
		if e.Subject != subject {
			return nil
		}
		who := e.Actor.String()
		if name := names[e.Actor.Login]; name != "" {
			who = name
		}
		k.Changes = append(k.Changes, conflictChange{e.At, who, e.Action})
		return nil
	})
	since := min(max(0, stored-seen), maxChanges, int64(len(k.Changes)))
	k.Changes = k.Changes[int64(len(k.Changes))-since:]
	return k, err
}

// ConfirmAgain shows a confirmation once more after somebody else changed what it
// is about, as things stand now: pressing the button again does it all the same.
func (p *Pages) ConfirmAgain(c *fiber.Ctx, page Confirmation, subject string, seen, stored int64) error {
	k, err := p.NewConflict(c.UserContext(), subject, seen, stored, page.Cancel)
	if err != nil {
		return err
	}
	page.Conflict = k
	return p.Render(c, fiber.StatusConflict, "staff/confirm", page)
}
