package campaigns

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/web/figures"
	"hailong/web/page"
	"hailong/web/staff"
)

// figuresPage is the figures of a campaign's release as the office whose they are
// sees them.
type figuresPage struct {
	staff.BasePage
	Campaign     *survey.Campaign
	Release      *releases.Release
	Waiting      []figuresWaiting
	WaitingTotal int
	Fewest       int // new responses of a unit and class that enter together, at the least
	Units        []figuresUnit
	Overall      figures.Judgement
	Responded    figures.ShownResponseRate
	Supplied     suppliedShare
	Few          bool
	By           tables.Dimension
	Tabs         []figuresTab
	Lines        []figuresLine
}

// figuresUnit is a unit of one's own whose figures can be chosen.
type figuresUnit struct {
	Name, Path string
}

type figuresTab struct {
	By      tables.Dimension
	Path    string
	Current bool
}

type figuresLine struct {
	Name      string
	Path      string // to a finer table, if there is one
	Judgement figures.Judgement
	Few       bool
}

// figuresShow shows the release: of everything, of a unit (?unit=) or of a school
// (?school=), divided one way (?by=). Who has a scope chooses a unit of it.
func (h *Handlers) figuresShow(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	view := figuresPage{
		BasePage: h.NewPage(c, who, "campaign.figures", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), campaign.Title.In(page.ViewOf(c).Lang)),
		Campaign: &campaign, Fewest: releases.FewestNew(campaign.Family),
	}
	unit, school := page.Parameter(c, "unit"), page.Parameter(c, "school")
	tabs := figuresDivisions(&campaign, unit, school)
	view.By = tables.Dimension(page.Parameter(c, "by"))
	if !slices.Contains(tabs, view.By) {
		view.By = tabs[0]
	}
	q := tables.Query{Campaign: campaign.ID, By: []tables.Dimension{view.By}, Where: figuresFilter(unit, school)}
	answer, err := h.published.Table(c.UserContext(), results.Request{Query: q, Reader: results.Office(who.User.Grant), Source: results.FromRelease})
	var refused *results.Refusal
	if errors.As(err, &refused) && refused.Reason == results.NotYours && len(q.Where) == 0 {
		view.Units = h.ownUnits(who, &campaign)
		return h.Render(c, fiber.StatusOK, "staff/campaign_figures", view)
	}
	if errors.As(err, &refused) || errors.Is(err, tables.ErrUnknownGroup) {
		return fiber.ErrNotFound // whether there is such a unit is not told to others
	}
	if err != nil {
		return err
	}
	if school != "" || view.By == tables.BySchool {
		if err := h.noteSchools(c.UserContext(), who, &campaign, cmp.Or(school, unit)); err != nil {
			return err
		}
	}
	if view.Supplied, err = h.suppliedOf(c.UserContext(), who, campaign.ID, h.Views.Locales[view.Lang], q.Where...); err != nil {
		return err
	}
	h.fillReleased(&view, &answer, tabs, unit, school)
	return h.Render(c, fiber.StatusOK, "staff/campaign_figures", view)
}

// figuresFilter keeps a school, else a unit, else everything.
func figuresFilter(unit, school string) []tables.Filter {
	switch {
	case school != "":
		return []tables.Filter{{Dimension: tables.BySchool, Key: school}}
	case unit != "":
		return []tables.Filter{{Dimension: tables.ByUnit, Key: unit}}
	}
	return nil
}

// figuresDivisions are the ways in which a release is divided: as an edition, and a
// school by what is asked.
func figuresDivisions(campaign *survey.Campaign, unit, school string) []tables.Dimension {
	tabs := publication.Divisions(campaign.Family)
	switch {
	case school != "":
		return []tables.Dimension{tables.ByItem, tables.ByFactor, tables.ByMonth}
	case unit != "":
		return slices.DeleteFunc(tabs, func(d tables.Dimension) bool { return d == tables.ByUnit })
	}
	return tabs
}

// noteSchools records who looked at the figures of a school, or of all of a unit
// (empty: of all units): there few people are behind a figure. The interface for
// programs records the same.
func (h *Handlers) noteSchools(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign, unit string) error {
	return h.Audit.Record(ctx, who.Actor(), "release.school", strings.TrimSuffix("units/"+unit, "/"), nil, struct {
		Campaign survey.CampaignID `json:"campaign"`
	}{campaign.ID})
}

// ownUnits are the units of a person's scope that a campaign can be read for.
func (h *Handlers) ownUnits(who *staff.SignedIn, campaign *survey.Campaign) []figuresUnit {
	catalog, covers := h.Catalog(), h.UnitsOf(who, campaign)
	var units []figuresUnit
	for i := range catalog.Units {
		u := &catalog.Units[i]
		key := "unit"
		switch u.Kind {
		case survey.School:
			key = "school"
		case survey.Commune, survey.Department:
		case survey.OneStop, survey.Area, survey.Province:
			continue
		}
		if !covers(u.ID) || !u.Valid.Contains(campaign.Frame) || key == "school" && campaign.Family != survey.Education {
			continue
		}
		units = append(units, figuresUnit{u.Name.In(survey.Vietnamese), figuresPath(campaign.ID, url.Values{key: {string(u.ID)}})})
	}
	return units
}

func figuresPath(id survey.CampaignID, query url.Values) string {
	path := staff.CampaignPath(id) + "/figures"
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

// fillReleased puts the figures of an answer into a page, each judged by the target
// that is for it.
func (h *Handlers) fillReleased(view *figuresPage, answer *results.Figures, tabs []tables.Dimension, unit, school string) {
	catalog, l, today := h.Catalog(), h.Views.Locales[view.Lang], h.Today()
	view.Release, view.WaitingTotal, view.Waiting = answer.Release, answer.Waiting.Total(), h.waitingUnits(view.Campaign, answer.Waiting, l)
	if view.Responded = figures.ResponseRateOf(answer); view.Responded.Known() {
		view.Responded.Above = h.pointsAbove(answer.ResponseRate.PointsAbove, l)
	}
	_, target := figures.TargetOf(catalog, view.Campaign.Family, "", today)
	view.Overall = figures.Judge(answer.Overall, answer.Method, target.Threshold, answer.Threshold)
	view.Few = answer.Overall.Few
	if unit != "" || school != "" {
		dimension, key := tables.ByUnit, unit
		if school != "" {
			dimension, key = tables.BySchool, school
		}
		view.AddCrumb(figuresPath(view.Campaign.ID, nil), "campaign.figures")
		view.Title = figures.NameGroup(l, catalog, view.Campaign, dimension, key)
	}
	for _, d := range tabs {
		query := url.Values{"by": {string(d)}}
		for name, value := range map[string]string{"unit": unit, "school": school} {
			if value != "" {
				query.Set(name, value)
			}
		}
		view.Tabs = append(view.Tabs, figuresTab{d, figuresPath(view.Campaign.ID, query), d == view.By})
	}
	name := figures.Namer(l, catalog, &answer.Table)
	for _, g := range answer.Groups {
		line := figuresLine{Name: name(g), Few: g.Figure.Few, Judgement: figures.Judge(g.Figure, answer.Method, target.Threshold, answer.Threshold)}
		switch {
		case g.Keys[0] == tables.None || g.Figure.Suppressed:
		case view.By == tables.ByUnit:
			line.Path = figuresPath(view.Campaign.ID, url.Values{"unit": {g.Keys[0]}})
		case view.By == tables.BySchool:
			line.Path = figuresPath(view.Campaign.ID, url.Values{"school": {g.Keys[0]}})
		}
		view.Lines = append(view.Lines, line)
	}
}

// releaseCut cuts the release of a campaign now, by the rule of every day.
func (h *Handlers) releaseCut(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	cuts, err := h.published.CutReleases(c.UserContext(), who.Actor(), campaign.ID)
	if err != nil {
		return err
	}
	what := "campaign_release_same"
	if cuts[0].Changed {
		what = "campaign_release"
	}
	return h.Done(c, figuresPath(campaign.ID, nil), what)
}
