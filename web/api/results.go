package api

import (
	"math"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
)

// GetResults implements ServerInterface: ?campaign=&by=unit,month&sector=land.
func (h *Handlers) GetResults(c *fiber.Ctx, params GetResultsParams) error {
	q := params.query()
	if err := h.inScope(c, q); err != nil {
		return err
	}
	if err := h.notWithdrawn(q.Campaign); err != nil {
		return err
	}
	t, edition, err := h.Figures.Table(c.UserContext(), q, params.Source)
	if err != nil {
		return err
	}
	return send(c, tableOf(&t, edition, h.Words.GroupNames(h.Words.Lang(c), &t)))
}

func (p *GetResultsParams) query() results.Query {
	q := results.Query{
		Campaign: survey.CampaignID(p.Campaign), Formula: survey.Formula(p.Formula), Pooling: survey.Pooling(p.Pooling),
	}
	for _, by := range p.By {
		q.By = append(q.By, results.Dimension(by))
	}
	for _, f := range []results.Filter{
		{Dimension: results.ByUnit, Key: p.Unit},
		{Dimension: results.BySchool, Key: p.School},
		{Dimension: results.ByLevel, Key: p.SchoolLevel},
		{Dimension: results.ByForm, Key: p.Form},
		{Dimension: results.ByGroup, Key: p.SectorGroup},
		{Dimension: results.BySector, Key: p.Sector},
		{Dimension: results.ByChannel, Key: p.Channel},
		{Dimension: results.ByMonth, Key: p.Month},
	} {
		if f.Key != "" {
			q.Where = append(q.Where, f)
		}
	}
	return q
}

// notWithdrawn returns Closed, with the reason, for a campaign whose published
// figures were taken back: those of now must not come in their place.
func (h *Handlers) notWithdrawn(id survey.CampaignID) error {
	k := h.Catalog().Campaign(id)
	if k == nil {
		return nil
	}
	withdrawal, withdrawn := withdrawalOf(k)
	if !withdrawn {
		return nil
	}
	return &survey.Error{Kind: survey.Closed, Op: "ask for figures", Key: "api.withdrawn", Args: []any{withdrawal.Reason}}
}

// tableOf writes a table; edition is nil for figures of now.
func tableOf(t *results.Table, edition *survey.Edition, name func(results.Group) string) Table {
	answer := Table{
		Campaign: string(t.Campaign.ID), Questionnaire: string(t.Campaign.Family), Method: methodOf(t.Method),
		By: make([]Dimension, len(t.By)), Threshold: t.Threshold, Demo: t.Campaign.Demo, Source: SourceLive,
		Overall: figureOf(t.Overall), Groups: make([]Group, len(t.Groups)),
	}
	if edition != nil {
		answer.Source = SourcePublished
		answer.Edition = Edition{Number: int64(edition.Number), Hash: edition.Hash, Published: edition.Published, By: edition.By}
	}
	for i, d := range t.By {
		answer.By[i] = Dimension(d)
	}
	for i, g := range t.Groups {
		answer.Groups[i] = Group{Key: strings.Join(g.Keys, ","), Label: name(g), Figure: figureOf(g.Figure)}
	}
	return answer
}

func figureOf(f results.Figure) Figure {
	return Figure{
		N: f.N, Answers: f.Answers, Rate: numberOf(f.Rate), Low: numberOf(f.Low), High: numberOf(f.High), Suppressed: f.Suppressed,
	}
}

// numberOf is null for what is not a number.
func numberOf(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func methodOf(m survey.Method) Method {
	return Method{
		Formula: Formula(m.Formula), Pooling: Pooling(m.Pooling), Version: m.Version, Confidence: m.Confidence, MinN: int64(m.MinN),
	}
}
