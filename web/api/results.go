package api

import (
	"math"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/web/figures"
	"hailong/web/page"
)

// GetResults implements ServerInterface: ?campaign=&by=unit,month&sector=land.
func (h *Handlers) GetResults(c *fiber.Ctx, params GetResultsParams) error {
	q := params.query()
	if err := h.inScope(c, q); err != nil {
		return err
	}
	answer, err := h.services.Published.Table(c.UserContext(), results.Request{
		Query: q, Reader: results.Office(tokenOf(c).Grant), Source: sourceOf(params.Source),
	})
	if err != nil {
		return err
	}
	if answer.Source == results.FromRelease {
		if err := h.noteSchools(c, q); err != nil {
			return err
		}
	}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	return send(c, tableOf(&answer, figures.Namer(l, h.Catalog(), &answer.Table)))
}

// noteSchools records who read figures of schools from a release: there few people
// are behind a figure. A page records the same.
func (h *Handlers) noteSchools(c *fiber.Ctx, q tables.Query) error {
	subject := ""
	for _, f := range q.Where {
		if f.Dimension == tables.BySchool || f.Dimension == tables.ByUnit && slices.Contains(q.By, tables.BySchool) {
			subject = "units/" + f.Key
		}
	}
	if subject == "" && slices.Contains(q.By, tables.BySchool) {
		subject = "units"
	}
	if subject == "" {
		return nil
	}
	return h.services.Audit.Record(c.UserContext(), tokenOf(c).Actor(), "release.school", subject, nil, struct {
		Campaign survey.CampaignID `json:"campaign"`
	}{q.Campaign})
}

// sourceOf reads a source by its name or by an older one.
func sourceOf(name GetResultsParamsSource) results.Source {
	switch name {
	case GetResultsParamsSourcePublished:
		return results.FromEdition
	case GetResultsParamsSourceLive:
		return results.FromRelease
	case GetResultsParamsSourceEdition, GetResultsParamsSourceRelease:
	}
	return results.Source(name)
}

func (p *GetResultsParams) query() tables.Query {
	q := tables.Query{
		Campaign: survey.CampaignID(p.Campaign), Formula: survey.Formula(p.Formula), Pooling: survey.Pooling(p.Pooling),
	}
	for _, by := range p.By {
		q.By = append(q.By, tables.Dimension(by))
	}
	for _, f := range []tables.Filter{
		{Dimension: tables.ByUnit, Key: p.Unit},
		{Dimension: tables.BySchool, Key: p.School},
		{Dimension: tables.ByLevel, Key: p.SchoolLevel},
		{Dimension: tables.ByForm, Key: p.Form},
		{Dimension: tables.ByGroup, Key: p.SectorGroup},
		{Dimension: tables.BySector, Key: p.Sector},
		{Dimension: tables.ByChannel, Key: p.Channel},
		{Dimension: tables.ByMonth, Key: p.Month},
	} {
		if f.Key != "" {
			q.Where = append(q.Where, f)
		}
	}
	return q
}

// tableOf writes the answer to a query.
func tableOf(t *results.Figures, name func(tables.Group) string) Table {
	answer := Table{
		Campaign: string(t.Campaign.ID), Questionnaire: string(t.Campaign.Family), Method: methodOf(t.Method),
		By: make([]Dimension, len(t.By)), Threshold: t.Threshold, Demo: t.Campaign.Demo, Source: Source(t.Source),
		Overall: figureOf(t.Overall), Groups: make([]Group, len(t.Groups)),
	}
	if e := t.Edition; e != nil {
		answer.Edition = Edition{Number: int64(e.Number), Hash: e.Hash, Published: e.Published, By: e.By}
		if h := e.Log; h != nil {
			answer.Edition.Head = LogHead{Size: h.Size, Root: h.Root, Signed: h.Signed, Key: h.Key}
		}
	}
	if t.Release != nil {
		answer.Released, answer.Waiting = t.Release.At, int64(t.Waiting.Total())
	}
	answer.ResponseRate = responseRateOf(t.ResponseRate)
	for i, d := range t.By {
		answer.By[i] = Dimension(d)
	}
	for i, g := range t.Groups {
		answer.Groups[i] = Group{Key: strings.Join(g.Keys, ","), Label: name(g), Figure: figureOf(g.Figure)}
	}
	return answer
}

// responseRateOf writes a response rate; the zero value, which is left out, for none.
func responseRateOf(r *publication.ResponseRate) (rate ResponseRate) {
	if r == nil {
		return rate
	}
	rate = ResponseRate{Transactions: int64(r.Transactions), Responses: int64(r.Responses), Rate: r.Rate, Above: r.Impossible()}
	for _, c := range r.Channels {
		rate.Channels = append(rate.Channels, ChannelRate{Channel: Channel(c.Channel), Responses: int64(c.Responses), Rate: c.Rate})
	}
	return rate
}

func figureOf(f tables.Figure) Figure {
	figure := Figure{
		N: f.N, Answers: f.Answers, Rate: numberOf(f.Rate), Low: numberOf(f.Low), High: numberOf(f.High), Suppressed: f.Suppressed, Few: f.Few,
	}
	if f.Verified != nil {
		verified := figureOf(*f.Verified)
		figure.Verified = &verified
	}
	return figure
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
