package campaigns

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/releases"
	"hailong/web/page"
	"hailong/web/staff"
)

// progressPage is what was collected against what is required, within the
// person's scope.
type progressPage struct {
	staff.BasePage
	campaigns.Progress
	Campaign  *survey.Campaign
	Units     []progressUnit
	Sectors   []progressRow
	Channels  []progressRow
	Surveyors []progressSurveyor
	Rates     *progressRates // nil: no transactions are stated
}

// FewestNew is how many responses make the first release.
func (p progressPage) FewestNew() int { return releases.FewestNew(p.Campaign.Family) }

// FewestTold is how many must be in the release before their number is told.
func (progressPage) FewestTold() int { return campaigns.FewestTold }

// progressUnit is a unit with its name.
type progressUnit struct {
	Name string
	campaigns.UnitProgress
}

// progressRow is a bar of what the release holds.
type progressRow struct {
	Name string
	campaigns.ReleasedAttainment
}

// FewestTold is as of the page.
func (progressRow) FewestTold() int { return campaigns.FewestTold }

// MissingMoreThan is what is missing for sure where few were collected; 0 where
// perhaps nothing is.
func (r progressRow) MissingMoreThan() int { return max(0, r.Required-campaigns.FewestTold) }

// progressSurveyor is a surveyor with what supervisors found.
type progressSurveyor struct {
	Name string
	campaigns.SurveyorProgress
	Drawn, Done, Bad int // re-checks
	Failed           bool
}

func (h *Handlers) progressShow(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	part := campaigns.Part{Campaign: &campaign, Covers: h.UnitsOf(who, &campaign), Whole: who.User.Grant.Everywhere()}
	if part.Forms, err = h.formsHandedOut(ctx, who, campaign.ID); err != nil {
		return err
	}
	progress, err := h.campaigns.Progress(ctx, part)
	if err != nil {
		return err
	}
	surveyors, err := h.progressSurveyors(ctx, &part, progress.Surveyors)
	if err != nil {
		return err
	}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	page := progressPage{
		BasePage: h.NewPage(c, who, "progress.title", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), campaign.Title.In(l.Lang)),
		Campaign: &campaign, Progress: progress, Surveyors: surveyors,
	}
	if page.Rates, err = h.progressRates(ctx, who, &campaign, l); err != nil {
		return err
	}
	for _, unit := range progress.Units {
		page.Units = append(page.Units, progressUnit{h.CellName(campaigns.PlanCell{Unit: unit.Unit}, l.Lang), unit})
	}
	for _, cell := range progress.Sectors {
		page.Sectors = append(page.Sectors, progressRow{h.CellName(cell.Cell, l.Lang), cell.ReleasedAttainment})
	}
	for _, channel := range progress.Channels {
		page.Channels = append(page.Channels, progressRow{l.T("channel." + string(channel.Channel)), channel.ReleasedAttainment})
	}
	return h.Render(c, fiber.StatusOK, "staff/progress", page)
}

// formsHandedOut are the paper forms of the batches within a person's scope, by
// surveyor.
func (h *Handlers) formsHandedOut(ctx context.Context, who *staff.SignedIn, id survey.CampaignID) (map[survey.Login]int, error) {
	batches, err := h.batches.All(ctx)
	if err != nil {
		return nil, err
	}
	forms := map[survey.Login]int{}
	for i := range batches {
		if batches[i].Campaign == id && who.Covers(h.Catalog(), staff.BatchReach(h.Catalog(), &batches[i])) {
			forms[batches[i].Surveyor] += batches[i].Forms
		}
	}
	return forms, nil
}

// progressSurveyors joins what surveyors entered with what was re-checked of
// it. Who lacks most comes first.
func (h *Handlers) progressSurveyors(ctx context.Context, part *campaigns.Part, surveyors []campaigns.SurveyorProgress) ([]progressSurveyor, error) {
	rechecks, err := h.rechecks.Campaign(ctx, part.Campaign.ID, part.Covers)
	if err != nil {
		return nil, err
	}
	names, err := h.NamesOf(ctx)
	if err != nil {
		return nil, err
	}
	var list []progressSurveyor
	for _, s := range surveyors {
		list = append(list, progressSurveyor{SurveyorProgress: s})
	}
	for i := range rechecks {
		x := &rechecks[i]
		at := slices.IndexFunc(list, func(s progressSurveyor) bool { return s.Surveyor == x.Surveyor })
		if at < 0 {
			at = len(list)
			list = append(list, progressSurveyor{SurveyorProgress: campaigns.SurveyorProgress{Surveyor: x.Surveyor}})
		}
		s := &list[at]
		s.Drawn, s.Done, s.Bad, s.Failed = len(x.Drawn), x.Done(), x.Bad(), x.Failed()
	}
	for i := range list {
		list[i].Name = names(list[i].Surveyor)
	}
	slices.SortFunc(list, func(a, b progressSurveyor) int {
		return cmp.Or(b.Missing()-a.Missing(), strings.Compare(a.Name, b.Name))
	})
	return list, nil
}
