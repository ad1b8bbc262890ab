package sample

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// SizeRequest says what a sample must achieve.
type SizeRequest struct {
	// Population is the number of people, applications or transactions sampled
	// from.
	Population int
	// Margin is the half width wanted for the rate, 0.05 for ±5 points.
	Margin float64
	// Proportion is the rate expected; 0 stands for 0.5, the cautious choice.
	Proportion float64
	// Confidence is the level of the margin; 0 stands for 0.95.
	Confidence float64
	// DesignEffect is the variance expected relative to a simple random sample
	// of the same size; 0 stands for 1. Below 1 is allowed (stratification
	// gains).
	DesignEffect float64
	// ResponseRate is the share of those drawn who are expected to answer; 0
	// stands for 1.
	ResponseRate float64
}

// SampleSize is a planned sample, in people. Rounding up happens once, in
// Answers and in Drawn.
type SampleSize struct {
	// Infinite is Cochran's n0 for a population without end; NaN for Slovin,
	// which has none.
	Infinite float64
	// Exact is the size after the population's correction, before the design
	// effect.
	Exact float64
	// Answers is the number of answers needed, at most the population.
	Answers int
	// Drawn is the number to draw so that the answers come in, at most the
	// population.
	Drawn int
	// Census is true where everybody has to be asked and even that may not
	// bring the answers needed.
	Census bool
}

// maxPopulation keeps sizes within whole numbers that floating point holds.
const maxPopulation = 1 << 50

// CochranSize plans the size for a rate's margin with the finite population
// correction:
//
//	n0 = z²p(1−p)/e²,  n = n0/(1+(n0−1)/N),  answers = ⌈deff·n⌉,  drawn = ⌈deff·n/response⌉
//
// The design effect is taken relative to a simple random sample without
// replacement, so it multiplies n. It returns analysis.ErrBadRequest where a value lies
// outside its range. Rates near 0 or 1 make n small: the normal approximation
// behind it then asks for p·n and (1−p)·n of 5 and more.
//
// Source: Cochran (1977), Sampling Techniques, sections 4.2–4.4; Kish (1965),
// section 8.1 (deff).
func CochranSize(r SizeRequest) (SampleSize, error) {
	if err := r.complete(); err != nil {
		return SampleSize{}, err
	}
	z := analysis.NormalQuantile((1 + r.Confidence) / 2)
	n0 := z * z * r.Proportion * (1 - r.Proportion) / (r.Margin * r.Margin)
	// n0/(1+(n0−1)/N), written so that an n0 beyond all numbers gives N.
	s := r.plan(1 / (1/n0 + (1-1/n0)/float64(r.Population)))
	s.Infinite = n0
	return s, nil
}

// SlovinSize plans the size by the formula of Vietnamese survey guidance,
//
//	n = N/(1+N·e²)
//
// then applies design effect and response rate as CochranSize does. It takes p
// = ½ and 95 % confidence (z = 2) for granted: Proportion and Confidence are
// not used. It asks for a few more answers than CochranSize does at 95 %.
//
// Source: Yamane (1967), Statistics: an Introductory Analysis, p. 886; known in
// Viet Nam as Slovin's.
func SlovinSize(r SizeRequest) (SampleSize, error) {
	if err := r.complete(); err != nil {
		return SampleSize{}, err
	}
	n := float64(r.Population)
	s := r.plan(n / (1 + n*r.Margin*r.Margin))
	s.Infinite = math.NaN()
	return s, nil
}

// MarginOfError returns the half width z·√(deff·p(1−p)/n·(N−n)/(N−1)) that n
// answers from a population of N reach, the inverse of CochranSize; population
// 0 stands for an unlimited one. It is 0 for a complete count and NaN where an
// argument lies outside its range.
//
// Source: Cochran (1977), section 3.2.
func MarginOfError(n, population int, p, confidence, designEffect float64) float64 {
	if n < 1 || population < 0 || population > 0 && n > population || !(p >= 0 && p <= 1) ||
		!analysis.ValidConfidence(confidence) || !(designEffect > 0) {
		return math.NaN()
	}
	fpc := 1.0
	if population > 0 {
		if n == population {
			return 0
		}
		fpc = float64(population-n) / float64(population-1)
	}
	return analysis.NormalQuantile((1+confidence)/2) * math.Sqrt(designEffect*p*(1-p)/float64(n)*fpc)
}

// complete puts the defaults in and checks the ranges.
func (r *SizeRequest) complete() error {
	for _, d := range []struct {
		field   *float64
		byOwner float64
	}{{&r.Proportion, 0.5}, {&r.Confidence, 0.95}, {&r.DesignEffect, 1}, {&r.ResponseRate, 1}} {
		if *d.field == 0 {
			*d.field = d.byOwner
		}
	}
	switch {
	case r.Population < 1 || int64(r.Population) > maxPopulation:
		return fmt.Errorf("population %d, 1 to %d wanted: %w", r.Population, int64(maxPopulation), analysis.ErrBadRequest)
	case !(r.Margin > 0 && r.Margin < 1):
		return fmt.Errorf("margin %v, between 0 and 1 wanted: %w", r.Margin, analysis.ErrBadRequest)
	case !(r.Proportion > 0 && r.Proportion < 1):
		return fmt.Errorf("expected proportion %v, between 0 and 1 wanted: %w", r.Proportion, analysis.ErrBadRequest)
	case !analysis.ValidConfidence(r.Confidence):
		return fmt.Errorf("confidence %v, between 0 and 1 wanted: %w", r.Confidence, analysis.ErrBadRequest)
	case !(r.DesignEffect > 0) || math.IsInf(r.DesignEffect, 0):
		return fmt.Errorf("design effect %v, above 0 wanted: %w", r.DesignEffect, analysis.ErrBadRequest)
	case !(r.ResponseRate > 0 && r.ResponseRate <= 1):
		return fmt.Errorf("response rate %v, above 0 and at most 1 wanted: %w", r.ResponseRate, analysis.ErrBadRequest)
	}
	return nil
}

func (r SizeRequest) plan(exact float64) SampleSize {
	answers := roundUp(r.DesignEffect * exact)
	drawn := roundUp(r.DesignEffect * exact / r.ResponseRate)
	n := float64(r.Population)
	return SampleSize{
		Exact:   exact,
		Answers: int(math.Max(1, math.Min(answers, n))),
		Drawn:   int(math.Max(1, math.Min(drawn, n))),
		Census:  drawn >= n,
	}
}

// roundUp is the ceiling, blind to a rounding error above a whole number:
// Slovin for 1,200 at 5 % is 300, not 301.
func roundUp(v float64) float64 { return math.Ceil(v - 1e-9*math.Max(1, v)) }
