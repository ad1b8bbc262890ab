package publication

import (
	"math"

	"hailong/analysis"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// Comparison is a figure beside a threshold.
type Comparison struct {
	State VerdictState
	Met   bool // by the point value; only in state Judged
	// Evidence is on which side of the threshold the interval of all lies, and that of
	// the verified responses alone where it can be told.
	Evidence analysis.Evidence
	Caveat   Caveat // why the verdict is not firm; empty where it is, and in other states than Judged
	// Needed is how many respondents in all it would take for a firm verdict if the
	// rate stayed as it is: 0 where there is no doubt, where more of them would not
	// help, or the rate is the threshold itself. See needed.
	Needed int64
}

// Firm reports whether nothing speaks against a verdict.
func (c Comparison) Firm() bool { return c.State == Judged && c.Caveat == "" }

// VerdictState says whether there is a verdict, and why not.
type VerdictState string

// The states.
const (
	Judged     VerdictState = "judged"
	Unmeasured VerdictState = "unmeasured"  // no survey measures this target
	NoCampaign VerdictState = "no_campaign" // none in the year
	NoEdition  VerdictState = "no_edition"  // the campaign has published nothing yet
	NoAnswers  VerdictState = "no_answers"  // nobody answered
	Withheld   VerdictState = "withheld"    // the figure is suppressed
	TooFew     VerdictState = "too_few"     // fewer than the method's least number of respondents
)

// Caveat is why a verdict is not firm. Its values are part of the interface for
// programs.
type Caveat string

// The caveats.
const (
	CaveatInterval   Caveat = "interval"   // the interval holds the threshold
	CaveatUnverified Caveat = "unverified" // too few responses are verified to tell of them alone
	CaveatUnclear    Caveat = "unclear"    // the interval of the verified alone holds the threshold
	CaveatOpposed    Caveat = "opposed"    // the verified alone say the opposite
)

// Judge compares a figure with a threshold: met by the point value, evidence by the
// intervals. A verdict is firm where all and the verified alone agree, so that who
// answers many times without a proof makes nothing firm. Below the method's least number of respondents there is
// no verdict, whatever the figure.
func Judge(f tables.Figure, m survey.Method, threshold float64) Comparison {
	c := Comparison{Evidence: analysis.None}
	switch {
	case f.Suppressed:
		c.State = Withheld
		return c
	case !f.Defined():
		c.State = NoAnswers
		return c
	case f.N < int64(m.MinN):
		c.State, c.Needed = TooFew, max(int64(m.MinN), needed(f, threshold))
		return c
	}
	c.State, c.Met = Judged, analysis.Met(f.Rate, threshold)
	c.Evidence, c.Caveat = evidence(f, threshold)
	switch {
	case f.Rate == threshold:
	case c.Caveat == CaveatInterval:
		c.Needed = max(f.N+1, needed(f, threshold))
	case c.Caveat == CaveatUnclear && f.Verified.Rate != threshold: // so many more must be verified
		c.Needed = f.N + max(1, needed(*f.Verified, threshold)-f.Verified.N)
	}
	return c
}

// evidence is what the intervals say of a threshold, and why that is not firm.
func evidence(f tables.Figure, threshold float64) (analysis.Evidence, Caveat) {
	all, verified := analysis.Judge(f.Interval(), threshold), analysis.None
	if f.Verified != nil {
		verified = analysis.Judge(f.Verified.Interval(), threshold)
	}
	opposite := analysis.Above
	if analysis.Met(f.Rate, threshold) {
		opposite = analysis.Below
	}
	switch {
	case verified == opposite: // whatever all say
		return analysis.Inconclusive, CaveatOpposed
	case all == analysis.Inconclusive || all == analysis.None:
		return all, CaveatInterval
	case f.Unclassed || verified == all:
		return all, ""
	case verified == analysis.None:
		return all, CaveatUnverified
	}
	return analysis.Inconclusive, CaveatUnclear
}

// needed is how many respondents it takes until an interval no longer holds
// the threshold, at the present rate and the present spread between
// respondents. An interval shrinks with the root of n, so with w the distance
// from the rate r to the bound on the threshold's side,
//
//	n' = n·(w / |r − t|)²
//
// It is a guide for planning, not a promise: the rate will move.
func needed(f tables.Figure, threshold float64) int64 {
	distance := math.Abs(f.Rate - threshold)
	width := f.Rate - f.Low
	if threshold > f.Rate {
		width = f.High - f.Rate
	}
	n := math.Ceil(float64(f.N) * (width / distance) * (width / distance))
	if !(distance > 0) || !(n < 1e9) {
		return 0
	}
	return int64(n)
}
