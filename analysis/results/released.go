package results

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/releases"
)

// Released is the figures of the releases of all campaigns, loaded from the store
// on the first question and again when a release was cut (Refresh). Any number of
// goroutines may use it.
//
// What it answers hides small groups and nothing to keep them from being computed:
// it is for offices about their own (Published asks it), and what everybody may see
// is made from it (Published.NewEdition).
type Released struct {
	responses *columns.Responses
	store     survey.Store
	catalog   func() *survey.Catalog
}

// NewReleased returns a Released that has loaded nothing yet. log may be nil.
func NewReleased(store survey.Store, catalog func() *survey.Catalog, log *slog.Logger) *Released {
	return &Released{responses: columns.New(store, catalog, tables.CountedAhead, log), store: store, catalog: catalog}
}

// Load reads the store if that has not happened under the present catalogue.
// Asking does the same; a server calls Load when it starts, so that the first
// reader need not wait. A load goes on when ctx ends: the next question will
// want it.
func (l *Released) Load(ctx context.Context) error {
	_, err := l.responses.Load(ctx)
	return err
}

// Add notes a response that has just been stored, by this process or by another
// one that it heard of: it waits for a release.
func (l *Released) Add(r survey.Response) { l.responses.Add(r) }

// Refresh follows the releases that were cut, by this process or another. Readers
// are answered from those before until it returns.
func (l *Released) Refresh(ctx context.Context) error { return l.responses.Refresh(ctx) }

// Reload reads all responses anew, because there may be some of which nobody told (Add).
func (l *Released) Reload(ctx context.Context) error { return l.responses.Reload(ctx) }

// Loaded reports whether figures can be read without waiting for a load of everything.
func (l *Released) Loaded() bool { return l.responses.Loaded() }

// Memory is how many responses are held, and in how many bytes.
func (l *Released) Memory() (responses, bytes int) { return l.responses.Memory() }

// Waiting is how many responses of a campaign wait for a release, by the unit where
// they were answered.
func (l *Released) Waiting(ctx context.Context, campaign survey.CampaignID) (map[survey.UnitID]releases.WaitingResponses, error) {
	waiting, err := l.responses.Waiting(ctx, campaign)
	if errors.Is(err, columns.ErrNoCampaign) {
		return nil, unknownCampaign(campaign)
	}
	return waiting, err
}

// Table answers a query from the release of its campaign, as an office sees it:
// small groups are hidden, and nothing else (tables.ForOffice). Errors: Invalid (a
// dimension, value, formula or combination that is not offered), NotFound (no
// such campaign), Unavailable (the responses are still being loaded).
func (l *Released) Table(ctx context.Context, q tables.Query) (tables.Table, error) {
	var t tables.Table
	err := l.read(ctx, q.Campaign, func(v *columns.CampaignView) (err error) {
		t, err = tables.ForOffice(v).Answer(q)
		return err
	})
	return t, err
}

// read calls ask with the responses of a campaign.
func (l *Released) read(ctx context.Context, campaign survey.CampaignID, ask func(*columns.CampaignView) error) error {
	err := l.responses.Read(ctx, campaign, ask)
	if errors.Is(err, columns.ErrNoCampaign) {
		return unknownCampaign(campaign)
	}
	return err
}

// readThrough is read with what was answered until a day alone; empty: all.
func (l *Released) readThrough(ctx context.Context, campaign survey.CampaignID, last survey.Date, ask func(*columns.CampaignView) error) error {
	err := l.responses.ReadThrough(ctx, campaign, last, ask)
	if errors.Is(err, columns.ErrNoCampaign) {
		return unknownCampaign(campaign)
	}
	return err
}

// understands returns the error of a query that asks for what is not offered.
func (l *Released) understands(ctx context.Context, q tables.Query, own bool) error {
	return l.read(ctx, q.Campaign, func(v *columns.CampaignView) error {
		if own {
			return tables.ForOffice(v).Check(q)
		}
		return tables.ForEverybody(v).Check(q)
	})
}

// release is the release of a campaign that its figures are made of.
func (l *Released) release(ctx context.Context, campaign survey.CampaignID) (r *releases.Release, err error) {
	err = l.read(ctx, campaign, func(v *columns.CampaignView) error { r = v.Release; return nil })
	return r, err
}

// collected is how many responses of a campaign there are, in its release and
// waiting for the next.
func (l *Released) collected(ctx context.Context, campaign survey.CampaignID) (n int, err error) {
	if err := l.read(ctx, campaign, func(v *columns.CampaignView) error { n = v.Responses(); return nil }); err != nil {
		return 0, err
	}
	waiting, err := l.Waiting(ctx, campaign)
	return n + WaitingByUnit(waiting).Total(), err
}

func unknownCampaign(id survey.CampaignID) error {
	return &survey.Error{Kind: survey.NotFound, Op: "ask for figures", Key: "results.unknown_campaign", Args: []any{string(id)}, Err: fmt.Errorf("campaign %q", id)}
}
