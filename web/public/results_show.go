package public

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/web/figures"
	"hailong/web/page"
)

// resultsPage tells for each target whether it is met.
type resultsPage struct {
	page.Page
	On         survey.Date
	Targets    []targetView
	Unmeasured []results.Verdict
	Campaigns  []*survey.Campaign
}

// Hundred is a share in per cent.
func (resultsPage) Hundred(share float64) float64 { return share * 100 }

// targetView is a milestone in force, in the words of somebody who has never
// seen a statistic.
type targetView struct {
	Verdict   results.Verdict
	Judgement figures.Judgement
	Responded figures.ShownResponseRate
	Later     []survey.Milestone // of the same target
}

// resultsShow shows every target with its figure.
func (h *Handlers) resultsShow(c *fiber.Ctx) error {
	on := h.Today()
	verdicts, err := h.published.Targets(c.UserContext(), results.Public, on)
	if err != nil {
		return err
	}
	page := resultsPage{Page: h.Page(c), On: on, Campaigns: h.published.PublicCampaigns()}
	for _, v := range verdicts {
		switch {
		case !v.InForce:
		case v.State == publication.Unmeasured:
			page.Unmeasured = append(page.Unmeasured, v)
		default:
			t := targetView{Verdict: v, Judgement: figures.Judge(v.Figure, v.Method, v.Milestone.Threshold, v.Threshold), Responded: figures.ResponseRateOfTarget(&v)}
			for _, m := range v.Target.Milestones {
				if m.Due > v.Milestone.Due {
					t.Later = append(t.Later, m)
				}
			}
			page.Targets = append(page.Targets, t)
		}
	}
	return h.Render(c, fiber.StatusOK, "results", page)
}

// tab is a way to divide the figures of a campaign.
type tab struct {
	By      tables.Dimension
	Current bool
	Address string
}

// campaignPage shows one campaign, divided one way.
type campaignPage struct {
	page.Page
	Campaign  *survey.Campaign
	Running   bool
	Edition   *figures.EditionView
	Next      survey.Date // after which the next figures come; empty: none are to come
	On        survey.Date
	Overall   figures.Judgement
	Responded figures.ShownResponseRate
	By        tables.Dimension
	Tabs      []tab
	Judged    bool // lines have verdicts
	Lines     []lineView
	Hidden    bool // some line is suppressed
	Filter    string
	Back      string
	Forms     []string
}

type lineView struct {
	Name string
	Link string // to a finer table, if there is one

	Judgement figures.Judgement
}

// campaignShow shows the figures of one campaign, for one unit if asked.
func (h *Handlers) campaignShow(c *fiber.Ctx) error {
	campaign, err := h.published.Campaign(results.Public, survey.CampaignID(c.Params("campaign")))
	var refused *results.Refusal
	if errors.As(err, &refused) && refused.Reason == results.EditionWithdrawn {
		return h.withdrawnShow(c, campaign, refused.Edition)
	}
	if err != nil {
		return err
	}
	q := tables.Query{Campaign: campaign.ID}
	tabs, unit := publication.Divisions(campaign.Family), page.Parameter(c, "unit")
	if unit != "" {
		tabs = slices.DeleteFunc(tabs, func(d tables.Dimension) bool { return d == tables.ByUnit })
		q.Where = []tables.Filter{{Dimension: tables.ByUnit, Key: unit}}
	}
	by := tables.Dimension(page.Parameter(c, "by"))
	if !slices.Contains(tabs, by) {
		by = tabs[0]
	}
	q.By = []tables.Dimension{by}
	answer, err := h.published.Table(c.UserContext(), results.Request{Query: q, Reader: results.Public})
	if errors.As(err, &refused) && refused.Reason == results.NotPublished {
		return h.collectingShow(c, campaign)
	}
	if errors.Is(err, tables.ErrUnknownGroup) {
		return &survey.Error{Kind: survey.NotFound, Op: "show results", Key: "results.unknown_unit", Args: []any{unit}, Err: err}
	}
	if err != nil {
		return err
	}
	return h.Render(c, fiber.StatusOK, "results_campaign", h.campaignPage(c, campaign, &answer, unit, tabs))
}

// collectingPage says of a campaign that has no figures yet when they come.
type collectingPage struct {
	page.Page
	On        survey.Date
	Campaign  *survey.Campaign
	Collected int         // in full tens
	Until     survey.Date // the last day on which people may answer; empty: it is over
	After     survey.Date // after which figures come; empty: not known
}

func (h *Handlers) collectingShow(c *fiber.Ctx, campaign *survey.Campaign) error {
	collected, err := h.published.Collected(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	view := collectingPage{Page: h.Page(c), Campaign: campaign, On: h.Today(), Collected: collected, After: campaign.ResultsAfter(h.Today())}
	if campaign.State == survey.Open && h.Today() <= campaign.Period.To {
		view.Until = campaign.Period.To
	}
	return h.Render(c, fiber.StatusOK, "results_collecting", view)
}

// campaignPage is the page of an answer that is divided one way.
func (h *Handlers) campaignPage(c *fiber.Ctx, campaign *survey.Campaign, answer *results.Figures, unit string, tabs []tables.Dimension) campaignPage {
	catalog, l := h.Catalog(), h.Views.Locales[page.ViewOf(c).Lang]
	page := campaignPage{Page: h.Page(c), Campaign: campaign, By: answer.By[0], On: min(h.Today(), campaign.Period.To)}
	if page.On == "" {
		page.On = h.Today()
	}
	page.Running = campaign.State == survey.Open && h.Today() <= page.On
	if page.Running {
		page.Next = campaign.ResultsAfter(h.Today())
	}
	if unit != "" {
		page.Filter = figures.NameGroup(l, catalog, campaign, tables.ByUnit, unit)
		page.Back = page.address()
	}
	if answer.Edition != nil {
		page.Edition = &figures.EditionView{Edition: *answer.Edition, Campaign: campaign.ID}
	}
	for _, d := range tabs {
		query := url.Values{"by": {string(d)}}
		if unit != "" {
			query.Set("unit", unit)
		}
		page.Tabs = append(page.Tabs, tab{By: d, Current: d == page.By, Address: page.Link(page.address() + "?" + query.Encode())})
	}
	for _, ref := range campaign.Forms {
		if form := catalog.Questionnaire(ref); form != nil {
			page.Forms = append(page.Forms, form.Title.In(l.Lang)+" ("+strconv.Itoa(ref.Version)+")")
		}
	}
	h.fillLines(&page, answer)
	return page
}

// address is where a campaign's results are shown.
func (p *campaignPage) address() string { return "/results/" + string(p.Campaign.ID) }

// fillLines puts the figures of an answer into a page, each judged by the
// target that is for it.
func (h *Handlers) fillLines(page *campaignPage, answer *results.Figures) {
	catalog, by := h.Catalog(), page.By
	_, general := figures.TargetOf(catalog, page.Campaign.Family, "", page.On)
	page.Responded = figures.ResponseRateOf(answer)
	page.Overall = figures.Judge(answer.Overall, answer.Method, general.Threshold, answer.Threshold)
	page.Judged = general.Threshold > 0 && slices.Contains([]tables.Dimension{tables.ByUnit, tables.BySchool, tables.ByLevel, tables.BySector}, by)
	name := figures.Namer(h.Views.Locales[page.Lang], catalog, &answer.Table)
	for _, g := range answer.Groups {
		threshold := general.Threshold
		if sector := catalog.Sector(survey.SectorID(g.Keys[0])); by == tables.BySector && sector != nil {
			_, own := figures.TargetOf(catalog, page.Campaign.Family, sector.Group, page.On)
			threshold = own.Threshold
		}
		line := lineView{Name: name(g), Judgement: figures.Judge(g.Figure, answer.Method, threshold, answer.Threshold)}
		if by == tables.ByUnit && g.Keys[0] != tables.None && !g.Figure.Suppressed {
			line.Link = page.Link(page.address() + "?unit=" + url.QueryEscape(g.Keys[0]))
		}
		page.Hidden = page.Hidden || g.Figure.Suppressed
		page.Lines = append(page.Lines, line)
	}
}
