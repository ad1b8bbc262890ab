package columns

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"hailong/survey"
)

// TakeBack leaves a response that its sender has just taken back out of the next
// figure. It is given as it was: the store does not have it any more. The same may
// be told several times.
func (all *Responses) TakeBack(r survey.Response) {
	rec, err := decodeResponse(&r)
	if err != nil {
		all.log.Error("response that was taken back is still in the figures", "campaign", r.Campaign, "error", err)
		return
	}
	all.mu.Lock()
	if all.loading != nil {
		all.loading.voided = append(all.loading.voided, rec)
	}
	b := all.loaded
	all.mu.Unlock()
	if b != nil {
		all.applyVoid(b, &rec)
	}
}

// PollTakenBack leaves out what was taken back through another server. What such a
// response said is not known any more, so that the columns that hold it cannot be
// mended: they are given up, and the next question loads them anew.
func (all *Responses) PollTakenBack(ctx context.Context) error {
	marks, err := survey.ResponsesTakenBack(ctx, all.store)
	if err != nil {
		return err
	}
	all.mu.Lock()
	b := all.loaded
	all.mu.Unlock()
	if b == nil {
		return nil
	}
	for _, mark := range marks {
		held, err := b.leaveOut(mark)
		if err != nil {
			return err
		}
		if held {
			all.mu.Lock()
			if all.loaded == b {
				all.loaded = nil
			}
			all.mu.Unlock()
			return nil
		}
	}
	return nil
}

// leaveOut notes that a response is not to be counted, and reports whether it is
// counted already.
func (b *loaded) leaveOut(mark survey.TakenBack) (held bool, err error) {
	s, err := b.columns(mark.Campaign)
	if errors.Is(err, ErrNoCampaign) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	id, err := uuid.Parse(string(mark.ID))
	if err != nil {
		return false, survey.NewError(survey.Internal, "leave out what was taken back", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.voided[id]; known {
		return false, nil
	}
	if s.holds(id) {
		return true, nil
	}
	s.voided[id] = struct{}{}
	return false, nil
}

// fillTakenBack notes what a load is to pass over.
func (all *Responses) fillTakenBack(ctx context.Context, b *loaded) error {
	marks, err := survey.ResponsesTakenBack(ctx, all.store)
	for _, mark := range marks {
		if err == nil {
			_, err = b.leaveOut(mark)
		}
	}
	return err
}

// Forget gives up what is loaded: responses lost answers that are kept no longer,
// and the next question loads what is left.
func (all *Responses) Forget() {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.loaded = nil
}
