package results

import (
	"slices"

	"hailong/analysis"
	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// Verdict is one milestone of a target beside the figure that answers it.
type Verdict struct {
	Target    *survey.Target
	Milestone survey.Milestone
	InForce   bool             // this milestone counts on the day asked for
	Campaign  *survey.Campaign // that the figure comes from; nil: none
	Method    survey.Method
	Threshold int64 // fewer respondents are not shown
	Figure    tables.Figure
	Source    Source // of the figure; empty without a campaign
	// ResponseRate is that of the campaign, where the target is about all of it; nil
	// where it is about some sectors, by which transactions are not divided, or where no
	// transactions are stated.
	ResponseRate *publication.ResponseRate
	publication.Comparison
}

// targets lists every milestone of every target with the campaign whose figure
// answers it on a day, and no figure yet. The one in force is answered by the campaign
// of that day, and so are those still to come. One that is past is answered by the
// campaign of its own year, where there was one: what people said in 2026 does not
// tell whether 2025 was reached.
func targets(catalog *survey.Catalog, on survey.Date) []Verdict {
	var verdicts []Verdict
	for i := range catalog.Targets {
		t := &catalog.Targets[i]
		inForce := t.InForce(on)
		for m, milestone := range t.Milestones {
			v := Verdict{
				Target: t, Milestone: milestone, InForce: m == inForce,
				Figure: tables.NoFigure(), Comparison: publication.Comparison{State: publication.Unmeasured, Evidence: analysis.None},
			}
			if t.Family != "" {
				v.State, v.Campaign = publication.NoCampaign, CampaignOf(catalog, t.Family, on)
			}
			if past := CampaignOf(catalog, t.Family, milestone.Due); m < inForce && past != nil {
				v.Campaign = past
			}
			verdicts = append(verdicts, v)
		}
	}
	return verdicts
}

// judge puts a figure beside a milestone.
func (v *Verdict) judge(f tables.Figure, m survey.Method, threshold int64, source Source) {
	v.Figure, v.Method, v.Threshold, v.Source = f, m, threshold, source
	v.Comparison = publication.Judge(v.Figure, v.Method, v.Milestone.Threshold)
}

// CampaignOf is the campaign whose figures count for a family on a day: of
// those whose period touches the day's year, the one that holds the day, else
// the latest. It is nil where there is none. Drafts and withdrawn campaigns do
// not count.
func CampaignOf(catalog *survey.Catalog, family survey.Family, on survey.Date) *survey.Campaign {
	var best *survey.Campaign
	better := func(a, b *survey.Campaign) bool {
		if a.Period.Contains(on) != b.Period.Contains(on) {
			return a.Period.Contains(on)
		}
		return a.Period.From > b.Period.From
	}
	year := on.Year()
	for i := range catalog.Campaigns {
		c := &catalog.Campaigns[i]
		switch {
		case c.Family != family || slices.Contains([]survey.CampaignState{survey.Draft, survey.Withdrawn}, c.State):
		case c.Period.From != "" && c.Period.From.Year() > year || c.Period.To != "" && c.Period.To.Year() < year:
		case best == nil || better(c, best):
			best = c
		}
	}
	return best
}
