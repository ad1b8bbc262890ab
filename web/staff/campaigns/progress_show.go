package campaigns

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/web/page"
	"hailong/web/staff"
)

// progressPage is what was collected against what is required, within the
// person's scope.
type progressPage struct {
	staff.BasePage
	campaigns.Progress
	Campaign  *survey.Campaign
	Cells     []progressRow
	Channels  []progressRow
	Surveyors []progressSurveyor
	Rates     *progressRates // nil: no transactions are stated
}

// progressRow is a bar.
type progressRow struct {
	Name string
	campaigns.Attainment
}

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
	for _, cell := range progress.Cells {
		page.Cells = append(page.Cells, progressRow{h.CellName(cell.Cell, l.Lang), cell.Attainment})
	}
	for _, channel := range progress.Channels {
		page.Channels = append(page.Channels, progressRow{l.T("channel." + string(channel.Channel)), channel.Attainment})
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
		unit, family := staff.BatchScope(h.Catalog(), &batches[i])
		if batches[i].Campaign == id && who.Covers(h.Catalog(), unit, family) {
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
