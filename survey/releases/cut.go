package releases

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// Releases cuts the releases of a store. Any number of goroutines may use it.
type Releases struct {
	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	now     func() time.Time
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
	Left     int  // responses that are out of force and out of it now
	Waiting  int  // responses that wait for a later one
}

// Cut cuts the releases of campaigns, of all that take responses where none is
// named, by the rule of the package. Where somebody else cut one at the same
// moment, theirs stands. Errors: NotFound (there is no such campaign).
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
		few := FewestNew(rs.catalog().Campaign(id).Family)
		for of, c := range counts[id] {
			cut.advance(&next, of, c, few, corrected, now)
		}
		if cut.Changed {
			slices.SortFunc(next.Places, func(a, b UnitRelease) int { return strings.Compare(string(a.Unit), string(b.Unit)) })
			if cut.Release, err = rs.put(ctx, actor, next, now); err != nil {
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

// group is the responses of a unit and class, which a release takes together.
type group struct {
	unit  survey.UnitID
	class verification.Class
}

// count is what a group has that its release does not reflect yet.
type count struct {
	waiting int // to be counted and not in
	left    int // in and out of force since
}

// advance moves a release on in one group if the rule allows it.
func (c *Cut) advance(next *Release, of group, counted count, few int, corrected bool, now time.Time) {
	i := slices.IndexFunc(next.Places, func(p UnitRelease) bool { return p.Unit == of.unit })
	enter := counted.waiting >= few
	leave := counted.left > 0 && (enter || corrected || counted.left >= few)
	if !enter {
		c.Waiting += counted.waiting
	}
	if !enter && !leave {
		return
	}
	if i < 0 {
		i = len(next.Places)
		next.Places = append(next.Places, UnitRelease{Unit: of.unit})
	}
	c.Changed = true
	extent := next.Places[i].Of(of.class)
	if enter {
		c.Entered += counted.waiting
		extent = Extent{now, now}
	}
	if leave {
		c.Left += counted.left
		extent.Corrected = now
	}
	next.Places[i].set(of.class, extent)
}

// count reads every response of the store, and counts those of the campaigns
// that their releases do not reflect.
func (rs *Releases) count(ctx context.Context, stored map[survey.CampaignID]Release, campaigns []survey.CampaignID, now time.Time) (map[survey.CampaignID]map[group]count, error) {
	exclusions, err := verification.Exclusions(ctx, rs.store)
	if err != nil {
		return nil, err
	}
	places, counts := map[string]Places{}, map[survey.CampaignID]map[group]count{}
	for _, id := range campaigns {
		release := stored[id]
		places[string(id)] = release.ByUnit()
		counts[id] = map[group]count{}
	}
	err = rs.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		id := survey.DocumentText(doc, "campaign")
		held, wanted := places[id]
		if !wanted || survey.IsTakenBack(doc) {
			return nil
		}
		of := groupOf(doc)
		received, _ := doc.Lookup("received").TimeOK()
		out := exclusions[survey.ResponseID(survey.DocumentText(doc, "_id"))]
		c := counts[survey.CampaignID(id)][of]
		switch holds := held.Holds(of.unit, of.class, received, out); {
		case holds && out.Now():
			c.left++
		case !holds && !out.Now() && !received.After(now):
			c.waiting++
		default:
			return nil
		}
		counts[survey.CampaignID(id)][of] = c
		return nil
	})
	return counts, err
}

func groupOf(response bson.Raw) group {
	return group{
		survey.UnitID(survey.DocumentText(response, "unit")),
		verification.ClassOf(survey.Proof(survey.DocumentText(response, "proof")), survey.BatchID(survey.DocumentText(response, "batch"))),
	}
}

// put stores a release in the place of the one before.
func (rs *Releases) put(ctx context.Context, actor survey.Actor, next Release, now time.Time) (Release, error) {
	release, err := survey.Change(ctx, rs.changes, survey.Edit[Release]{
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
		return survey.Documents[Release]{Store: rs.store, Collection: survey.Releases}.Get(ctx, string(next.ID))
	}
	return release, err
}
