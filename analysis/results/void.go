package results

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"hailong/survey"
)

// Void leaves a response that has just become void out of the next figure. The
// same void may be told several times.
//
// Before the first load there is nothing to do: the load will find the void in
// the store, since it was stored before Void was called.
func (l *responses) Void(ctx context.Context, v survey.Void) error {
	id, err := uuid.Parse(string(v.ID))
	if err != nil {
		return survey.NewError(survey.Internal, "void response", err)
	}
	if !l.needsVoid(v.Campaign, id) {
		return nil
	}
	doc, err := l.store.Get(ctx, survey.Responses, string(v.ID))
	if err != nil {
		return err
	}
	var rec decoded
	if err := rec.read(doc, interned{}); err != nil {
		return survey.NewError(survey.Internal, "void response", err)
	}
	l.mu.Lock()
	if l.loading != nil {
		l.loading.voided = append(l.loading.voided, rec)
	}
	b := l.loaded
	l.mu.Unlock()
	if b != nil {
		l.applyVoid(b, &rec)
	}
	return nil
}

// needsVoid reports whether a void may have to be applied still.
func (l *responses) needsVoid(campaign survey.CampaignID, id uuid.UUID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loading != nil || l.loaded == nil {
		return l.loading != nil
	}
	l.loaded.mu.Lock()
	defer l.loaded.mu.Unlock()
	s := l.loaded.campaigns[campaign]
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.voided[id]
	return !known
}

func (l *responses) applyVoid(b *loaded, rec *decoded) {
	s, err := b.columns(survey.CampaignID(rec.campaign))
	if err == nil {
		err = s.void(rec)
	}
	if err != nil && !errors.Is(err, errNoCampaign) { // a response without a campaign is in no figure anyway
		l.log.Error("void response is still in the figures", "response", rec.id, "error", err)
	}
}

// fillVoided notes what a load is to pass over.
func (l *responses) fillVoided(ctx context.Context, b *loaded) error {
	voids, err := survey.VoidedResponses(ctx, l.store)
	if err != nil {
		return err
	}
	for _, v := range voids {
		s, err := b.columns(v.Campaign)
		if errors.Is(err, errNoCampaign) {
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
func (l *responses) PollVoids(ctx context.Context) error {
	voids, err := survey.VoidedResponses(ctx, l.store)
	for _, v := range voids {
		err = errors.Join(err, l.Void(ctx, v)) // one that cannot be read keeps none of the others back
	}
	return err
}
