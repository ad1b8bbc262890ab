package publication

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	method := survey.Method{Confidence: 0.95, MinN: 30}
	share := func(x, n float64) tables.Figure {
		i := analysis.Wilson(x, n, 0.95)
		return tables.Figure{N: int64(n), Answers: int64(n), Rate: x / n, Low: i.Low, High: i.High}
	}
	beside := func(f, verified tables.Figure) tables.Figure {
		f.Verified = &verified
		return f
	}
	for name, c := range map[string]struct {
		f        tables.Figure
		state    VerdictState
		met      bool
		evidence analysis.Evidence
		caveat   Caveat
		more     bool // more respondents would be needed
	}{
		"Suppressed":          {tables.Figure{Rate: math.NaN(), Suppressed: true}, Withheld, false, analysis.None, "", false},
		"NobodyAnswered":      {tables.NoFigure(), NoAnswers, false, analysis.None, "", false},
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
		"PublishedBefore":     {tables.Figure{N: 1000, Rate: .995, Low: .98, High: .999, Unclassed: true}, Judged, true, analysis.Above, "", false},
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
		f := tables.Figure{N: int64(n), Rate: float64(x) / float64(n), Low: i.Low, High: i.High}
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
