package columns

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"hailong/survey"
)

// Void leaves a response that has just become void out of the next figure. The
// same void may be told several times. Errors: NotFound (no such response is
// stored), Internal (what is stored cannot be read), and those of the store.
//
// Before the first load there is nothing to do: the load will find the void in
// the store, since it was stored before Void was called.
func (all *Responses) Void(ctx context.Context, v survey.Void) error {
	id, err := uuid.Parse(string(v.ID))
	if err != nil {
		return survey.NewError(survey.Internal, "void response", err)
	}
	if !all.needsVoid(v.Campaign, id) {
		return nil
	}
	doc, err := all.store.Get(ctx, survey.Responses, string(v.ID))
	if err != nil {
		return err
	}
	var rec decoded
	if err := rec.read(doc, interned{}); err != nil {
		return survey.NewError(survey.Internal, "void response", err)
	}
	if rec.gone { // it was taken back since, and is left out for that
		return nil
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
	return nil
}

// needsVoid reports whether a void may have to be applied still.
func (all *Responses) needsVoid(campaign survey.CampaignID, id uuid.UUID) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.loading != nil || all.loaded == nil {
		return all.loading != nil
	}
	all.loaded.mu.Lock()
	defer all.loaded.mu.Unlock()
	s := all.loaded.campaigns[campaign]
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.voided[id]
	return !known
}

func (all *Responses) applyVoid(b *loaded, rec *decoded) {
	s, err := b.columns(survey.CampaignID(rec.campaign))
	if err == nil {
		err = s.void(rec)
	}
	if err != nil && !errors.Is(err, ErrNoCampaign) { // a response without a campaign is in no figure anyway
		all.log.Error("void response is still in the figures", "campaign", rec.campaign, "error", err)
	}
}

// fillVoided notes what a load is to pass over.
func (all *Responses) fillVoided(ctx context.Context, b *loaded) error {
	voids, err := survey.VoidedResponses(ctx, all.store)
	if err != nil {
		return err
	}
	for _, v := range voids {
		s, err := b.columns(v.Campaign)
		if errors.Is(err, ErrNoCampaign) {
			continue
		}
		if err != nil {
			return err
		}
		id, err := uuid.Parse(string(v.ID))
		if err != nil {
			return survey.NewError(survey.Internal, "load voids", err)
		}
		s.voided[id] = struct{}{}
	}
	return nil
}

// PollVoids applies every void of the store, for those that another server
// stored. There are few of them.
func (all *Responses) PollVoids(ctx context.Context) error {
	voids, err := survey.VoidedResponses(ctx, all.store)
	for _, v := range voids {
		err = errors.Join(err, all.Void(ctx, v)) // one that cannot be read keeps none of the others back
	}
	return err
}
