package web

import (
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis"
	"hailong/analysis/results"
	"hailong/survey"
)

// resultsPage tells for each target whether it is met.
type resultsPage struct {
	Page
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
	Judgement judgement
	Later     []survey.Milestone // of the same target
}

// resultsShow shows every target with its figure.
func (s *Server) resultsShow(c *fiber.Ctx) error {
	on := s.today()
	verdicts, err := s.verdicts(c.UserContext(), on)
	if err != nil {
		return err
	}
	page := resultsPage{Page: s.page(c), On: on, Campaigns: s.publicCampaigns()}
	for _, v := range verdicts {
		switch {
		case !v.InForce:
		case v.State == results.Unmeasured:
			page.Unmeasured = append(page.Unmeasured, v)
		default:
			t := targetView{Verdict: v, Judgement: judge(v.Figure, v.Method, v.Milestone.Threshold, v.Threshold)}
			for _, m := range v.Target.Milestones {
				if m.Due > v.Milestone.Due {
					t.Later = append(t.Later, m)
				}
			}
			page.Targets = append(page.Targets, t)
		}
	}
	return s.render(c, fiber.StatusOK, "results", page)
}

// publicCampaigns are those whose figures the public may see, newest first.
func (s *Server) publicCampaigns() []*survey.Campaign {
	var campaigns []*survey.Campaign
	catalog := s.config.Catalog()
	for i := range catalog.Campaigns {
		if k := &catalog.Campaigns[i]; public(k) {
			campaigns = append(campaigns, k)
		}
	}
	slices.SortStableFunc(campaigns, func(a, b *survey.Campaign) int {
		if a.Period.From != b.Period.From {
			if a.Period.From > b.Period.From {
				return -1
			}
			return 1
		}
		return slices.Index(survey.Families, a.Family) - slices.Index(survey.Families, b.Family)
	})
	return campaigns
}

func public(c *survey.Campaign) bool {
	return c.State != survey.Draft && c.State != survey.Withdrawn
}

// judgement is a figure against a threshold, ready to be shown.
type judgement struct {
	Figure    results.Figure
	Method    survey.Method
	Target    float64 // 0: there is none
	Threshold int64   // fewer respondents are not shown
	State     results.VerdictState
	Met       bool
	Evidence  analysis.Evidence
	Needed    int64
}

func judge(f results.Figure, m survey.Method, target float64, threshold int64) judgement {
	j := judgement{Figure: f, Method: m, Target: target, Threshold: threshold}
	j.State, j.Met, j.Evidence, j.Needed = results.Judge(f, m, target)
	return j
}

// Word names the verdict: "met", "met_maybe", "missed", "missed_maybe", "few"
// or "none"; template and style sheet know these words.
func (j judgement) Word() string {
	maybe := ""
	if j.Evidence == analysis.Inconclusive {
		maybe = "_maybe"
	}
	switch {
	case j.State == results.TooFew:
		return "few"
	case j.State != results.Judged:
		return "none"
	case j.Met:
		return "met" + maybe
	}
	return "missed" + maybe
}

// Key is the translation key of the verdict.
func (j judgement) Key() string { return "results.verdict." + j.Word() }

// TextKey is the translation key of the sentence that explains the verdict.
func (j judgement) TextKey() string { return j.Key() + ".text" }

// Missing is how many respondents are missing to what is needed.
func (j judgement) Missing() int64 { return max(0, j.Needed-j.Figure.N) }

// LeastN is the method's least number of respondents for a verdict.
func (j judgement) LeastN() int { return j.Method.MinN }

// OutOf is the round number of people that a share is told of: 100, unless
// rounding would put the share on the wrong side of the target.
func (j judgement) OutOf() int {
	for _, n := range []int{100, 1000, 10000} {
		told := float64(j.Satisfied(n)) / float64(n)
		if j.Target == 0 || (told >= j.Target) == (j.Figure.Rate >= j.Target) {
			return n
		}
	}
	return 10000
}

// Satisfied is how many of n people are satisfied.
func (j judgement) Satisfied(n int) int { return int(math.Round(j.Figure.Rate * float64(n))) }

// Share reports whether the figure is a share of people or answers and not a
// mean score.
func (j judgement) Share() bool { return j.Method.Formula == survey.Top2 }

// Score is the figure as points of 100.
func (j judgement) Score() float64 { return j.Figure.Rate * 100 }

// Shown reports whether there is a figure to show.
func (j judgement) Shown() bool { return j.Figure.Defined() }

// Bounded reports whether there is an interval to show.
func (j judgement) Bounded() bool { return j.Figure.Interval().Defined() }

// Aim is the target in per cent.
func (j judgement) Aim() float64 { return j.Target * 100 }

// Late reports whether the target stands in the right half of a bar.
func (j judgement) Late() bool { return j.Target > 0.5 }

// Level is the confidence of the interval in per cent.
func (j judgement) Level() float64 { return j.Method.Confidence * 100 }

// X places a share on a bar of a width, rounded to tenths of a pixel.
func (j judgement) X(share, width float64) float64 { return math.Round(share*width*10) / 10 }

// tab is a way to divide the figures of a campaign.
type tab struct {
	By      results.Dimension
	Current bool
	Address string
}

// campaignPage shows one campaign, divided one way.
type campaignPage struct {
	Page
	Campaign *survey.Campaign
	Running  bool
	Edition  *editionView // nil: figures of now
	On       survey.Date
	Overall  judgement
	By       results.Dimension
	Tabs     []tab
	Judged   bool // lines have verdicts
	Lines    []lineView
	Hidden   bool // some line is suppressed
	Filter   string
	Back     string
	Forms    []string
}

type lineView struct {
	Name string
	Link string // to a finer table, if there is one

	Judgement judgement
}

// tabsOf lists how a campaign of a family may be divided, the first by default.
func tabsOf(family survey.Family) []results.Dimension {
	switch family {
	case survey.Procedures:
		return []results.Dimension{results.ByUnit, results.BySector, results.ByMonth, results.ByChannel}
	case survey.Education:
		return []results.Dimension{results.ByUnit, results.ByLevel, results.BySchool, results.ByFactor, results.ByItem, results.ByMonth}
	case survey.Residents:
	}
	return []results.Dimension{results.ByUnit, results.ByFactor, results.ByItem, results.ByMonth}
}

// campaignShow shows the figures of one campaign, for one unit if asked.
func (s *Server) campaignShow(c *fiber.Ctx) error {
	catalog := s.config.Catalog()
	campaign := catalog.Campaign(survey.CampaignID(c.Params("campaign")))
	if campaign != nil && campaign.State == survey.Withdrawn && len(campaign.Editions) > 0 {
		return s.withdrawnShow(c, campaign)
	}
	if campaign == nil || !public(campaign) {
		return &survey.Error{Kind: survey.NotFound, Op: "show results", Key: "results.unknown_campaign", Args: []any{c.Params("campaign")}}
	}
	l := s.views.locales[viewOf(c).Lang]
	tabs := tabsOf(campaign.Family)
	by := results.Dimension(parameter(c, "by"))
	unit := parameter(c, "unit")
	if unit != "" {
		tabs = slices.DeleteFunc(tabs, func(d results.Dimension) bool { return d == results.ByUnit })
	}
	if !slices.Contains(tabs, by) {
		by = tabs[0]
	}
	q := results.Query{Campaign: campaign.ID, By: []results.Dimension{by}}
	address := "/results/" + string(campaign.ID)
	page := campaignPage{Page: s.page(c), Campaign: campaign, By: by, On: min(s.today(), campaign.Period.To)}
	if page.On == "" {
		page.On = s.today()
	}
	if unit != "" {
		q.Where = []results.Filter{{Dimension: results.ByUnit, Key: unit}}
		page.Filter = l.nameGroup(catalog, campaign, results.ByUnit, unit)
		page.Back = address
	}
	table, edition, err := s.table(c.UserContext(), q)
	if errors.Is(err, results.ErrUnknownValue) {
		return &survey.Error{Kind: survey.NotFound, Op: "show results", Key: "results.unknown_unit", Args: []any{unit}, Err: err}
	}
	if err != nil {
		return err
	}
	if edition == nil && campaign.Current() != nil {
		// The public is told what was published, and nothing else in its place.
		return &survey.Error{Kind: survey.NotFound, Op: "show results", Key: "results.not_published"}
	}
	page.Edition = edition
	page.Running = campaign.State == survey.Open && s.today() <= page.On
	_, general := targetOf(catalog, campaign.Family, "", page.On)
	page.Overall = judge(table.Overall, table.Method, general.Threshold, table.Threshold)
	for _, d := range tabs {
		query := url.Values{"by": {string(d)}}
		if unit != "" {
			query.Set("unit", unit)
		}
		page.Tabs = append(page.Tabs, tab{By: d, Current: d == by, Address: page.Link(address + "?" + query.Encode())})
	}
	for _, ref := range campaign.Forms {
		if form := catalog.Questionnaire(ref); form != nil {
			page.Forms = append(page.Forms, form.Title.In(l.lang)+" ("+strconv.Itoa(ref.Version)+")")
		}
	}
	page.Judged = general.Threshold > 0 && slices.Contains([]results.Dimension{results.ByUnit, results.BySchool, results.ByLevel, results.BySector}, by)
	name := l.namer(catalog, &table)
	for _, g := range table.Groups {
		threshold := general.Threshold
		if sector := catalog.Sector(survey.SectorID(g.Keys[0])); by == results.BySector && sector != nil {
			_, own := targetOf(catalog, campaign.Family, sector.Group, page.On)
			threshold = own.Threshold
		}
		line := lineView{Name: name(g), Judgement: judge(g.Figure, table.Method, threshold, table.Threshold)}
		if by == results.ByUnit && g.Keys[0] != results.None && !g.Figure.Suppressed {
			line.Link = page.Link(address + "?unit=" + url.QueryEscape(g.Keys[0]))
		}
		page.Hidden = page.Hidden || g.Figure.Suppressed
		page.Lines = append(page.Lines, line)
	}
	return s.render(c, fiber.StatusOK, "results_campaign", page)
}
