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

// Settle visits the stored responses of the wanted campaigns with what the releases of
// this moment say of them. Those who stand back for what was taken back are known when all
// are read, and a release may be cut meanwhile: it then begins anew, which calls begin.
// A document is valid until visit returns.
func (s *Standings) Settle(ctx context.Context, store survey.Store, wanted func(survey.CampaignID) bool, begin func(), visit func(bson.Raw, Standing) error) error {
	for {
		if err := s.read(ctx, store); err != nil {
			return err
		}
		for range 2 {
			begin()
			if moved, err := s.Visit(ctx, store, wanted, visit); err != nil || !moved {
				return err
			}
		}
	}
}

// Visit visits them once more by what Settle found, and reports whether that moved
// meanwhile: what was visited is then of no release.
func (s *Standings) Visit(ctx context.Context, store survey.Store, wanted func(survey.CampaignID) bool, visit func(bson.Raw, Standing) error) (moved bool, err error) {
	err = store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		switch {
		case !wanted(survey.CampaignID(survey.DocumentText(doc, "campaign"))):
			return nil
		case survey.IsTakenBack(doc):
			back, err := s.takeBack(doc)
			moved = moved || back
			return err
		}
		return visit(doc, s.Of(doc))
	})
	if err != nil || moved {
		return moved, err
	}
	return s.replaced(ctx, store)
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
	if err != nil {
		return false, err
	}
	for id, release := range now {
		if release.Rev != s.releases[id].Rev {
			return true, nil
		}
	}
	return false, nil
}

// takeBack has those stand back who entered with what was taken back, and reports
// whether any did not until then.
func (s *Standings) takeBack(doc bson.Raw) (bool, error) {
	var mark survey.TakenBack
	if err := bson.Unmarshal(doc, &mark); err != nil {
		return false, survey.NewError(survey.Internal, "read what releases hold", err)
	}
	return s.places[mark.Campaign].TakeBack(mark, s.out[mark.ID]), nil
}
