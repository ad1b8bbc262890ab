package results

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"hailong/survey"
)

// Void leaves a response that has just become void out of the next figure. The
// same void may be told several times.
//
// Before the first load there is nothing to do: the load will find the void in
// the store, since it was stored before Void was called.
func (l *Live) Void(ctx context.Context, v survey.Void) error {
	id, err := uuid.Parse(string(v.ID))
	if err != nil {
		return survey.NewError(survey.Internal, "void response", err)
	}
	if !l.heeds(v.Campaign, id) {
		return nil
	}
	doc, err := l.store.Get(ctx, survey.Responses, string(v.ID))
	if err != nil {
		return err
	}
	var rec record
	if err := rec.read(doc, words{}); err != nil {
		return survey.NewError(survey.Internal, "void response", err)
	}
	l.mu.Lock()
	if l.loading != nil {
		l.loading.voided = append(l.loading.voided, rec)
	}
	b := l.book
	l.mu.Unlock()
	if b != nil {
		l.leaveOut(b, &rec)
	}
	return nil
}

// heeds reports whether a void may still be news.
func (l *Live) heeds(campaign survey.CampaignID, id uuid.UUID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loading != nil || l.book == nil {
		return l.loading != nil
	}
	l.book.mu.Lock()
	defer l.book.mu.Unlock()
	s := l.book.sets[campaign]
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.voided[id]
	return !known
}

func (l *Live) leaveOut(b *book, rec *record) {
	s, err := b.set(survey.CampaignID(rec.campaign))
	if err == nil {
		err = s.void(rec)
	}
	if err != nil && !errors.Is(err, errNoCampaign) { // a response without a campaign is in no figure anyway
		l.log.Error("void response is still in the figures", "response", rec.id, "error", err)
	}
}

// fillVoided notes what a load is to pass over.
func (l *Live) fillVoided(ctx context.Context, b *book) error {
	voids, err := survey.VoidedResponses(ctx, l.store)
	if err != nil {
		return err
	}
	for _, v := range voids {
		s, err := b.set(v.Campaign)
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

// FollowVoids looks every so often, until ctx ends, for responses that another
// server has made void.
func (l *Live) FollowVoids(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := l.hearVoids(ctx); err != nil && ctx.Err() == nil {
			l.log.Warn("what other servers made void is not known; trying again", "error", err)
		}
	}
}

// hearVoids heeds every void of the store. There are few of them.
func (l *Live) hearVoids(ctx context.Context) error {
	voids, err := survey.VoidedResponses(ctx, l.store)
	for _, v := range voids {
		err = errors.Join(err, l.Void(ctx, v)) // one that cannot be read keeps none of the others back
	}
	return err
}
