package exchange

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// released knows which responses of a store the releases of their campaigns hold.
type released struct {
	releases map[survey.CampaignID]releases.Release
	places   map[survey.CampaignID]releases.Places
	out      map[survey.ResponseID]verification.Exclusion
	voided   map[survey.ResponseID]verification.Void
}

// read reads the releases as they are now.
func (r *released) read(ctx context.Context, store survey.Store) (err error) {
	if r.releases, err = releases.Stored(ctx, store); err != nil {
		return err
	}
	r.places = make(map[survey.CampaignID]releases.Places, len(r.releases))
	for id, release := range r.releases {
		r.places[id] = release.ByUnit()
	}
	if r.out, err = verification.Exclusions(ctx, store); err != nil {
		return err
	}
	r.voided, err = verification.VoidedResponses(ctx, store)
	return err
}

// replaced reports whether a release was cut since they were read: it may have taken
// notice of what was taken back, and its mark then says nothing any more.
func (r *released) replaced(ctx context.Context, store survey.Store) (bool, error) {
	now, err := releases.Stored(ctx, store)
	if err != nil {
		return false, err
	}
	for id, release := range now {
		if release.Rev != r.releases[id].Rev {
			return true, nil
		}
	}
	return false, nil
}

// standing is what a release says of a response.
type standing struct {
	held  bool
	waits bool
	void  *verification.Void // by which the release leaves it out; one that is held is in force to it
}

// of returns what the release says of a stored response.
func (r *released) of(doc bson.Raw) (s standing) {
	places := r.places[survey.CampaignID(survey.DocumentText(doc, "campaign"))]
	id, unit := survey.ResponseID(survey.DocumentText(doc, "_id")), survey.UnitID(survey.DocumentText(doc, "unit"))
	class := verification.ClassOf(survey.Proof(survey.DocumentText(doc, "proof")), survey.BatchID(survey.DocumentText(doc, "batch")))
	received, _ := doc.Lookup("received").TimeOK()
	s.held = places.Holds(unit, class, received, r.out[id])
	s.waits = places.Waits(unit, class, received, r.out[id])
	place := places[unit]
	extent := place.Of(class)
	if void, ok := r.voided[id]; ok && !s.held && !received.After(extent.Through) && !void.At.After(extent.Corrected) {
		s.void = &void
	}
	return s
}

// takeBack has those stand back who entered with what was taken back, and reports
// whether any did not until then.
func (r *released) takeBack(doc bson.Raw) (bool, error) {
	var mark survey.TakenBack
	if err := bson.Unmarshal(doc, &mark); err != nil {
		return false, survey.NewError(survey.Internal, "export responses", err)
	}
	return r.places[mark.Campaign].TakeBack(mark, r.out[mark.ID]), nil
}
