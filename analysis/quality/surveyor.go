package quality

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"hailong/analysis"
)

// SurveyorEffect is how much the answers depend on who asked.
type SurveyorEffect struct {
	// N answers by Surveyors people, each with at least one.
	N, Surveyors int
	// ICC is the intra-class correlation, the share of variance between
	// surveyors; it can fall a little below 0 by chance.
	ICC      float64
	Interval analysis.Interval
	// F tests that surveyors do not differ, with DF1 and DF2 degrees of
	// freedom.
	F        float64
	DF1, DF2 int
	P        float64
	// DesignEffect is 1+(m̄−1)·max(0, ICC), the factor by which the variance of
	// the overall mean grows, m̄ the mean workload seen by an answer (Σm²/Σm).
	DesignEffect float64
	BySurveyor   []SurveyorMean
}

// SurveyorMean compares one surveyor with all others.
type SurveyorMean struct {
	Surveyor uint32
	N        int
	Mean     float64
	// Difference is the mean less that of all others. P is the two-sided
	// p-value of t with the pooled variance within surveyors, adjusted over
	// surveyors by Holm.
	Difference, P float64
}

// MeasureSurveyorEffect analyses a value per row (an index, a duration) by
// surveyor, one-way random effects:
//
//	ICC = (MSB−MSW)/(MSB+(m0−1)·MSW),  m0 = (N − Σm²/N)/(k−1),  F = MSB/MSW
//
// Rows with a NaN value or surveyor 0 (none) are left out. The interval is
// Searle's, exact for equal workloads of normal values, approximate otherwise.
// Surveyors go to different villages, so an effect is not a fault: only
// allocation at random tells the two apart. It returns ErrTooFew with fewer
// than two surveyors, nobody with two answers or values that do not vary within
// surveyors, ErrBadRequest where lengths differ or confidence is outside (0,
// 1).
//
// Sources: Kish (1962), J. Am. Stat. Assoc. 57; Donner (1986), International
// Statistical Review 54; Searle (1971), Linear Models.
func MeasureSurveyorEffect(values []float64, surveyor []uint32, confidence float64) (SurveyorEffect, error) {
	if len(values) != len(surveyor) || !analysis.ValidConfidence(confidence) {
		return SurveyorEffect{}, fmt.Errorf("%d values of %d surveyors at confidence %v: %w", len(values), len(surveyor), confidence, analysis.ErrBadRequest)
	}
	groups, within := groupMeans(values, surveyor)
	var e SurveyorEffect
	var sum, squares float64
	for _, g := range groups {
		m := float64(g.N)
		e.N += g.N
		sum += m * g.Mean
		squares += m * m
	}
	e.Surveyors = len(groups)
	e.DF1, e.DF2 = e.Surveyors-1, e.N-e.Surveyors
	if e.DF1 < 1 || e.DF2 < 1 || !(within > 0) || math.IsInf(within, 0) {
		return SurveyorEffect{}, fmt.Errorf("effect of %d surveyors on %d answers: %w", e.Surveyors, e.N, analysis.ErrTooFew)
	}
	n, k := float64(e.N), float64(e.Surveyors)
	between := 0.0
	for _, g := range groups {
		d := g.Mean - sum/n
		between += float64(g.N) * d * d
	}
	msb, msw := between/(k-1), within/(n-k)
	m0 := (n - squares/n) / (k - 1)
	icc := func(f float64) float64 { return (f - 1) / (f + m0 - 1) }
	e.F = msb / msw
	e.ICC = icc(e.F)
	e.P = analysis.FUpper(e.F, k-1, n-k)
	tail := (1 - confidence) / 2
	e.Interval = analysis.Interval{
		Low:  icc(e.F / analysis.FQuantile(1-tail, k-1, n-k)),
		High: icc(e.F / analysis.FQuantile(tail, k-1, n-k)),
	}
	e.DesignEffect = 1 + (squares/n-1)*math.Max(0, e.ICC)
	p := make([]float64, len(groups))
	for i := range groups {
		g := &groups[i]
		rest := n - float64(g.N)
		g.Difference = g.Mean - (sum-float64(g.N)*g.Mean)/rest
		t := g.Difference / math.Sqrt(msw*(1/float64(g.N)+1/rest))
		p[i] = 2 * analysis.TUpper(math.Abs(t), n-k)
	}
	for i, adjusted := range analysis.Holm(p) {
		groups[i].P = adjusted
	}
	e.BySurveyor = groups
	return e, nil
}

// groupMeans returns number and mean by surveyor, in ascending order of code,
// and the sum of squares within surveyors.
func groupMeans(values []float64, surveyor []uint32) (groups []SurveyorMean, within float64) {
	index := make(map[uint32]int)
	usable := func(i int) bool { return surveyor[i] != 0 && math.Abs(values[i]) < 1e100 }
	for i, code := range surveyor {
		if !usable(i) {
			continue
		}
		g, known := index[code]
		if !known {
			g = len(groups)
			index[code] = g
			groups = append(groups, SurveyorMean{Surveyor: code})
		}
		groups[g].N++
		groups[g].Mean += (values[i] - groups[g].Mean) / float64(groups[g].N)
	}
	for i, code := range surveyor {
		if usable(i) {
			d := values[i] - groups[index[code]].Mean
			within += d * d
		}
	}
	slices.SortFunc(groups, func(a, b SurveyorMean) int { return cmp.Compare(float64(a.Surveyor), float64(b.Surveyor)) })
	return groups, within
}

// FlaggedGroup compares one group's marked rows with those of all others.
type FlaggedGroup struct {
	Group      uint32
	N, Flagged int
	// Share is Flagged/N, OtherShare that of all other groups (NaN where there
	// are none).
	Share, OtherShare float64
	// P is the exact one-sided p-value that the group has no more marked rows
	// than the others (hypergeometric), adjusted over groups by Holm.
	P float64
}

// CompareFlags compares how often rows are marked by group (surveyor, channel,
// point), in ascending order of group. Rows of group 0 (none) are left out. It
// turns any of the row flags into a sign about a group that no general habit of
// respondents explains. It returns ErrBadRequest where lengths differ.
//
// Source: Fisher's exact test, Agresti (2013), Categorical Data Analysis,
// section 3.5.
func CompareFlags(flags Flags, group []uint32) ([]FlaggedGroup, error) {
	if len(flags) != len(group) {
		return nil, fmt.Errorf("%d flags for %d rows: %w", len(flags), len(group), analysis.ErrBadRequest)
	}
	index := make(map[uint32]int)
	var groups []FlaggedGroup
	n, marked := 0, 0
	for i, code := range group {
		if code == 0 {
			continue
		}
		g, known := index[code]
		if !known {
			g = len(groups)
			index[code] = g
			groups = append(groups, FlaggedGroup{Group: code})
		}
		n++
		groups[g].N++
		if flags[i] {
			marked++
			groups[g].Flagged++
		}
	}
	slices.SortFunc(groups, func(a, b FlaggedGroup) int { return cmp.Compare(float64(a.Group), float64(b.Group)) })
	p := make([]float64, len(groups))
	for i := range groups {
		g := &groups[i]
		g.Share = float64(g.Flagged) / float64(g.N)
		g.OtherShare = float64(marked-g.Flagged) / float64(n-g.N)
		p[i] = hypergeometricUpper(g.Flagged, g.N, marked, n)
	}
	for i, adjusted := range analysis.Holm(p) {
		groups[i].P = adjusted
	}
	return groups, nil
}

// hypergeometricUpper is the chance of x or more marked rows among size rows
// drawn without replacement from n rows, marked of them marked.
func hypergeometricUpper(x, size, marked, n int) float64 {
	low, high := max(0, size+marked-n), min(size, marked)
	if x <= low {
		return 1
	}
	term := func(k int) float64 {
		return math.Exp(logChoose(marked, k) + logChoose(n-marked, size-k) - logChoose(n, size))
	}
	// Each sum starts next to x and runs away from the mode, so that its terms
	// fall.
	if float64(x) <= float64(size)*float64(marked)/float64(n) {
		below, t := 0.0, term(x-1)
		for k := x - 1; k >= low && t > below*1e-18; k-- {
			below += t
			t *= float64(k) / float64(marked-k+1) * float64(n-marked-size+k) / float64(size-k+1)
		}
		return math.Max(0, 1-below)
	}
	sum, t := 0.0, term(x)
	for k := x; k <= high && t > sum*1e-18; k++ {
		sum += t
		t *= float64(marked-k) / float64(k+1) * float64(size-k) / float64(n-marked-size+k+1)
	}
	return math.Min(1, sum)
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n) + 1)
	b, _ := math.Lgamma(float64(k) + 1)
	c, _ := math.Lgamma(float64(n-k) + 1)
	return a - b - c
}
