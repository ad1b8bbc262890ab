package sampling

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Samples keeps who was drawn for a campaign: the draws, their rows, the
// contacts of the rows and what came of the visits. Every change goes by an
// expected revision and is recorded.
type Samples struct {
	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	now     func() time.Time
	keys    contactKeys

	// Erased is called after contacts were erased, so that the file in which they
	// lay may be compacted; nil: nobody is told.
	Erased func()
}

// New returns the samples of the store that changes are made in; keys seal their
// contacts.
func New(changes *survey.Changes, catalog func() *survey.Catalog, keys contactKeys) *Samples {
	return &Samples{changes: changes, store: changes.Store, catalog: catalog, now: changes.Now, keys: keys}
}

func (ss *Samples) time() time.Time { return ss.now().UTC().Truncate(time.Millisecond) }

// KeepWhatWasDrawn refuses, with Invalid, to discard a campaign while draws of
// it are stored: their contacts would be left behind. Campaigns.GuardDiscard
// takes it.
func (ss *Samples) KeepWhatWasDrawn(ctx context.Context, id survey.CampaignID) error {
	sample, err := ss.Sample(ctx, id)
	if err == nil && len(sample.Draws) > 0 {
		err = &survey.Error{Kind: survey.Invalid, Op: "discard campaign", Key: "sample.discard_first"}
	}
	return err
}

func (ss *Samples) samples() survey.Documents[Sample] {
	return survey.Documents[Sample]{Store: ss.store, Collection: survey.Samples}
}

func (ss *Samples) contacts() survey.Documents[Contact] {
	return survey.Documents[Contact]{Store: ss.store, Collection: survey.Contacts}
}

func (ss *Samples) drawn() survey.Documents[Drawn] {
	return survey.Documents[Drawn]{Store: ss.store, Collection: survey.DrawnRows}
}

// Sample returns what a campaign drew; one of revision 0 where nothing was.
func (ss *Samples) Sample(ctx context.Context, id survey.CampaignID) (Sample, error) {
	s, err := ss.samples().Get(ctx, string(id))
	if survey.Is(err, survey.NotFound) {
		return noSample(id), nil
	}
	return s, err
}

// noSample is the sample of a campaign that drew nothing yet.
func noSample(id survey.CampaignID) Sample {
	return Sample{ID: id, KeepDays: DefaultKeepDays, Next: 1}
}

// Rows returns the rows that a campaign drew, in the order of their numbers.
func (ss *Samples) Rows(ctx context.Context, id survey.CampaignID) ([]Drawn, error) {
	var rows []Drawn
	from, to := drawnRange(id)
	err := ss.store.Scan(ctx, survey.DrawnRows, from, to, func(raw bson.Raw) error {
		var d Drawn
		if err := ss.drawn().Decode(raw, &d); err != nil {
			return err
		}
		rows = append(rows, d)
		return nil
	})
	return rows, err
}

// Row returns a row. NotFound if there is none.
func (ss *Samples) Row(ctx context.Context, id string) (Drawn, error) {
	if _, _, ok := ParseDrawnID(id); !ok {
		return Drawn{}, survey.NewError(survey.NotFound, "read drawn row", nil)
	}
	return ss.drawn().Get(ctx, id)
}

// changeSample replaces the sample of a campaign, which must have revision rev.
func (ss *Samples) changeSample(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, action survey.Action, edit func(*Sample) error) (Sample, error) {
	return survey.Change(ctx, ss.changes, survey.Edit[Sample]{
		Collection: survey.Samples, ID: string(id), Seen: rev, Actor: actor, Action: action,
		Do: func(s *Sample) error {
			if s.Rev == 0 {
				*s = noSample(id)
			}
			return edit(s)
		},
	})
}

// actOn begins an act with the sample of a campaign, which must have revision
// rev, as edit makes it. What else it changes is added by the caller.
func (ss *Samples) actOn(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, action survey.Action, edit func(*Sample) error) (*survey.Act, Sample, error) {
	before, err := ss.Sample(ctx, id)
	if err != nil {
		return nil, Sample{}, err
	}
	if before.Rev != rev {
		return nil, Sample{}, survey.NewError(survey.Conflict, string(action), nil)
	}
	after := before
	after.Draws, after.Work = slices.Clone(before.Draws), slices.Clone(before.Work)
	if err := edit(&after); err != nil {
		return nil, Sample{}, err
	}
	after.Rev = rev + 1
	var was any
	if rev > 0 {
		was = before
	}
	act := ss.changes.Begin(actor).Entry(action, "samples/"+string(id), was, after)
	if rev == 0 {
		survey.Create(act, survey.Samples, after)
	} else {
		survey.Update(act, survey.Samples, rev, after)
	}
	return act, after, nil
}

// removeRange adds the removal of documents to an act.
func (ss *Samples) removeRange(ctx context.Context, act *survey.Act, c survey.Collection, from, to string) error {
	return ss.store.Scan(ctx, c, from, to, func(raw bson.Raw) error {
		id, err := survey.DocumentID(raw)
		if err == nil {
			act.RemoveAny(c, strings.Clone(id))
		}
		return err
	})
}
