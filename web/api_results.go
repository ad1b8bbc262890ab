package web

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis"
	"hailong/analysis/results"
	"hailong/survey"
	"hailong/web/figures"
	"hailong/web/page"
)

type apiTable struct {
	Campaign      survey.CampaignID   `json:"campaign"`
	Questionnaire survey.Family       `json:"questionnaire"`
	Method        survey.Method       `json:"method"`
	By            []results.Dimension `json:"by"`
	Threshold     int64               `json:"threshold"` // groups of fewer respondents are suppressed
	Demo          bool                `json:"demo,omitempty"`
	Source        results.Source      `json:"source"`
	Edition       *survey.Edition     `json:"edition,omitempty"` // of the published figures; absent: figures of now
	Overall       results.Figure      `json:"overall"`
	Groups        []apiGroup          `json:"groups"`
}

type apiGroup struct {
	Key    string         `json:"key"`
	Label  string         `json:"label"`
	Figure results.Figure `json:"figure"`
}

// takesQuery refuses parameters that mean nothing to apiResults.
func takesQuery() fiber.Handler {
	known := []string{"campaign", "by", "formula", "pooling", "source"}
	for _, d := range results.Dimensions {
		known = append(known, string(d))
	}
	return takes(known...)
}

// apiResults answers a table of figures: ?campaign=&by=unit,month&sector=land.
func (s *Server) apiResults(c *fiber.Ctx) error {
	q := results.Query{
		Campaign: survey.CampaignID(page.Parameter(c, "campaign")),
		Formula:  survey.Formula(page.Parameter(c, "formula")),
		Pooling:  survey.Pooling(page.Parameter(c, "pooling")),
	}
	if q.Campaign == "" {
		return &survey.Error{Kind: survey.Invalid, Op: "ask for figures", Key: "api.campaign_needed"}
	}
	for by := range strings.SplitSeq(page.Parameter(c, "by"), ",") {
		if by = strings.TrimSpace(by); by != "" {
			q.By = append(q.By, results.Dimension(by))
		}
	}
	for _, d := range results.Dimensions {
		if key := page.Parameter(c, string(d)); key != "" {
			q.Where = append(q.Where, results.Filter{Dimension: d, Key: key})
		}
	}
	if err := s.inScope(c, q); err != nil {
		return err
	}
	t, err := s.services.Published.Table(c.UserContext(), results.Request{Query: q, Reader: results.Program, Source: results.Source(page.Parameter(c, "source"))})
	if err != nil {
		return err
	}
	l := s.Views.Locales[page.ViewOf(c).Lang]
	answer := apiTable{
		Campaign: t.Campaign.ID, Questionnaire: t.Campaign.Family, Method: t.Method, By: t.By, Threshold: t.Threshold,
		Demo: t.Campaign.Demo, Source: t.Source, Edition: t.Edition, Overall: t.Overall, Groups: make([]apiGroup, len(t.Groups)),
	}
	if answer.By == nil {
		answer.By = []results.Dimension{}
	}
	name := figures.Namer(l, s.Catalog(), &t.Table)
	for i, g := range t.Groups {
		answer.Groups[i] = apiGroup{Key: strings.Join(g.Keys, ","), Label: name(g), Figure: g.Figure}
	}
	return sendJSON(c, answer)
}

type apiVerdict struct {
	Code      survey.TargetCode    `json:"code"`
	Title     string               `json:"title"`
	Clause    string               `json:"clause"`
	Threshold float64              `json:"threshold"`
	Due       survey.Date          `json:"due"`
	InForce   bool                 `json:"in_force"`
	Campaign  *survey.CampaignID   `json:"campaign"`
	State     results.VerdictState `json:"state"`
	Source    *results.Source      `json:"source"` // null without a campaign
	Figure    results.Figure       `json:"figure"`
	Met       *bool                `json:"met"`
	Evidence  analysis.Evidence    `json:"evidence"`
	Needed    *int64               `json:"needed"`
}

// apiTargets answers every target and milestone: ?on=2026-03-31.
func (s *Server) apiTargets(c *fiber.Ctx) error {
	on := s.Today()
	if given := page.Parameter(c, "on"); given != "" {
		var err error
		if on, err = survey.ParseDate(given); err != nil {
			return &survey.Error{Kind: survey.Invalid, Op: "ask for targets", Key: "api.bad_date", Args: []any{given}, Err: err}
		}
	}
	verdicts, err := s.services.Published.Targets(c.UserContext(), on)
	if err != nil {
		return err
	}
	lang := page.ViewOf(c).Lang
	answer := make([]apiVerdict, len(verdicts))
	for i, v := range verdicts {
		answer[i] = apiVerdict{
			Code: v.Target.Code, Title: v.Target.Title.In(lang), Clause: v.Target.Clause.In(lang),
			Threshold: v.Milestone.Threshold, Due: v.Milestone.Due, InForce: v.InForce,
			State: v.State, Figure: v.Figure, Evidence: v.Evidence,
		}
		if v.Campaign != nil {
			answer[i].Campaign, answer[i].Source = &v.Campaign.ID, &v.Source
		}
		if v.State == results.Judged {
			answer[i].Met = &v.Met
		}
		if v.Needed > 0 {
			answer[i].Needed = &v.Needed
		}
	}
	return sendJSON(c, answer)
}

type apiCampaign struct {
	ID            survey.CampaignID    `json:"id"`
	Title         string               `json:"title"`
	Questionnaire survey.Family        `json:"questionnaire"`
	Forms         []survey.FormRef     `json:"forms"`
	From          survey.Date          `json:"from"`
	To            survey.Date          `json:"to"`
	State         survey.CampaignState `json:"state"`
	Method        survey.Method        `json:"method"`
	Demo          bool                 `json:"demo,omitempty"`
	Withdrawn     *apiWithdrawal       `json:"withdrawn,omitempty"` // why there are no figures
}

type apiWithdrawal struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// withdrawalOf is how the figures of a campaign were taken back, nil where they
// were not.
func withdrawalOf(k *survey.Campaign) *apiWithdrawal {
	edition := results.Withdrawal(k)
	if edition == nil {
		return nil
	}
	return &apiWithdrawal{At: edition.Withdrawn, Reason: edition.Reason}
}

func (s *Server) apiCampaigns(c *fiber.Ctx) error {
	lang := page.ViewOf(c).Lang
	answer := []apiCampaign{}
	catalog := s.Catalog()
	for _, k := range catalog.Campaigns {
		if !bearer(c).Grant.Covers(catalog, "", k.Family) {
			continue
		}
		answer = append(answer, apiCampaign{
			ID: k.ID, Title: k.Title.In(lang), Questionnaire: k.Family, Forms: k.Forms,
			From: k.Period.From, To: k.Period.To, State: k.State, Method: k.Method, Demo: k.Demo,
			Withdrawn: withdrawalOf(&k),
		})
	}
	return sendJSON(c, answer)
}

func (s *Server) apiPoints(c *fiber.Ctx) error {
	catalog := s.Catalog()
	points := catalog.PointListings(s.BaseURL(c), s.Today(), page.ViewOf(c).Lang)
	return sendJSON(c, slices.DeleteFunc(points, func(p survey.PointListing) bool { return !s.coversPoint(c, p.Code) }))
}

// coversPoint reports whether a point lies in the scope of the program.
func (s *Server) coversPoint(c *fiber.Ctx, code survey.PointCode) bool {
	catalog := s.Catalog()
	point := catalog.Point(code)
	if point == nil {
		return false
	}
	var family survey.Family
	if form := catalog.Latest(point.Form); form != nil {
		family = form.Family
	}
	return bearer(c).Grant.Covers(catalog, point.Unit, family)
}

// inScope returns an error for figures outside the scope of the program. Whose
// scope is units has to name one of them: a total would tell of the others.
func (s *Server) inScope(c *fiber.Ctx, q results.Query) error {
	grant, catalog := bearer(c).Grant, s.Catalog()
	if campaign := catalog.Campaign(q.Campaign); campaign != nil && !grant.Covers(catalog, "", campaign.Family) {
		return survey.NewError(survey.NotFound, "ask for figures", nil)
	}
	if len(grant.Scope.Units) == 0 && grant.Role != survey.CommuneCommittee {
		return nil
	}
	for _, f := range q.Where {
		if (f.Dimension == results.ByUnit || f.Dimension == results.BySchool) && grant.Covers(catalog, survey.UnitID(f.Key), "") {
			return nil
		}
	}
	return &survey.Error{Kind: survey.Forbidden, Op: "ask for figures", Key: "api.unit_needed"}
}
