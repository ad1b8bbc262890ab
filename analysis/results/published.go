package results

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/editions"
	"hailong/survey/releases"
)

// Source says where figures come from, so that nobody takes the one for the
// other. Its values are part of the interface for programs.
type Source string

// The sources.
const (
	FromEdition Source = "edition" // the edition in force; its figures never change
	FromRelease Source = "release" // the responses that the release holds
)

// Request is a query with who asks it.
type Request struct {
	tables.Query
	Reader Reader
	// Source is the only source the answer may come from. Empty: the edition in
	// force, and where that does not hold the table the release, if the reader may
	// see it. The public does not choose; its requests are answered as if Source
	// were empty.
	Source Source
}

// Figures is a table that the reader may see.
type Figures struct {
	tables.Table
	Source  Source
	Edition *survey.Edition   // that the figures come from; nil: from none
	Release *releases.Release // that the figures come from; nil: from none
	// ResponseRate is that of the units asked about; nil where it is not known.
	ResponseRate *publication.ResponseRate
	// Waiting is how many responses of the reader's scope wait for a later release; of
	// figures from a release.
	Waiting WaitingByUnit
}

// WaitingByUnit is how many responses wait for a later release, by the unit where they were
// answered.
type WaitingByUnit map[survey.UnitID]releases.WaitingResponses

// Total is how many wait in all units.
func (w WaitingByUnit) Total() int {
	n := 0
	for _, unit := range w {
		n += unit.Total()
	}
	return n
}

// Refusal is the cause of an error that says that a reader may not see figures.
type Refusal struct {
	Reason  RefusalReason
	Edition *survey.Edition // that was withdrawn; nil for other reasons
}

func (r *Refusal) Error() string { return "figures refused: " + string(r.Reason) }

// RefusalReason is why a reader may not see figures.
type RefusalReason string

// The reasons. A figure of too few respondents is no refusal: the table is
// answered, and that figure is Suppressed.
const (
	CampaignNotShown RefusalReason = "not_shown"      // to the public: a draft, or there is no such campaign
	EditionWithdrawn RefusalReason = "withdrawn"      // and no other figures must come in its place
	NotPublished     RefusalReason = "not_published"  // there is no edition yet
	NotInEdition     RefusalReason = "not_in_edition" // the edition does not hold this table
	NotYours         RefusalReason = "not_yours"      // a release is read by the office whose it is
)

// Snapshots finds the text of an edition by its hash. It returns an error of
// kind NotFound where there is none, and Internal where the text was damaged.
type Snapshots interface {
	Snapshot(ctx context.Context, campaign survey.CampaignID, hash string) (editions.Snapshot, error)
}

// Cutter cuts releases.
type Cutter interface {
	Cut(ctx context.Context, actor survey.Actor, campaigns ...survey.CampaignID) ([]releases.Cut, error)
	CutDaily(ctx context.Context, actor survey.Actor) ([]releases.Cut, error)
	CutForEdition(ctx context.Context, actor survey.Actor, campaign survey.CampaignID) (releases.Cut, error)
}

// Published answers which figures a reader may see. Every page, the interface
// for programs and every report ask it, so that all of them say the same. Nobody
// sees figures that move with a single response.
//
//	                 edition in force      edition         no edition    withdrawn
//	                 holds the table       does not
//	public           edition               refused         refused       refused
//	office, its own  edition               release         release       release
//	office, others'  edition               refused         refused       refused
//
// The public is shown no draft, as if it did not exist. An office that asks for the
// release gets it instead of an edition.
//
// Any number of goroutines may use it.
type Published struct {
	released  *Released
	snapshots Snapshots
	cutter    Cutter
	editions  sync.Map // *publication.EditionFigures by hash: what was published never changes, so it is read once

	// Stated tells the transactions that response rates are of; nil: none are known.
	Stated StatedFunc
}

// NewPublished returns a Published over the releases of campaigns and the snapshots
// of editions.
func NewPublished(released *Released, snapshots Snapshots, cutter Cutter) *Published {
	return &Published{released: released, snapshots: snapshots, cutter: cutter}
}

// Campaign returns a campaign some of whose figures the reader may see, now or
// once there are any. Errors: Closed or NotFound with a *Refusal as the cause,
// and NotFound where there is no such campaign. A withdrawn campaign is returned
// beside the error, for who says so.
func (p *Published) Campaign(reader Reader, id survey.CampaignID) (*survey.Campaign, error) {
	campaign := p.released.catalog().Campaign(id)
	if err := p.refusal(reader, campaign, id); err != nil {
		return campaign, err
	}
	if campaign == nil {
		return nil, unknownCampaign(id)
	}
	return campaign, nil
}

// CutReleases cuts the releases of campaigns, of all where none is named, and
// returns once figures follow them.
func (p *Published) CutReleases(ctx context.Context, actor survey.Actor, campaigns ...survey.CampaignID) ([]releases.Cut, error) {
	cuts, err := p.cutter.Cut(ctx, actor, campaigns...)
	if err != nil {
		return nil, err
	}
	return cuts, p.released.Refresh(ctx)
}

// CutDailyReleases is CutReleases of all campaigns that none was cut of today.
func (p *Published) CutDailyReleases(ctx context.Context, actor survey.Actor) ([]releases.Cut, error) {
	cuts, err := p.cutter.CutDaily(ctx, actor)
	if err != nil {
		return nil, err
	}
	return cuts, p.released.Refresh(ctx)
}

// Collected is how many people answered a campaign so far, in full tens: what the
// public is told while figures are not.
func (p *Published) Collected(ctx context.Context, campaign survey.CampaignID) (int, error) {
	n, err := p.released.collected(ctx, campaign)
	return n / 10 * 10, err
}

// Table answers a request. Errors: those of Released.Table; Invalid for a source
// that does not exist; and with a *Refusal as the cause, Closed for a withdrawn
// edition, Forbidden for a release of others, and NotFound for what the reader is not
// shown.
func (p *Published) Table(ctx context.Context, r Request) (Figures, error) {
	campaign, err := p.asked(r)
	if err != nil {
		return Figures{}, err
	}
	own := r.Reader.owns(p.released.catalog(), campaign, r.Query)
	if !r.Reader.office(p.released.catalog(), campaign.Family) {
		r.Source = ""
	}
	// A mistaken query is told from one that the edition does not hold.
	if err := p.released.understands(ctx, r.Query, own); err != nil {
		return Figures{}, err
	}
	edition := campaign.Current()
	if edition != nil && r.Source != FromRelease {
		figures, err := p.edition(ctx, campaign.ID, edition.Hash)
		if err != nil {
			return Figures{}, err
		}
		if table, ok := figures.Table(campaign, r.Query); ok {
			return Figures{Table: table, Source: FromEdition, Edition: edition, ResponseRate: figures.ResponseRate(r.Query)}, nil
		}
	}
	switch {
	case own && r.Source != FromEdition:
		return p.fromRelease(ctx, r)
	case r.Source == FromRelease:
		return Figures{}, refuse(survey.Forbidden, NotYours, nil, "api.unit_needed")
	case edition == nil:
		return Figures{}, refuse(survey.NotFound, NotPublished, nil, "results.not_yet")
	}
	return Figures{}, refuse(survey.NotFound, NotInEdition, nil, "results.not_published")
}

// fromRelease answers an office about its own.
func (p *Published) fromRelease(ctx context.Context, r Request) (Figures, error) {
	table, err := p.released.Table(ctx, r.Query)
	if err != nil {
		return Figures{}, err
	}
	f := Figures{Table: table, Source: FromRelease, Waiting: WaitingByUnit{}}
	if f.Release, err = p.released.release(ctx, r.Campaign); err != nil {
		return Figures{}, err
	}
	if f.ResponseRate, err = p.releasedRate(ctx, r.Query); err != nil {
		return Figures{}, err
	}
	waiting, err := p.released.Waiting(ctx, r.Campaign)
	catalog := p.released.catalog()
	for unit, n := range waiting {
		if r.Reader.grant.CoversUnit(catalog, unit) && r.Includes(catalog, unit) {
			f.Waiting[unit] = n
		}
	}
	return f, err
}

// asked is the campaign of a request that the reader may make.
func (p *Published) asked(r Request) (*survey.Campaign, error) {
	campaign := p.released.catalog().Campaign(r.Campaign)
	if err := p.refusal(r.Reader, campaign, r.Campaign); err != nil {
		return nil, err
	}
	if !slices.Contains([]Source{"", FromEdition, FromRelease}, r.Source) {
		return nil, &survey.Error{Kind: survey.Invalid, Op: "ask for figures", Key: "api.bad_source", Args: []any{string(r.Source)}}
	}
	if campaign == nil {
		return nil, unknownCampaign(r.Campaign)
	}
	return campaign, nil
}

// refusal is the error of a reader who may see no figure of a campaign at all,
// whatever the query; nil where there is none.
func (p *Published) refusal(reader Reader, campaign *survey.Campaign, id survey.CampaignID) error {
	if campaign != nil && reader.office(p.released.catalog(), campaign.Family) {
		return nil
	}
	withdrawn := Withdrawal(campaign)
	switch {
	case withdrawn != nil:
		return refuse(survey.Closed, EditionWithdrawn, withdrawn, "api.withdrawn", withdrawn.Reason)
	case !shownToPublic(campaign):
		return refuse(survey.NotFound, CampaignNotShown, nil, "results.unknown_campaign", string(id))
	}
	return nil
}

func refuse(kind survey.Kind, reason RefusalReason, edition *survey.Edition, key string, args ...any) error {
	return &survey.Error{Kind: kind, Op: "ask for figures", Key: key, Args: args, Err: &Refusal{Reason: reason, Edition: edition}}
}

func shownToPublic(campaign *survey.Campaign) bool {
	return campaign != nil && campaign.State != survey.Draft && campaign.State != survey.Withdrawn
}

// PublicCampaigns are those whose figures the public may see, the newest first.
func (p *Published) PublicCampaigns() []*survey.Campaign {
	var campaigns []*survey.Campaign
	catalog := p.released.catalog()
	for i := range catalog.Campaigns {
		if c := &catalog.Campaigns[i]; shownToPublic(c) {
			campaigns = append(campaigns, c)
		}
	}
	slices.SortStableFunc(campaigns, func(a, b *survey.Campaign) int {
		return cmp.Or(cmp.Compare(b.Period.From, a.Period.From),
			slices.Index(survey.Families, a.Family)-slices.Index(survey.Families, b.Family))
	})
	return campaigns
}

// Targets judges every milestone of every target on a day, with the figures of the
// edition in force where there is one, and for an office over all units with those of
// the release where there is none. No withdrawn campaign answers a target.
func (p *Published) Targets(ctx context.Context, reader Reader, on survey.Date) ([]Verdict, error) {
	verdicts := targets(p.released.catalog(), on)
	for i := range verdicts {
		v := &verdicts[i]
		if v.Campaign == nil {
			continue
		}
		v.State = publication.NoEdition
		q := publication.TargetQuery(v.Campaign.ID, v.Target)
		if edition := v.Campaign.Current(); edition != nil {
			figures, err := p.edition(ctx, v.Campaign.ID, edition.Hash)
			if err != nil {
				return nil, err
			}
			if figure, ok := figures.Target(v.Target.Code); ok {
				v.judge(figure, figures.Method, figures.Threshold, FromEdition)
				v.ResponseRate = figures.ResponseRate(q)
				continue
			}
		}
		if !reader.owns(p.released.catalog(), v.Campaign, q) {
			continue
		}
		table, err := p.released.Table(ctx, q)
		if err != nil {
			return nil, err
		}
		v.judge(table.Overall, table.Method, table.Threshold, FromRelease)
		if v.ResponseRate, err = p.releasedRate(ctx, q); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}
