package results

import (
	"context"
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

// TakeBack leaves a response that its sender has just taken back out of the next
// figure. It is given as it was, because the store does not have it any more.
func (l *Live) TakeBack(r survey.Response) { l.responses.TakeBack(r) }

// PollTakenBack leaves out what was taken back through another server.
func (l *Live) PollTakenBack(ctx context.Context) error { return l.responses.PollTakenBack(ctx) }

// Forget gives up the figures of now, because responses lost answers that are kept
// no longer; the next question loads what is left.
func (l *Live) Forget() { l.responses.Forget() }

// Memory is how many responses are held, and in how many bytes.
func (l *Live) Memory() (responses, bytes int) { return l.responses.Memory() }
