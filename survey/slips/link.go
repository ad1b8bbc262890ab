package slips

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/people"
)

// Link is a one-time link of an application, as older versions issued them. None is
// issued and none changes any more. What older versions noted of it, that it was
// opened or used, is told to nobody.
type Link struct {
	ID      string           `bson:"_id"` // hash of the secret
	Point   survey.PointCode `bson:"point"`
	Expires survey.Date      `bson:"expires"`        // the last day it is good for
	Used    survey.Date      `bson:"used,omitempty"` // usedOnce, or of an older version the day; empty: not yet
}

const linkSecret = 32 // characters

// link returns the link of a secret, NotFound if there is none.
func (s *Slips) link(ctx context.Context, secret string) (Link, error) {
	if len(secret) != linkSecret {
		return Link{}, survey.NewError(survey.NotFound, "find link", nil)
	}
	return s.links().Get(ctx, people.HashSecret(secret))
}

func (s *Slips) links() survey.Documents[Link] {
	return survey.Documents[Link]{Store: s.store, Collection: survey.OneTimeLinks}
}

// LinkPoint returns the point whose form a link opens. Errors: NotFound; Closed with
// the day if it is over ("link.expired"), and the point too. It does not tell whether
// the link was used.
func (s *Slips) LinkPoint(ctx context.Context, secret string) (survey.PointCode, error) {
	link, err := s.link(ctx, secret)
	switch {
	case survey.Is(err, survey.NotFound):
		return "", &survey.Error{Kind: survey.NotFound, Op: "open link", Key: "link.unknown"}
	case err != nil:
		return "", err
	case link.Expires < s.today():
		return link.Point, &survey.Error{Kind: survey.Closed, Op: "open link", Key: "link.expired", Args: []any{link.Expires}}
	}
	return link.Point, nil
}

// linkForm is a form that an older version opened by a link, and that is sent to this
// one. It carries an id that follows from the link; the response gets one that does
// not. For a day the form, sent again, is given the same id.
type linkForm struct {
	ID   string    `bson:"_id"` // keyed hash of the link and the form's id
	Rev  int64     `bson:"rev"`
	Salt string    `bson:"salt"`
	Hour time.Time `bson:"hour"`
}

// linkFormPrefix sets them apart from the uses of slips, behind which they lie.
const linkFormPrefix = "link/"

// FreshID returns the id under which a response is stored that a form of an older
// version sends by a link. It follows from a salt that Forget removes after a day: then
// nothing leads from the link to the response.
func (s *Slips) FreshID(ctx context.Context, secret string, sent survey.ResponseID) (survey.ResponseID, error) {
	h, err := s.hasher(ctx)
	if err != nil {
		return "", err
	}
	forms := survey.Documents[linkForm]{Store: s.store, Collection: survey.SlipUses}
	form := linkForm{ID: linkFormPrefix + h.id("form", secret, string(sent)), Rev: 1, Salt: rand.Text(), Hour: s.hour()}
	err = forms.Insert(ctx, form)
	if survey.Is(err, survey.Conflict) {
		form, err = forms.Get(ctx, form.ID)
	}
	if err != nil {
		return "", err
	}
	id, err := uuid.FromBytes(h.sum("response", form.Salt, form.ID)[:16])
	if err != nil {
		return "", survey.NewError(survey.Internal, "make a response id", err)
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4: random
	return survey.ResponseID(id.String()), nil
}

// RetireLinks removes the key from which older versions made links and the ids of
// their responses, and takes over what was decided about links. A server does so at
// its start.
func (s *Slips) RetireLinks(ctx context.Context, actor survey.Actor) error {
	const oldID = "links"
	old := survey.Documents[struct {
		Rev     int64  `bson:"rev"`
		Pattern string `bson:"pattern"`
	}]{Store: s.store, Collection: survey.Settings}
	for {
		decided, err := old.Get(ctx, oldID)
		if survey.Is(err, survey.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		rules, err := s.Rules(ctx)
		if err != nil {
			return err
		}
		act := s.changes.Begin(actor).Entry("link.retire", string(survey.Settings)+"/"+oldID, nil, nil)
		act.Remove(survey.Settings, oldID, decided.Rev)
		if rules.Rev == 0 && decided.Pattern != "" {
			rules.Pattern = decided.Pattern
			survey.Create(act, survey.Settings, rules)
		}
		if err := act.Do(ctx); !survey.Is(err, survey.Conflict) { // Conflict: another server does the same
			return err
		}
	}
}

// forgetLinkForms removes what gives a form of an older version its id again.
func (s *Slips) forgetLinkForms(ctx context.Context) error {
	var old []linkForm
	err := s.store.Scan(ctx, survey.SlipUses, linkFormPrefix, linkFormPrefix+"~", func(raw bson.Raw) error {
		var f linkForm
		if err := bson.Unmarshal(raw, &f); err != nil {
			return survey.NewError(survey.Internal, "read form of a link", err)
		}
		if s.old(f.Hour) {
			old = append(old, f)
		}
		return nil
	})
	for _, f := range old {
		if err == nil {
			err = s.store.Delete(ctx, survey.SlipUses, f.ID, f.Rev)
		}
		if byAnother(err) {
			err = nil
		}
	}
	return err
}
