package releases

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// group is the responses of a unit and class, which a release takes together.
type group struct {
	unit  survey.UnitID
	class verification.Class
}

// tally is what a group has in the store, seen from the release as it is.
type tally struct {
	waiting []time.Time    // when those came that are to be counted and never entered
	cohorts []cohortTally  // of those that entered, by their place in Extent.Cohorts
	entered []enteredSince // of a release of before there were cohorts, in their place
}

// cohortTally is what became of a cohort.
type cohortTally struct {
	in        int // nothing: they are to be counted
	out       int // out of force at some time, which the release takes no notice of yet
	leaving   int // of them, out of force now
	takenBack int
}

// enteredSince is a response that entered, and what became of it.
type enteredSince struct {
	at    time.Time
	since cohortTally
}

func (c *cohortTally) add(other cohortTally) {
	c.in += other.in
	c.out += other.out
	c.leaving += other.leaving
	c.takenBack += other.takenBack
}

// enter counts a response that entered.
func (t *tally) enter(extent *Extent, cohort int, at time.Time, since cohortTally) {
	if len(extent.Cohorts) == 0 {
		t.entered = append(t.entered, enteredSince{at, since})
		return
	}
	if t.cohorts == nil {
		t.cohorts = make([]cohortTally, len(extent.Cohorts))
	}
	t.cohorts[cohort].add(since)
}

// parted gives the responses of a release of before there were cohorts some, as if they
// had entered at once. Which of them earlier releases held is not known any more.
func (t *tally) parted(extent *Extent, few int) {
	if len(extent.Cohorts) == 0 && len(t.entered) > 0 {
		times := make([]time.Time, len(t.entered))
		for i, r := range t.entered {
			times[i] = r.at
		}
		extent.enter(times, few, extent.Through)
		for _, r := range t.entered {
			t.enter(extent, extent.cohortOf(r.at), r.at, r.since)
		}
	}
	if t.cohorts == nil {
		t.cohorts = make([]cohortTally, len(extent.Cohorts))
	}
}

// bond is what became of the cohorts of a bond.
func (t *tally) bond(extent *Extent, bond int) (all cohortTally) {
	for i, of := range t.cohorts {
		if extent.Cohorts[i].Bond == bond {
			all.add(of)
		}
	}
	return all
}

// clear forgets who of a bond was out of force, once that is done with.
func (t *tally) clear(extent *Extent, bond int) {
	for i := range t.cohorts {
		if extent.Cohorts[i].Bond == bond {
			t.cohorts[i].out, t.cohorts[i].leaving = 0, 0
		}
	}
}

// bindToNeighbour binds what is left of a cohort to the nearest other one that stands
// and has members, so that it does not leave alone later. Where there is none, nothing
// else of the group is held.
func (t *tally) bindToNeighbour(extent *Extent, cohort int) {
	bond, nearest := extent.Cohorts[cohort].Bond, -1
	for i, c := range extent.Cohorts {
		if c.Bond != bond && !c.StandsBack && t.cohorts[i].in > 0 && (nearest < 0 || max(i-cohort, cohort-i) < max(nearest-cohort, cohort-nearest)) {
			nearest = i
		}
	}
	if nearest >= 0 {
		extent.bind(map[int]bool{bond: true}, extent.Cohorts[nearest].Bond)
	}
}

// tallies are those of a campaign, and the marks of what was taken back of it that a
// release need not know once it is cut.
type tallies struct {
	groups map[group]*tally
	marks  []survey.TakenBack
}

// count reads every response of the store, and tallies those of the campaigns.
func (rs *Releases) count(ctx context.Context, stored map[survey.CampaignID]Release, campaigns []survey.CampaignID, now time.Time) (map[survey.CampaignID]*tallies, error) {
	exclusions, err := verification.Exclusions(ctx, rs.store)
	if err != nil {
		return nil, err
	}
	places, counts := map[string]Places{}, map[survey.CampaignID]*tallies{}
	for _, id := range campaigns {
		release := stored[id]
		places[string(id)] = release.ByUnit()
		counts[id] = &tallies{groups: map[group]*tally{}}
	}
	err = rs.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		id := survey.DocumentText(doc, "campaign")
		held, wanted := places[id]
		if !wanted {
			return nil
		}
		return counts[survey.CampaignID(id)].add(held, doc, exclusions[survey.ResponseID(survey.DocumentText(doc, "_id"))], now)
	})
	return counts, err
}

// add tallies a stored response, or the mark in its place.
func (t *tallies) add(places Places, doc bson.Raw, out verification.Exclusion, now time.Time) error {
	if survey.IsTakenBack(doc) {
		return t.addMark(places, doc, out)
	}
	of := groupOf(doc)
	received, _ := doc.Lookup("received").TimeOK()
	place := places[of.unit]
	extent := place.Of(of.class)
	cohort, entered := extent.entered(received, out)
	came := received
	if !out.Until.IsZero() {
		came = out.Until
	}
	switch {
	case !entered && !out.Now() && !came.After(now):
		t.of(of).waiting = append(t.of(of).waiting, came)
	case entered && out.From.IsZero(), entered && out.From.After(now), entered && !out.From.After(extent.Corrected):
		t.of(of).enter(&extent, cohort, came, cohortTally{in: 1})
	case entered && out.Now():
		t.of(of).enter(&extent, cohort, received, cohortTally{out: 1, leaving: 1})
	case entered: // out and back since
		t.of(of).enter(&extent, cohort, received, cohortTally{out: 1})
	}
	return nil
}

// addMark tallies what was taken back, if no release took notice of it.
func (t *tallies) addMark(places Places, doc bson.Raw, out verification.Exclusion) error {
	var mark survey.TakenBack
	if err := bson.Unmarshal(doc, &mark); err != nil {
		return survey.NewError(survey.Internal, "read mark", err)
	}
	if mark.Counted == nil {
		return nil
	}
	t.marks = append(t.marks, mark)
	of := groupOfMark(mark)
	place := places[of.unit]
	extent := place.Of(of.class)
	if cohort, entered := extent.entered(mark.Counted.Received, out); entered {
		t.of(of).enter(&extent, cohort, mark.Counted.Received, cohortTally{takenBack: 1})
	}
	return nil
}

func (t *tallies) of(g group) *tally {
	if t.groups[g] == nil {
		t.groups[g] = &tally{}
	}
	return t.groups[g]
}

func groupOfMark(mark survey.TakenBack) group {
	of := group{mark.Counted.Unit, verification.Open}
	if mark.Counted.Verified {
		of.class = verification.Verified
	}
	return of
}

func groupOf(response bson.Raw) group {
	return group{
		survey.UnitID(survey.DocumentText(response, "unit")),
		verification.ClassOf(survey.Proof(survey.DocumentText(response, "proof")), survey.BatchID(survey.DocumentText(response, "batch"))),
	}
}
