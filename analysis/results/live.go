package results

import (
	"context"
	"errors"
	"log/slog"

	"hailong/analysis/results/columns"
	"hailong/survey"
)

// Live is the figures of now, from the responses of all campaigns: loaded from
// the store on the first question, and kept fresh by Add and Void. Any number
// of goroutines may use it.
//
// The responses themselves are behind it: what it answers has been through the
// suppression of small groups.
type Live struct {
	responses *columns.Responses
	catalog   func() *survey.Catalog
}

// NewLive returns a Live that has loaded nothing yet. log may be nil.
func NewLive(store survey.Store, catalog func() *survey.Catalog, log *slog.Logger) *Live {
	return &Live{responses: columns.New(store, catalog, countedAhead, log), catalog: catalog}
}

// Load reads the store if that has not happened under the present catalogue.
// Asking does the same; a server calls Load when it starts, so that the first
// reader need not wait. A load goes on when ctx ends: the next question will
// want it.
func (l *Live) Load(ctx context.Context) error {
	_, err := l.responses.Load(ctx)
	return err
}

// Add counts a response that has just been stored, by this process or by
// another one that it heard of, so that the next figure holds it. A response
// that is counted already is not counted again.
func (l *Live) Add(r survey.Response) { l.responses.Add(r) }

// Void leaves a response that has just become void out of the next figure. The
// same void may be told several times. Errors: NotFound (no such response is
// stored), and those of the store.
func (l *Live) Void(ctx context.Context, v survey.Void) error { return l.responses.Void(ctx, v) }

// PollVoids applies every void of the store, for those that another server
// stored. One that cannot be applied keeps none of the others back; the errors
// are joined.
func (l *Live) PollVoids(ctx context.Context) error { return l.responses.PollVoids(ctx) }

// Hold leaves responses that are held back out of the next figure. The same ones
// may be told several times. Errors are those of the store.
func (l *Live) Hold(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID) error {
	return l.responses.Hold(ctx, campaign, responses)
}

// Release takes responses into the next figure again that were held back.
func (l *Live) Release(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID) error {
	return l.responses.Release(ctx, campaign, responses)
}

// PollHeld follows what the store says is held back, for what another server
// wrote.
func (l *Live) PollHeld(ctx context.Context) error { return l.responses.PollHeld(ctx) }

// WithHeld is the figure of a campaign as if responses that are held back had been
// released, for who decides about them.
func (l *Live) WithHeld(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID) (Figure, error) {
	var t Table
	err := l.responses.ReadWith(ctx, campaign, responses, func(v *columns.CampaignView) (err error) {
		t, err = Query{Campaign: campaign}.answer(v)
		return err
	})
	if errors.Is(err, columns.ErrNoCampaign) {
		return noFigure, unknownCampaign(campaign)
	}
	return t.Overall, err
}

// Memory is how many responses are held, and in how many bytes.
func (l *Live) Memory() (responses, bytes int) { return l.responses.Memory() }
