package campaigns

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"hailong/survey"
)

// Campaigns runs campaigns: it plans, opens, closes and publishes them. Every
// change goes by an expected revision and is recorded.
//
// The state of a campaign goes
//
//	draft → open ⇄ closed → published → withdrawn → published …
//
// A draft can be changed in everything. Opening freezes what was chosen:
// afterwards only the title, the last day and the rhythm of publication can be
// changed. A campaign that publishes by month or quarter has editions while it is
// open.
type Campaigns struct {
	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	now     func() time.Time

	guards       []func(context.Context, survey.CampaignID) error
	logHead      func(context.Context) (*survey.LogHead, error)
	publications []func(ctx context.Context, campaign survey.CampaignID, through survey.Date, inForce int) error

	counts struct {
		sync.Mutex
		byCampaign map[survey.CampaignID]ResponseCounts
	}
}

// New returns the campaigns of the store that changes are made in.
func New(changes *survey.Changes, catalog func() *survey.Catalog) *Campaigns {
	return &Campaigns{changes: changes, store: changes.Store, catalog: catalog, now: changes.Now}
}

// GuardDiscard adds a check that a draft must pass before it is discarded: who
// keeps something of a campaign says by an error that it would be left behind. It
// is called while the services are built.
func (cs *Campaigns) GuardDiscard(guard func(context.Context, survey.CampaignID) error) {
	cs.guards = append(cs.guards, guard)
}

// GuardPublication adds a check that a campaign must pass before it is published:
// who holds responses back says by an error that too many wait for a decision. It
// is told the last day of the edition, empty for one of all days, and how many
// responses count. It is called while the services are built.
func (cs *Campaigns) GuardPublication(guard func(ctx context.Context, campaign survey.CampaignID, through survey.Date, inForce int) error) {
	cs.publications = append(cs.publications, guard)
}

// NameHead has every edition name the head of the signed log that head returns, which is
// asked before the figures are made; nil: none. It is called while the services are built.
func (cs *Campaigns) NameHead(head func(context.Context) (*survey.LogHead, error)) { cs.logHead = head }

func (cs *Campaigns) campaigns() survey.Documents[survey.Campaign] {
	return survey.Documents[survey.Campaign]{Store: cs.store, Collection: survey.Campaigns}
}

func (cs *Campaigns) time() time.Time { return cs.now().UTC().Truncate(time.Millisecond) }

// Draft stores a new campaign as a draft, with an id made of family and year;
// one that the same page drafted before is returned as it is.
// Invalid names the fields that are wrong.
func (cs *Campaigns) Draft(ctx context.Context, actor survey.Actor, c survey.Campaign) (survey.Campaign, error) {
	c.State, c.Opened, c.Shut, c.Editions = survey.Draft, "", "", nil
	c.Complete()
	if err := c.Check(cs.catalog()); err != nil {
		return survey.Campaign{}, err
	}
	base := string(c.Family) + "-" + c.Period.From.Year()
	for n := 1; ; n++ {
		c.ID = survey.CampaignID(base)
		if n > 1 {
			c.ID = survey.CampaignID(base + "-" + strconv.Itoa(n))
		}
		made, err := cs.change(ctx, actor, c.ID, 0, "campaign.create", func(stored *survey.Campaign) error {
			*stored = c
			return nil
		})
		if survey.Is(err, survey.Conflict) {
			// Two presses, even at the same moment, try the same ids.
			stored, err := cs.campaigns().Get(ctx, string(c.ID))
			if err == nil && c.SamePress(&stored) {
				return stored, nil
			}
			if err != nil && !survey.Is(err, survey.NotFound) { // NotFound: discarded meanwhile
				return survey.Campaign{}, err
			}
			continue
		}
		return made, err
	}
}

// Edit changes a campaign of revision rev. Of an open one only title, last day and
// rhythm may differ. Errors: Invalid, NotFound, Conflict.
func (cs *Campaigns) Edit(ctx context.Context, actor survey.Actor, rev int64, edited survey.Campaign) (survey.Campaign, error) {
	return cs.change(ctx, actor, edited.ID, rev, "campaign.edit", func(c *survey.Campaign) error {
		switch {
		case !c.Allows(survey.StepEdit):
			return wrongState("edit campaign", c)
		case c.State == survey.Draft:
			edited.State, edited.Demo, edited.IdempotencyKey = survey.Draft, c.Demo, c.IdempotencyKey
			edited.Complete()
			*c = edited
		default:
			edited.Title.Clean()
			c.Title, c.Period.To, c.Rhythm = edited.Title, edited.Period.To, edited.Rhythm
			if err := cs.stillAhead(c); err != nil {
				return err
			}
		}
		return c.Check(cs.catalog())
	})
}

// Discard removes a draft.
func (cs *Campaigns) Discard(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64) error {
	c, err := cs.campaigns().Get(ctx, string(id))
	if err != nil {
		return err
	}
	if !c.Allows(survey.StepDiscard) {
		return wrongState("discard campaign", &c)
	}
	for _, guard := range cs.guards {
		if err := guard(ctx, id); err != nil {
			return err
		}
	}
	act := cs.changes.Begin(actor).Entry("campaign.discard", "campaigns/"+string(id), c, nil)
	act.Remove(survey.Campaigns, string(id), rev)
	return act.Do(ctx)
}

// Open opens a draft for responses. Invalid says what is missing: words of a
// form in a chosen language, a period that lies ahead, or units and forms that
// no other open campaign asks at the same time.
func (cs *Campaigns) Open(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64) (survey.Campaign, error) {
	return cs.change(ctx, actor, id, rev, "campaign.open", func(c *survey.Campaign) error {
		if !c.Allows(survey.StepOpen) {
			return wrongState("open campaign", c)
		}
		if err := c.Check(cs.catalog()); err != nil {
			return err
		}
		if err := cs.Openable(c); err != nil {
			return err
		}
		c.State, c.Opened = survey.Open, survey.DateOf(cs.now())
		return nil
	})
}

// Close ends the collection. What was answered before today and arrives later
// is still taken.
func (cs *Campaigns) Close(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64) (survey.Campaign, error) {
	return cs.change(ctx, actor, id, rev, "campaign.close", func(c *survey.Campaign) error {
		if !c.Allows(survey.StepClose) {
			return wrongState("close campaign", c)
		}
		c.State, c.Shut = survey.ClosedDown, survey.DateOf(cs.now())
		if day := nextDay(c.Period.To); day != "" { // the period's last day is over: all of it counts
			c.Shut = min(c.Shut, day)
		}
		return nil
	})
}

func nextDay(d survey.Date) survey.Date {
	if !d.Valid() {
		return ""
	}
	return survey.DateOf(d.Time().AddDate(0, 0, 1))
}

// Reopen undoes Close as long as the whole was not published.
func (cs *Campaigns) Reopen(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64) (survey.Campaign, error) {
	return cs.change(ctx, actor, id, rev, "campaign.reopen", func(c *survey.Campaign) error {
		if !c.Allows(survey.StepReopen) {
			return wrongState("reopen campaign", c)
		}
		if err := cs.Openable(c); err != nil {
			return err
		}
		c.State, c.Shut = survey.Open, ""
		return nil
	})
}

// change replaces a campaign of revision rev by what edit makes of it.
func (cs *Campaigns) change(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, action survey.Action, edit func(*survey.Campaign) error) (survey.Campaign, error) {
	return survey.Change(ctx, cs.changes, survey.Edit[survey.Campaign]{
		Collection: survey.Campaigns, ID: string(id), Seen: rev, Actor: actor, Action: action, Do: edit,
	})
}

// ErrWrongState is the cause of an error about a step that the state of a
// campaign does not allow: somebody else took one meanwhile.
var ErrWrongState = errors.New("the campaign is in another state")

func wrongState(op string, c *survey.Campaign) error {
	return &survey.Error{
		Kind: survey.Conflict, Op: op + " " + string(c.ID) + " which is " + string(c.State), Key: "campaign.wrong_state", Err: ErrWrongState,
	}
}

func (cs *Campaigns) stillAhead(c *survey.Campaign) error {
	if c.Period.To >= survey.DateOf(cs.now()) {
		return nil
	}
	return &survey.Error{Kind: survey.Invalid, Op: "open campaign", Key: "campaign.is_over", Fields: survey.Fields{"to": {Key: "campaign.is_over"}}}
}

// Openable returns Invalid if a campaign cannot be opened now, and why.
func (cs *Campaigns) Openable(c *survey.Campaign) error {
	if err := cs.stillAhead(c); err != nil {
		return err
	}
	catalog := cs.catalog()
	for _, ref := range c.Forms {
		q := catalog.Questionnaire(ref)
		for _, lang := range c.Langs {
			if q != nil && !q.Complete(lang) {
				return &survey.Error{
					Kind: survey.Invalid, Op: "open campaign", Key: "campaign.untranslated", Args: []any{q.Title, string(lang)},
					Fields: survey.Fields{"langs": {Key: "campaign.untranslated", Args: []any{q.Title, string(lang)}}},
				}
			}
		}
	}
	for i := range catalog.Campaigns {
		other := &catalog.Campaigns[i]
		if other.ID != c.ID && other.State == survey.Open && overlap(catalog, c, other) {
			return &survey.Error{
				Kind: survey.Invalid, Op: "open campaign", Key: "campaign.overlaps", Args: []any{other.Title},
				Fields: survey.Fields{"from": {Key: "campaign.overlaps", Args: []any{other.Title}}},
			}
		}
	}
	return nil
}

// overlap reports whether two campaigns ask the same form of the same unit on
// the same day, so that a response could belong to either.
func overlap(c *survey.Catalog, a, b *survey.Campaign) bool {
	return !(a.Period.To != "" && a.Period.To < b.Period.From || b.Period.To != "" && b.Period.To < a.Period.From) && sharePeople(c, a, b)
}

// sharePeople reports whether two campaigns ask the same form of the same unit,
// on whatever days.
func sharePeople(c *survey.Catalog, a, b *survey.Campaign) bool {
	if !slices.ContainsFunc(a.Forms, func(ref survey.FormRef) bool { _, asks := b.Form(ref.Code); return asks }) {
		return false
	}
	return len(a.Units) == 0 || len(b.Units) == 0 ||
		slices.ContainsFunc(a.Units, func(u survey.UnitID) bool { return c.Covers(b, u) }) ||
		slices.ContainsFunc(b.Units, func(u survey.UnitID) bool { return c.Covers(a, u) })
}
