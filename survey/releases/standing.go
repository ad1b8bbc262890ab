package releases

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// Standings say of each stored response whether the release of its campaign holds it.
// The zero value knows no release.
type Standings struct {
	releases map[survey.CampaignID]Release
	places   map[survey.CampaignID]Places
	out      map[survey.ResponseID]verification.Exclusion
	voided   map[survey.ResponseID]verification.Void
	moved    bool // somebody stands back now who did not when the present scan began
}

// Standing is what a release says of a response.
type Standing struct {
	Held    bool
	Waits   bool               // it waits for a later release
	InForce bool               // it is in force, whatever the release holds
	Void    *verification.Void // by which the release leaves it out; one that is held is in force to it
}

// Release is the release of a campaign; its number is 0 where there is none yet.
func (s *Standings) Release(id survey.CampaignID) Release { return s.releases[id] }

// All are the releases by campaign, as they were when Settle began anew.
func (s *Standings) All() map[survey.CampaignID]Release { return s.releases }

// Places are those of the release of a campaign, without who stands back.
func (s *Standings) Places(id survey.CampaignID) Places { return s.places[id] }

// Exclusion is when a response was out of force. name is asked for its id if any was: it
// costs more than all else that is done with a response of a million.
func (s *Standings) Exclusion(name func() string) verification.Exclusion {
	if len(s.out) == 0 {
		return verification.Exclusion{}
	}
	return s.out[survey.ResponseID(name())]
}

// Excluded are the responses that were out of force at some time.
func (s *Standings) Excluded() map[survey.ResponseID]verification.Exclusion { return s.out }

// Moved reports whether somebody stands back now who did not when the present scan began:
// what it reads will be read once more.
func (s *Standings) Moved() bool { return s.moved }

// Settle calls scan, which reads the responses and tells of every mark among them
// (TakeBack), until all that it read is of the same releases: who stands back for what
// was taken back is known when all are read, and a release may be cut meanwhile. Each
// call begins anew. A release is read before what is out of force and before responses:
// what it holds was there when it was cut.
func (s *Standings) Settle(ctx context.Context, store survey.Store, scan func() error) error {
	for {
		if err := s.read(ctx, store); err != nil {
			return err
		}
		for replaced := false; !replaced; {
			s.moved = false
			err := scan()
			if err == nil {
				replaced, err = s.replaced(ctx, store)
			}
			if err != nil || !replaced && !s.moved {
				return err
			}
		}
	}
}

// Each is Settle by visiting the stored responses of the wanted campaigns one after the
// other, with what the releases say of them. begin is called before each time. A document
// is valid until visit returns.
func (s *Standings) Each(ctx context.Context, store survey.Store, wanted func(survey.CampaignID) bool, begin func(), visit func(bson.Raw, Standing) error) error {
	return s.Settle(ctx, store, func() error {
		begin()
		return s.visit(ctx, store, wanted, visit)
	})
}

// Again visits them once more by what was settled, and reports whether that moved
// meanwhile: what was visited is then of no release.
func (s *Standings) Again(ctx context.Context, store survey.Store, wanted func(survey.CampaignID) bool, visit func(bson.Raw, Standing) error) (moved bool, err error) {
	s.moved = false
	if err := s.visit(ctx, store, wanted, visit); err != nil || s.moved {
		return s.moved, err
	}
	return s.replaced(ctx, store)
}

func (s *Standings) visit(ctx context.Context, store survey.Store, wanted func(survey.CampaignID) bool, visit func(bson.Raw, Standing) error) error {
	return store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		switch {
		case !wanted(survey.CampaignID(survey.DocumentText(doc, "campaign"))):
			return nil
		case survey.IsTakenBack(doc):
			var mark survey.TakenBack
			if err := bson.Unmarshal(doc, &mark); err != nil {
				return survey.NewError(survey.Internal, "read what releases hold", err)
			}
			s.TakeBack(mark)
			return nil
		}
		return visit(doc, s.Of(doc))
	})
}

// TakeBack has those stand back who entered with what was taken back.
func (s *Standings) TakeBack(mark survey.TakenBack) {
	if s.places[mark.Campaign].TakeBack(mark, s.out[mark.ID]) {
		s.moved = true
	}
}

// Of returns what the release says of a stored response.
func (s *Standings) Of(doc bson.Raw) (is Standing) {
	places := s.places[survey.CampaignID(survey.DocumentText(doc, "campaign"))]
	id, unit := survey.ResponseID(survey.DocumentText(doc, "_id")), survey.UnitID(survey.DocumentText(doc, "unit"))
	class := verification.ClassOf(survey.Proof(survey.DocumentText(doc, "proof")), survey.BatchID(survey.DocumentText(doc, "batch")))
	received, _ := doc.Lookup("received").TimeOK()
	is.Held = places.Holds(unit, class, received, s.out[id])
	is.Waits = places.Waits(unit, class, received, s.out[id])
	is.InForce = !s.out[id].Now()
	place := places[unit]
	extent := place.Of(class)
	if void, ok := s.voided[id]; ok && !is.Held && !received.After(extent.Through) && !void.At.After(extent.Corrected) {
		is.Void = &void
	}
	return is
}

// read reads the releases as they are now.
func (s *Standings) read(ctx context.Context, store survey.Store) (err error) {
	if s.releases, err = Stored(ctx, store); err != nil {
		return err
	}
	s.places = make(map[survey.CampaignID]Places, len(s.releases))
	for id, release := range s.releases {
		s.places[id] = release.ByUnit()
	}
	if s.out, err = verification.Exclusions(ctx, store); err != nil {
		return err
	}
	s.voided, err = verification.VoidedResponses(ctx, store)
	return err
}

// replaced reports whether a release was cut since they were read: it may have taken
// notice of what was taken back, and its mark then says nothing any more.
func (s *Standings) replaced(ctx context.Context, store survey.Store) (bool, error) {
	now, err := Stored(ctx, store)
	return err == nil && !Known(s.releases, now), err
}

// Known reports whether releases that were read are at least as new as those there are.
func Known(read, now map[survey.CampaignID]Release) bool {
	for id, release := range now {
		if read[id].Rev < release.Rev {
			return false
		}
	}
	return true
}
