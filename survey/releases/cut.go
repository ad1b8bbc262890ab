package releases

import (
	"context"
	"slices"
	"strings"
	"time"

	"hailong/survey"
)

// Releases cuts the releases of a store. Any number of goroutines may use it.
type Releases struct {
	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	now     func() time.Time

	// DoubtsClock reports whether the clock is known to be wrong: a release that is cut by
	// one that is ahead would take whatever comes until that moment at once, one response
	// after the other. nil: it is believed.
	DoubtsClock func() bool
}

// New returns the releases of the store that changes are made in.
func New(changes *survey.Changes, catalog func() *survey.Catalog) *Releases {
	return &Releases{changes: changes, store: changes.Store, catalog: catalog, now: changes.Now}
}

// Stored returns the releases of a store by campaign. A campaign without one has
// no figures for anybody yet.
func Stored(ctx context.Context, store survey.Store) (map[survey.CampaignID]Release, error) {
	all, err := survey.Documents[Release]{Store: store, Collection: survey.Releases}.All(ctx)
	if err != nil {
		return nil, err
	}
	byCampaign := make(map[survey.CampaignID]Release, len(all))
	for _, r := range all {
		byCampaign[r.ID] = r
	}
	return byCampaign, nil
}

// Cut is what became of a campaign's release.
type Cut struct {
	Campaign survey.CampaignID
	Release  Release
	Changed  bool // it was cut anew; otherwise too few of a class wait in every unit, or it takes nothing more
	Entered  int  // responses that it holds and the one before did not
	Left     int  // responses that the one before held and it does not
	Waiting  int  // responses that wait for a later one
}

// Cut cuts the releases of campaigns, of all that take responses where none is
// named, by the rule of the package. Where somebody else cut one at the same
// moment, theirs stands. Errors: NotFound (there is no such campaign), Unavailable (the
// clock is known to be wrong).
func (rs *Releases) Cut(ctx context.Context, actor survey.Actor, campaigns ...survey.CampaignID) ([]Cut, error) {
	return rs.cut(ctx, actor, false, campaigns)
}

// CutDaily cuts the releases of all campaigns that none was cut of today.
func (rs *Releases) CutDaily(ctx context.Context, actor survey.Actor) ([]Cut, error) {
	stored, err := Stored(ctx, rs.store)
	if err != nil {
		return nil, err
	}
	campaigns, err := rs.named(nil)
	if err != nil {
		return nil, err
	}
	today := survey.DateOf(rs.now())
	campaigns = slices.DeleteFunc(campaigns, func(id survey.CampaignID) bool {
		r, ok := stored[id]
		return ok && survey.DateOf(r.At) == today
	})
	if len(campaigns) == 0 {
		return nil, nil
	}
	return rs.cut(ctx, actor, false, campaigns)
}

// CutForEdition cuts the release of a campaign whose figures are to be published:
// what was voided is left out, however little it is.
func (rs *Releases) CutForEdition(ctx context.Context, actor survey.Actor, campaign survey.CampaignID) (Cut, error) {
	cuts, err := rs.cut(ctx, actor, true, []survey.CampaignID{campaign})
	if err != nil {
		return Cut{}, err
	}
	return cuts[0], nil
}

func (rs *Releases) cut(ctx context.Context, actor survey.Actor, corrected bool, campaigns []survey.CampaignID) ([]Cut, error) {
	campaigns, err := rs.named(campaigns)
	if err != nil || len(campaigns) == 0 {
		return nil, err
	}
	if rs.DoubtsClock != nil && rs.DoubtsClock() {
		return nil, &survey.Error{Kind: survey.Unavailable, Op: "cut release", Key: "release.clock"}
	}
	stored, err := Stored(ctx, rs.store)
	if err != nil {
		return nil, err
	}
	now := rs.now().UTC().Truncate(time.Millisecond)
	counts, err := rs.count(ctx, stored, campaigns, now)
	if err != nil {
		return nil, err
	}
	var cuts []Cut
	for _, id := range campaigns {
		cut := Cut{Campaign: id, Release: stored[id]}
		next := stored[id]
		next.ID, next.Places = id, slices.Clone(next.Places)
		campaign := rs.catalog().Campaign(id)
		r := rule{few: FewestNew(campaign.Family), corrected: corrected, last: corrected && campaign.State != survey.Open, now: now}
		for of, t := range counts[id].groups {
			cut.advance(&next, of, t, r)
		}
		stands := true // what was counted is what the release that stands says
		if cut.Changed {
			slices.SortFunc(next.Places, func(a, b UnitRelease) int { return strings.Compare(string(a.Unit), string(b.Unit)) })
			if cut.Release, stands, err = rs.put(ctx, actor, next, now); err != nil {
				return cuts, err
			}
		}
		if stands {
			if err := rs.forget(ctx, counts[id].marks); err != nil {
				return cuts, err
			}
		}
		cuts = append(cuts, cut)
	}
	return cuts, nil
}

// named checks that there are such campaigns; none named are all that a release
// may still take something of.
func (rs *Releases) named(campaigns []survey.CampaignID) ([]survey.CampaignID, error) {
	catalog := rs.catalog()
	for _, id := range campaigns {
		if catalog.Campaign(id) == nil {
			return nil, &survey.Error{Kind: survey.NotFound, Op: "cut release", Key: "results.unknown_campaign", Args: []any{string(id)}}
		}
	}
	if len(campaigns) > 0 {
		return campaigns, nil
	}
	for i := range catalog.Campaigns {
		if c := &catalog.Campaigns[i]; c.State != survey.Draft {
			campaigns = append(campaigns, c.ID)
		}
	}
	return campaigns, nil
}

// rule is what a cut goes by.
type rule struct {
	few       int  // new responses enter together, at the least
	corrected bool // it is for an edition: what is out of force leaves, however little it is
	last      bool // and nobody answers any more: who stands back would never come in again
	now       time.Time
}

// advance moves a release on in one group if the rule allows it.
func (c *Cut) advance(next *Release, of group, t *tally, r rule) {
	at := slices.IndexFunc(next.Places, func(p UnitRelease) bool { return p.Unit == of.unit })
	place := UnitRelease{Unit: of.unit}
	if at >= 0 {
		place = next.Places[at]
	}
	extent := place.Of(of.class)
	extent.Cohorts = slices.Clone(extent.Cohorts)
	t.parted(&extent, r.few)
	changed := true
	if len(t.waiting) >= r.few {
		c.takeAll(&extent, t, r.few, r.now)
	} else {
		c.Waiting += len(t.waiting)
		taken := false
		if r.last {
			taken = c.comeIn(&extent, t)
		} else {
			taken = c.standBack(&extent, t)
		}
		left := c.leave(&extent, t, r)
		changed = taken || left
	}
	if !changed {
		return
	}
	c.Changed = true
	place.set(of.class, extent)
	if at < 0 {
		next.Places = append(next.Places, place)
	} else {
		next.Places[at] = place
	}
}

// takeAll has all of a group enter that are in force: those that wait, and with the
// first of them those that stand back or are left of a cohort that somebody left.
func (c *Cut) takeAll(extent *Extent, t *tally, few int, now time.Time) {
	c.Entered += len(t.waiting)
	apart, members := map[int]bool{}, make([]int, len(t.cohorts))
	for i, of := range t.cohorts {
		switch back := extent.standsBack(i); {
		case back:
			c.Entered += of.in
		default:
			c.Left += of.leaving + of.takenBack
		}
		bond := extent.Cohorts[i].Bond
		if extent.standsBack(i) || of.out+of.takenBack > 0 || t.bond(extent, bond).in < few { // few are left of it since an edition
			apart[bond] = true
		}
		members[i] = of.in
	}
	first := extent.nextBond()
	extent.enter(t.waiting, few, now)
	if len(apart) > 0 {
		extent.bind(apart, first)
	}
	extent.join(members)
	extent.Through, extent.Corrected = now, now
}

// standBack has those stand back who entered together with a response that was taken
// back, and reports whether there are any.
func (c *Cut) standBack(extent *Extent, t *tally) bool {
	changed := false
	for i, of := range t.cohorts {
		if of.takenBack > 0 && !extent.standsBack(i) {
			all := t.bond(extent, extent.Cohorts[i].Bond)
			c.Left += all.in + all.out + all.takenBack
			extent.putBack(i)
			changed = true
		}
	}
	return changed
}

// comeIn has those enter again who stand back, without what was taken back, and reports
// whether there are any. They stand with all others of the group from then on.
func (c *Cut) comeIn(extent *Extent, t *tally) bool {
	changed := false
	for i, of := range t.cohorts {
		if extent.standsBack(i) {
			c.Entered += of.in
			changed = true
		} else if of.takenBack > 0 {
			c.Left += of.takenBack
			changed = true
		}
	}
	if changed {
		all := map[int]bool{}
		for _, cohort := range extent.Cohorts {
			all[cohort.Bond] = true
		}
		extent.bind(all, extent.nextBond())
	}
	return changed
}

// leave has those leave that are out of force, if they are enough of the group or an
// edition is to be made, and reports whether they did.
func (c *Cut) leave(extent *Extent, t *tally, r rule) bool {
	leaving := 0
	for i, of := range t.cohorts {
		if !extent.standsBack(i) {
			leaving += of.leaving
		}
	}
	if leaving == 0 || leaving < r.few && !r.corrected {
		return false
	}
	extent.Corrected = r.now
	for i := range extent.Cohorts {
		cohort := extent.Cohorts[i]
		all := t.bond(extent, cohort.Bond)
		if cohort.StandsBack || all.out == 0 {
			continue
		}
		t.clear(extent, cohort.Bond)
		switch enough := all.in == 0 || all.in >= r.few; {
		case r.corrected:
			c.Left += all.leaving
			if !enough {
				t.bindToNeighbour(extent, i)
			}
		case enough && all.leaving >= r.few && all.leaving == all.out && !cohort.Mixed:
			c.Left += all.leaving
		default: // few of them out, or few of them left, would be told apart
			c.Left += all.in + all.leaving
			extent.putBack(i)
		}
	}
	return true
}

// put stores a release in the place of the one before, and reports whether it did:
// where somebody else was faster, it returns theirs.
func (rs *Releases) put(ctx context.Context, actor survey.Actor, next Release, now time.Time) (release Release, ours bool, err error) {
	release, err = survey.Change(ctx, rs.changes, survey.Edit[Release]{
		Collection: survey.Releases, ID: string(next.ID), Seen: next.Rev, Actor: actor, Action: "release.cut",
		Do: func(r *Release) error {
			r.ID, r.Places, r.Number, r.At, r.By = next.ID, next.Places, next.Number+1, now, actor.String()
			return nil
		},
		Show: func(r *Release) any { // of the places the log needs no list
			return struct {
				Number int `json:"number"`
				Places int `json:"places"`
			}{r.Number, len(r.Places)}
		},
	})
	if survey.Is(err, survey.Conflict) {
		release, err = survey.Documents[Release]{Store: rs.store, Collection: survey.Releases}.Get(ctx, string(next.ID))
		return release, false, err
	}
	return release, true, err
}
