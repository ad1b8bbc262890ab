package results

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"hailong/analysis"
	"hailong/analysis/results/publication"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// judge judges the targets by the releases.
func (w *fixture) judge(on survey.Date) ([]Verdict, error) {
	return NewPublished(w.released, nil, nil).Targets(w.Context(), everywhere, on)
}

func TestTargets(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	sector := func(id survey.SectorID, code int) func(int) survey.Response {
		return func(int) survey.Response {
			r := w.Response(code)
			r.Sector, r.Proof = id, survey.VerifiedSlip
			return r
		}
	}
	w.keep(surveytest.Times(190, sector("certification", 5))...)
	w.keep(surveytest.Times(10, sector("certification", 2))...)
	w.keep(surveytest.Times(60, sector("land", 4))...)
	w.keep(surveytest.Times(40, sector("land", 1))...)

	for name, c := range map[string]struct {
		on       survey.Date
		code     survey.TargetCode
		due      survey.Date
		inForce  bool
		state    publication.VerdictState
		n        int64
		rate     float64
		met      bool
		evidence analysis.Evidence
	}{
		"ProceduresIn2026":    {"2026-03-05", "TTHC", "2030-12-31", true, publication.Judged, 300, 250.0 / 300, false, analysis.Below},
		"The2025OneIsPast":    {"2026-03-05", "TTHC", "2025-12-31", false, publication.Judged, 300, 250.0 / 300, false, analysis.Below},
		"LandAlone":           {"2026-03-05", "TTHC-DXD", "2030-12-31", true, publication.Judged, 100, 0.6, false, analysis.Below},
		"NobodyAnsweredYet":   {"2026-03-05", "EDU", "2030-12-31", true, publication.NoAnswers, 0, math.NaN(), false, analysis.None},
		"NoCampaignIn2024":    {"2024-03-05", "TTHC", "2025-12-31", true, publication.NoCampaign, 0, math.NaN(), false, analysis.None},
		"NotMeasuredBySurvey": {"2026-03-05", "PAR", "2030-12-31", true, publication.Unmeasured, 0, math.NaN(), false, analysis.None},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdicts, err := w.judge(c.on)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range verdicts {
				if v.Target.Code != c.code || v.Milestone.Due != c.due {
					continue
				}
				sameRate := v.Figure.Rate == c.rate || math.IsNaN(v.Figure.Rate) && math.IsNaN(c.rate)
				if v.InForce != c.inForce || v.State != c.state || v.Figure.N != c.n || !sameRate || v.Met != c.met || v.Evidence != c.evidence {
					t.Errorf("%+v, want %+v", v, c)
				}
				return
			}
			t.Errorf("no verdict on %s due %s", c.code, c.due)
		})
	}
}

// A milestone that is past is judged by the people who answered in its year.
func TestPastMilestonesHaveTheCampaignOfTheirYear(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	past := *w.Catalog.Campaign(tthc)
	past.ID, past.Period, past.State = "tthc-2025", survey.Span{From: "2025-07-01", To: "2025-12-31"}, survey.ClosedDown
	if err := (survey.Documents[survey.Campaign]{Store: w.Store, Collection: survey.Campaigns}).Insert(t.Context(), past); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	w.keep(surveytest.Times(40, func(int) survey.Response { return w.Response(2) })...)
	w.keep(surveytest.Times(50, func(int) survey.Response {
		r := w.Response(5)
		r.Campaign, r.Day = past.ID, "2025-11-05"
		return r
	})...)
	for _, c := range []struct {
		on       survey.Date
		due      survey.Date
		campaign survey.CampaignID
		rate     float64
	}{
		{"2026-03-05", "2025-12-31", "tthc-2025", 1},
		{"2026-03-05", "2030-12-31", tthc, 0},
		{"2025-12-01", "2025-12-31", "tthc-2025", 1},
		{"2025-12-01", "2030-12-31", "tthc-2025", 1},
	} {
		verdicts, err := w.judge(c.on)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(verdicts, func(v Verdict) bool { return v.Target.Code == "TTHC" && v.Milestone.Due == c.due })
		if i < 0 || verdicts[i].Campaign == nil || verdicts[i].Campaign.ID != c.campaign || verdicts[i].Figure.Rate != c.rate {
			t.Errorf("on %s, due %s: %+v, want the %s of %s", c.on, c.due, verdicts, strconv.FormatFloat(c.rate, 'f', 0, 64), c.campaign)
		}
	}
}
