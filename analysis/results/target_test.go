package results

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
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
		state    VerdictState
		n        int64
		rate     float64
		met      bool
		evidence analysis.Evidence
	}{
		"ProceduresIn2026":    {"2026-03-05", "TTHC", "2030-12-31", true, Judged, 300, 250.0 / 300, false, analysis.Below},
		"The2025OneIsPast":    {"2026-03-05", "TTHC", "2025-12-31", false, Judged, 300, 250.0 / 300, false, analysis.Below},
		"LandAlone":           {"2026-03-05", "TTHC-DXD", "2030-12-31", true, Judged, 100, 0.6, false, analysis.Below},
		"NobodyAnsweredYet":   {"2026-03-05", "EDU", "2030-12-31", true, NoAnswers, 0, math.NaN(), false, analysis.None},
		"NoCampaignIn2024":    {"2024-03-05", "TTHC", "2025-12-31", true, NoCampaign, 0, math.NaN(), false, analysis.None},
		"NotMeasuredBySurvey": {"2026-03-05", "PAR", "2030-12-31", true, Unmeasured, 0, math.NaN(), false, analysis.None},
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

func TestJudge(t *testing.T) {
	t.Parallel()
	method := survey.Method{Confidence: 0.95, MinN: 30}
	share := func(x, n float64) Figure {
		i := analysis.Wilson(x, n, 0.95)
		return Figure{N: int64(n), Answers: int64(n), Rate: x / n, Low: i.Low, High: i.High}
	}
	beside := func(f, verified Figure) Figure {
		f.Verified = &verified
		return f
	}
	for name, c := range map[string]struct {
		f        Figure
		state    VerdictState
		met      bool
		evidence analysis.Evidence
		caveat   Caveat
		more     bool // more respondents would be needed
	}{
		"Suppressed":          {suppressedFigure, Withheld, false, analysis.None, "", false},
		"NobodyAnswered":      {noFigure, NoAnswers, false, analysis.None, "", false},
		"TooFewForAVerdict":   {share(29, 29), TooFew, false, analysis.None, "", true},
		"FirmlyMet":           {beside(share(995, 1000), share(499, 500)), Judged, true, analysis.Above, "", false},
		"FirmlyMissed":        {beside(share(900, 1000), share(450, 500)), Judged, false, analysis.Below, "", false},
		"MetButNotSurely":     {beside(share(96, 100), share(499, 500)), Judged, true, analysis.Inconclusive, CaveatInterval, true},
		"MissedButNotSurely":  {share(94, 100), Judged, false, analysis.Inconclusive, CaveatInterval, true},
		"ExactlyTheThreshold": {share(95, 100), Judged, true, analysis.Inconclusive, CaveatInterval, false},
		"NobodyIsVerified":    {share(995, 1000), Judged, true, analysis.Above, CaveatUnverified, false},
		"FewAreVerified":      {beside(share(995, 1000), share(48, 50)), Judged, true, analysis.Inconclusive, CaveatUnclear, true},
		"TheVerifiedSayNo":    {beside(share(9950, 10000), share(60, 100)), Judged, true, analysis.Inconclusive, CaveatOpposed, false},
		"TheVerifiedSayYes":   {beside(share(9000, 10000), share(999, 1000)), Judged, false, analysis.Inconclusive, CaveatOpposed, false},
		"VerifiedSayNoAlone":  {beside(share(96, 100), share(60, 100)), Judged, true, analysis.Inconclusive, CaveatOpposed, false},
		"PublishedBefore":     {Figure{N: 1000, Rate: .995, Low: .98, High: .999, Unclassed: true}, Judged, true, analysis.Above, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Judge(c.f, method, 0.95)
			if got.State != c.state || got.Met != c.met || got.Evidence != c.evidence || got.Caveat != c.caveat || got.Firm() != (c.state == Judged && c.caveat == "") || (got.Needed > c.f.N) != c.more {
				t.Errorf("%+v", got)
			}
		})
	}
}

// With what Judge asks for, the same rate would be conclusive. The number is
// rough, because a Wilson interval leans towards one half; four times as many
// respondents always suffice.
func TestNeededIsEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(30, 2000).Draw(t, "n")
		x := rapid.IntRange(n/2, n-1).Draw(t, "x")
		threshold := rapid.SampledFrom([]float64{0.85, 0.9, 0.95}).Draw(t, "threshold")
		i := analysis.Wilson(float64(x), float64(n), 0.95)
		f := Figure{N: int64(n), Rate: float64(x) / float64(n), Low: i.Low, High: i.High}
		f.Verified = &f
		got := Judge(f, survey.Method{MinN: 30}, threshold)
		need := got.Needed
		if (need > 0) != (!got.Firm() && f.Rate != threshold) && need != 0 {
			t.Fatalf("%d needed at evidence %s", need, got.Evidence)
		}
		if need == 0 {
			return
		}
		m := float64(4 * need)
		later := analysis.Judge(analysis.Wilson(f.Rate*m, m, 0.95), threshold)
		if later == analysis.Inconclusive {
			t.Fatalf("%v of %d against %v: still inconclusive at four times the %d needed", f.Rate, n, threshold, need)
		}
	})
}
