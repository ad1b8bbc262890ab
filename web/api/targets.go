package api

import (
	"cmp"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/analysis/results/publication"
	"hailong/survey"
	"hailong/web/page"
)

// GetTargets implements ServerInterface: every target and milestone, ?on=2026-03-31.
func (h *Handlers) GetTargets(c *fiber.Ctx, params GetTargetsParams) error {
	verdicts, err := h.services.Published.Targets(c.UserContext(), results.Office(tokenOf(c).Grant), cmp.Or(params.On, h.Today()))
	if err != nil {
		return err
	}
	answer := make([]Verdict, len(verdicts))
	for i := range verdicts {
		answer[i] = verdictOf(&verdicts[i], page.ViewOf(c).Lang)
	}
	return send(c, answer)
}

func verdictOf(v *results.Verdict, lang survey.Lang) Verdict {
	answer := Verdict{
		Code: string(v.Target.Code), Title: v.Target.Title.In(lang), Clause: v.Target.Clause.In(lang),
		Threshold: v.Milestone.Threshold, Due: v.Milestone.Due, InForce: v.InForce,
		State: VerdictState(v.State), Figure: figureOf(v.Figure), Evidence: VerdictEvidence(v.Evidence), Caveat: VerdictCaveat(v.Caveat),
		ResponseRate: responseRateOf(v.ResponseRate),
	}
	if v.Campaign != nil {
		id := string(v.Campaign.ID)
		answer.Campaign = &id
	}
	if source := Source(v.Source); v.Source != "" {
		answer.Source = &source
	}
	if v.State == publication.Judged {
		answer.Met = &v.Met
	}
	if v.Needed > 0 {
		answer.Needed = &v.Needed
	}
	return answer
}
