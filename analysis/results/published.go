package results

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"hailong/survey"
)

// Reader is who asks for figures.
type Reader uint8

// The readers. Public is the zero value, so that whoever forgets to say who
// reads is shown the least.
const (
	Public  Reader = iota // anybody, on the public pages
	Program               // the holder of an API token
	Office                // somebody who is signed in
)

// Source says where figures come from, so that nobody takes the one for the
// other. Its values are part of the interface for programs.
type Source string

// The sources.
const (
	FromEdition   Source = "published" // the edition in force; its figures never change
	FromResponses Source = "live"      // every response up to now
)

// Request is a query with who asks it.
type Request struct {
	Query
	Reader Reader
	// Source is the only source the answer may come from. Empty: the edition in
	// force, and where that does not hold the table the responses. The public
	// does not choose; its requests are answered as if Source were empty.
	Source Source
}

// Figures is a table that the reader may see.
type Figures struct {
	Table
	Source  Source
	Edition *survey.Edition // that the figures come from; nil: from none
	Late    int64           // respondents who came after the edition and are not in it
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
	EditionWithdrawn RefusalReason = "withdrawn"      // and figures of now must not come in its place
	NotInEdition     RefusalReason = "not_in_edition" // nothing is published, or the edition does not hold this table
)

// Snapshots finds the text of an edition by its hash. It returns an error of
// kind NotFound where there is none, and Internal where the text was damaged.
type Snapshots interface {
	Snapshot(ctx context.Context, campaign survey.CampaignID, hash string) (survey.Snapshot, error)
}

// Published answers which figures a reader may see. Every page, the interface
// for programs and every report ask it, so that all of them say the same.
//
//	reader    campaign        edition holds the table   else
//	anybody   in the field    –                         responses
//	Public    published       edition                   refused
//	others    published       edition                   responses
//	Public    withdrawn       –                         refused
//	Program   withdrawn       –                         refused
//	Office    withdrawn       –                         responses: it decides on the next edition
//	Public    draft           –                         refused, as if it did not exist
//
// Any number of goroutines may use it.
type Published struct {
	live      *Live
	snapshots Snapshots
	editions  sync.Map // *EditionFigures by hash: what was published never changes, so it is read once
}

// NewPublished returns a Published over the figures of now and the snapshots of
// editions.
func NewPublished(live *Live, snapshots Snapshots) *Published {
	return &Published{live: live, snapshots: snapshots}
}

// Campaign returns a campaign some of whose figures the reader may see, now or
// once there are any. Errors: Closed or NotFound with a *Refusal as the cause,
// and NotFound where there is no such campaign. A withdrawn campaign is returned
// beside the error, for who says so.
func (p *Published) Campaign(reader Reader, id survey.CampaignID) (*survey.Campaign, error) {
	campaign := p.live.catalog().Campaign(id)
	if err := refusal(reader, campaign, id); err != nil {
		return campaign, err
	}
	if campaign == nil {
		return nil, unknownCampaign(id)
	}
	return campaign, nil
}

// Table answers a request. Errors: those of Live.Table; Invalid for a source
// that does not exist; and with a *Refusal as the cause, Closed for a withdrawn
// edition and NotFound for what the reader is not shown.
func (p *Published) Table(ctx context.Context, r Request) (Figures, error) {
	campaign, err := p.asked(r)
	if err != nil {
		return Figures{}, err
	}
	if r.Reader == Public {
		r.Source = ""
	}
	// The responses are asked first in every case: they know a mistaken query
	// from one that the edition does not hold.
	now, err := p.live.Table(ctx, r.Query)
	if err != nil {
		return Figures{}, err
	}
	if r.Source == FromResponses {
		return Figures{Table: now, Source: FromResponses}, nil
	}
	edition := campaign.Current()
	if edition != nil {
		figures, err := p.edition(ctx, campaign.ID, edition.Hash)
		if err != nil {
			return Figures{}, err
		}
		if table, ok := figures.table(campaign, r.Query); ok {
			return Figures{Table: table, Source: FromEdition, Edition: edition, Late: late(r.Query, now, table)}, nil
		}
	}
	switch {
	case r.Reader == Public && edition != nil:
		return Figures{}, refuse(survey.NotFound, NotInEdition, nil, "results.not_published")
	case r.Source == FromEdition:
		return Figures{}, refuse(survey.NotFound, NotInEdition, nil, "api.not_published")
	}
	return Figures{Table: now, Source: FromResponses}, nil
}

// WithHeld is the figure of a campaign with responses that are held back, for the
// office that decides about them. Errors: NotFound.
func (p *Published) WithHeld(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID) (Figure, error) {
	return p.live.WithHeld(ctx, campaign, responses)
}

// asked is the campaign of a request that the reader may make.
func (p *Published) asked(r Request) (*survey.Campaign, error) {
	campaign := p.live.catalog().Campaign(r.Campaign)
	if err := refusal(r.Reader, campaign, r.Campaign); err != nil {
		return nil, err
	}
	if !slices.Contains([]Source{"", FromEdition, FromResponses}, r.Source) {
		return nil, invalid("api.bad_source", string(r.Source))
	}
	if campaign == nil {
		return nil, unknownCampaign(r.Campaign)
	}
	return campaign, nil
}

// late is how many respondents are in the figures of now and not in those of
// the edition. It is told of the whole campaign only: of a group it would show
// a single response coming in.
func late(q Query, now, published Table) int64 {
	if len(q.Where) > 0 || now.Overall.Suppressed {
		return 0
	}
	return max(0, now.Overall.N-published.Overall.N)
}

// refusal is the error of a reader who may see no figure of a campaign at all,
// whatever the query; nil where there is none.
func refusal(reader Reader, campaign *survey.Campaign, id survey.CampaignID) error {
	withdrawn := Withdrawal(campaign)
	switch {
	case withdrawn != nil && reader != Office:
		return refuse(survey.Closed, EditionWithdrawn, withdrawn, "api.withdrawn", withdrawn.Reason)
	case reader == Public && !shownToPublic(campaign):
		return refuse(survey.NotFound, CampaignNotShown, nil, "results.unknown_campaign", string(id))
	}
	return nil
}

func refuse(kind survey.Kind, reason RefusalReason, edition *survey.Edition, key string, args ...any) error {
	return &survey.Error{Kind: kind, Op: "ask for figures", Key: key, Args: args, Err: &Refusal{Reason: reason, Edition: edition}}
}

// Withdrawal is the edition of a campaign that was withdrawn and that no other
// has replaced; nil where there is none.
func Withdrawal(campaign *survey.Campaign) *survey.Edition {
	if campaign == nil || campaign.State != survey.Withdrawn || len(campaign.Editions) == 0 {
		return nil
	}
	return &campaign.Editions[len(campaign.Editions)-1]
}

func shownToPublic(campaign *survey.Campaign) bool {
	return campaign != nil && campaign.State != survey.Draft && campaign.State != survey.Withdrawn
}

// PublicCampaigns are those whose figures the public may see, the newest first.
func (p *Published) PublicCampaigns() []*survey.Campaign {
	var campaigns []*survey.Campaign
	catalog := p.live.catalog()
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

// Targets judges every milestone of every target on a day, as Live.Targets
// does, with the figures of the edition in force where there is one. No
// withdrawn campaign answers a target.
func (p *Published) Targets(ctx context.Context, on survey.Date) ([]Verdict, error) {
	verdicts, err := p.live.Targets(ctx, on)
	if err != nil {
		return nil, err
	}
	for i := range verdicts {
		v := &verdicts[i]
		if v.Campaign == nil || v.Campaign.Current() == nil {
			continue
		}
		figures, err := p.edition(ctx, v.Campaign.ID, v.Campaign.Current().Hash)
		if err != nil {
			return nil, err
		}
		if figure, ok := figures.target(v.Target.Code); ok {
			v.Figure, v.Method, v.Threshold, v.Source = figure, figures.Method, figures.Threshold, FromEdition
			v.State, v.Met, v.Evidence, v.Needed = Judge(v.Figure, v.Method, v.Milestone.Threshold)
		}
	}
	return verdicts, nil
}

// edition returns the figures of an edition.
func (p *Published) edition(ctx context.Context, campaign survey.CampaignID, hash string) (*EditionFigures, error) {
	if f, ok := p.editions.Load(hash); ok {
		return f.(*EditionFigures), nil
	}
	snapshot, err := p.snapshots.Snapshot(ctx, campaign, hash)
	if err != nil {
		return nil, err
	}
	f, err := readEdition(snapshot.Body)
	if err != nil {
		return nil, err
	}
	p.editions.Store(hash, f)
	return f, nil
}

// Text returns the text of an edition of a campaign, which is what was hashed.
// That of a withdrawn edition can be had too: who kept its hash can still
// compare. NotFound if no edition of the campaign ever had the hash.
func (p *Published) Text(ctx context.Context, id survey.CampaignID, hash string) (string, error) {
	campaign := p.live.catalog().Campaign(id)
	if campaign == nil || !slices.ContainsFunc(campaign.Editions, func(e survey.Edition) bool { return e.Hash == hash }) {
		return "", survey.NewError(survey.NotFound, "read an edition", nil)
	}
	snapshot, err := p.snapshots.Snapshot(ctx, id, hash)
	return snapshot.Body, err
}

// Divisions lists how the public may see a campaign of a family divided, the
// usual way first. An edition holds these tables, and for each unit all of them
// but that by unit.
func Divisions(family survey.Family) []Dimension {
	switch family {
	case survey.Procedures:
		return []Dimension{ByUnit, BySector, ByMonth, ByChannel}
	case survey.Education:
		return []Dimension{ByUnit, ByLevel, BySchool, ByFactor, ByItem, ByMonth}
	case survey.Residents:
	}
	return []Dimension{ByUnit, ByFactor, ByItem, ByMonth}
}

// NewEdition computes the figures of an edition that is about to be published,
// from the responses of now.
func (p *Published) NewEdition(ctx context.Context, campaign *survey.Campaign, edition survey.Edition) (EditionFigures, error) {
	divisions := Divisions(campaign.Family)
	var queries []Query
	for _, by := range divisions {
		queries = append(queries, Query{Campaign: campaign.ID, By: []Dimension{by}})
	}
	units, err := p.live.Table(ctx, Query{Campaign: campaign.ID, By: []Dimension{ByUnit}})
	if err != nil {
		return EditionFigures{}, err
	}
	for _, g := range units.Groups {
		where := []Filter{{Dimension: ByUnit, Key: g.Keys[0]}}
		for _, by := range divisions {
			if by != ByUnit {
				queries = append(queries, Query{Campaign: campaign.ID, By: []Dimension{by}, Where: where})
			}
		}
	}
	f, err := p.live.editionFigures(ctx, campaign.ID, queries)
	f.Edition, f.Published = edition.Number, edition.Published.In(survey.Zone).Format(time.RFC3339)
	return f, err
}
