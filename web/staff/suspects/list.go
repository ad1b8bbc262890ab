package suspects

import (
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/web/page"
	"hailong/web/staff"
)

// listPage is what is, or was, held back of a campaign within the person's scope.
type listPage struct {
	staff.BasePage
	Campaign  *survey.Campaign
	Rows      []burstRow // those that wait first
	Held      int        // responses that wait, as far as it is told
	Few       bool       // and some groups of few
	Figures   *tables.Alternatives
	NoFigures string // why there are none
	Alone     bool
}

// burstRow is a burst with the names of what it is about.
type burstRow struct {
	*quarantine.HeldBurst
	Place survey.Text
	Label survey.Text
	Path  string
}

// Fewest is how many of a group are told of at least.
func (listPage) Fewest() int { return quarantine.Fewest }

// Hours says when they arrived: "9:00–11:00".
func (r burstRow) Hours() string { return fmt.Sprintf("%d:00–%d:00", r.From, r.To) }

func (h *Handlers) suspectList(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	bursts, err := h.burstsOf(c.UserContext(), who, &campaign)
	if err != nil {
		return err
	}
	title := campaign.Title.In(page.ViewOf(c).Lang)
	view := listPage{
		BasePage: h.NewPage(c, who, "suspect.title", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), title),
		Campaign: &campaign,
	}
	var held, few []survey.ResponseID
	for i := range bursts {
		b := &bursts[i]
		if b.Few() && !who.May(survey.PublishCampaigns) { // that there is one may tell whether a slip was used
			continue
		}
		view.Rows = append(view.Rows, h.row(b))
		told, untold := b.WaitingTold(), b.WaitingFew()
		view.Held += len(told)
		view.Few = view.Few || len(untold) > 0
		if b.Over { // today there may be one more at each look, and the difference would tell of it
			held, few = append(held, told...), append(few, untold...)
		}
	}
	if view.Figures, err = h.figures(c.UserContext(), who, campaign.ID, held, few); err != nil {
		return err
	}
	view.NoFigures = noFigures(who, len(held) > 0)
	if view.Alone, err = h.quarantine.DecidesAlone(c.UserContext()); err != nil {
		return err
	}
	return h.Render(c, fiber.StatusOK, "staff/suspects", view)
}

// burstsOf are the bursts of a campaign at the points of a person's scope.
func (h *Handlers) burstsOf(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign) ([]quarantine.HeldBurst, error) {
	all, err := h.quarantine.Bursts(ctx, campaign.ID)
	if err != nil {
		return nil, err
	}
	catalog := h.Catalog()
	var bursts []quarantine.HeldBurst
	for _, b := range all {
		if point := catalog.Point(b.Point); point != nil && who.Covers(catalog, survey.OfUnit(point.Unit).In(campaign.Family)) {
			bursts = append(bursts, b)
		}
	}
	return bursts, nil
}

func (h *Handlers) row(b *quarantine.HeldBurst) burstRow {
	row := burstRow{HeldBurst: b, Place: h.PlaceOf(b.Point), Path: burstPath(b)}
	if point := h.Catalog().Point(b.Point); point != nil {
		row.Label = point.Label
	}
	return row
}

func burstPath(b *quarantine.HeldBurst) string {
	return suspectsPath(b.Campaign) + "/" + string(b.Point) + "/" + string(b.Day)
}

func suspectsPath(id survey.CampaignID) string { return staff.CampaignPath(id) + "/suspects" }

// figures are those of a campaign's release, and with responses that are held back, for
// who decides about them; nil where they are not for this person, or would tell what a
// few people answered.
func (h *Handlers) figures(ctx context.Context, who *staff.SignedIn, campaign survey.CampaignID, responses, others []survey.ResponseID) (*tables.Alternatives, error) {
	if !who.May(survey.PublishCampaigns) {
		return nil, nil //nolint:nilnil // there are none
	}
	a, ok, err := h.published.Alternatives(ctx, results.Office(who.User.Grant), campaign, responses, others)
	if err != nil || !ok {
		return nil, err
	}
	return &a, nil
}

// noFigures is the key of the reason why figures are not compared, where they are not.
// over says that some of the responses are of a day that is over.
func noFigures(who *staff.SignedIn, over bool) string {
	switch {
	case !who.May(survey.PublishCampaigns):
		return "suspect.no_figures.decide"
	case !who.User.Grant.Everywhere():
		return "suspect.no_figures.whole"
	case !over:
		return "suspect.no_figures.today"
	}
	return "suspect.no_figures"
}
