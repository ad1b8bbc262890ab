package review

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// BetaPrior is how true rates of units vary: a Beta(Alpha, Beta) distribution.
// Without variation beyond chance Rho is 0 and Alpha and Beta are +Inf.
type BetaPrior struct {
	Mean float64
	// Rho is the intra-class correlation 1/(Alpha+Beta+1).
	Rho         float64
	Alpha, Beta float64
	// LogLikelihood of the counts without binomial coefficients; NaN for the
	// method of moments.
	LogLikelihood float64
}

// BetaBinomialMoments estimates the prior from x[i] satisfied of n[i] answers
// by moments, one step with weights n:
//
//	p = Σx/Σn,  ρ = (S − p(1−p)·C)/(p(1−p)(A − C)),  1/ρ − 1 = α + β
//	S = Σ n(pᵢ−p)²,  A = Σ n(1−n/Σn),  C = Σ (1−n/Σn)
//
// ρ below 0 is taken as 0 and above 1 − 1e-6 as that. Units without answers are
// left out. It returns ErrTooFew below two units with answers, or where no unit
// has two answers, and ErrBadRequest for impossible counts. With few units ρ is
// uncertain: prefer the limits of a funnel below about 10.
//
// Source: Kleinman (1973), J. Am. Stat. Assoc. 68.
func BetaBinomialMoments(x, n []int) (BetaPrior, error) {
	units, err := answeringUnits(x, n)
	if err != nil {
		return BetaPrior{}, err
	}
	var total, satisfied float64
	for _, u := range units {
		total += u.n
		satisfied += u.x
	}
	p := satisfied / total
	var s, a, c float64
	for _, u := range units {
		d := u.x/u.n - p
		s += u.n * d * d
		a += u.n * (1 - u.n/total)
		c += 1 - u.n/total
	}
	rho := 0.0
	if p > 0 && p < 1 {
		rho = (s - p*(1-p)*c) / (p * (1 - p) * (a - c))
	}
	return newBetaPrior(p, math.Max(0, math.Min(1-1e-6, rho)), math.NaN()), nil
}

// BetaBinomialML estimates the prior by maximum likelihood. With θ = 1/(α+β)
// the likelihood is a sum of log(mean+rθ), log(1−mean+rθ) and log(1+rθ) over
// whole r, smooth down to θ = 0 (no variation between units), and found by
// Newton's method. Missing data, errors and small samples as
// BetaBinomialMoments.
//
// Source: Smith (1983), Applied Statistics 32, AS 189.
func BetaBinomialML(x, n []int) (BetaPrior, error) {
	start, err := BetaBinomialMoments(x, n)
	if err != nil {
		return BetaPrior{}, err
	}
	if start.Mean <= 0 || start.Mean >= 1 {
		start.LogLikelihood = 0
		return start, nil
	}
	units, err := answeringUnits(x, n)
	if err != nil {
		return BetaPrior{}, err
	}
	fit := newBetaBinomialFit(units)
	mean, theta := fit.maximize(start.Mean, start.Rho/(1-start.Rho))
	return newBetaPrior(mean, theta/(1+theta), fit.at(mean, theta).value), nil
}

func newBetaPrior(mean, rho, logLikelihood float64) BetaPrior {
	strength := math.Inf(1)
	if rho > 0 {
		strength = 1/rho - 1
	}
	prior := BetaPrior{Mean: mean, Rho: rho, Alpha: strength * mean, Beta: strength * (1 - mean), LogLikelihood: logLikelihood}
	if rho == 0 {
		prior.Alpha, prior.Beta = strength, strength
	}
	return prior
}

// Shrink returns the rate of each unit drawn towards the mean of all,
// (α+x)/(α+β+n), with its interval from the quantiles of Beta(α+x, β+n−x). A
// unit without answers gets the prior itself. Where the prior has no variation
// every rate is its mean, with an interval of no width. The interval takes the
// prior for known, so it is somewhat too narrow for few units. It returns
// ErrBadRequest for impossible counts or a prior outside its range.
//
// Source: Gelman et al. (2013), Bayesian Data Analysis, section 2.4 and chapter
// 5.
func Shrink(x, n []int, prior BetaPrior, confidence float64) ([]Measured, error) {
	if err := checkCounts(x, n); err != nil {
		return nil, err
	}
	if err := prior.check(); err != nil {
		return nil, err
	}
	tail := (1 - confidence) / 2
	shrunk := make([]Measured, len(x))
	for i := range shrunk {
		a, b, spread := prior.posterior(x[i], n[i])
		if !spread {
			shrunk[i] = Measured{Value: prior.Mean, Interval: analysis.Interval{Low: prior.Mean, High: prior.Mean}}
			continue
		}
		shrunk[i] = Measured{Value: a / (a + b), Interval: analysis.UndefinedInterval()}
		if analysis.ValidConfidence(confidence) {
			shrunk[i].Interval = analysis.Interval{Low: analysis.BetaQuantile(tail, a, b), High: analysis.BetaQuantile(1-tail, a, b)}
		}
	}
	return shrunk, nil
}

// posterior returns the shapes of a unit's rate; spread is false where it is
// the prior's mean without any doubt.
func (p BetaPrior) posterior(x, n int) (a, b float64, spread bool) {
	a, b = p.Alpha+float64(x), p.Beta+float64(n-x)
	return a, b, a > 0 && b > 0 && !math.IsInf(a, 1) && !math.IsInf(b, 1)
}

func (p BetaPrior) check() error {
	if !(p.Alpha >= 0) || !(p.Beta >= 0) || !(p.Mean >= 0 && p.Mean <= 1) {
		return fmt.Errorf("prior Beta(%v, %v) with mean %v: %w", p.Alpha, p.Beta, p.Mean, analysis.ErrBadRequest)
	}
	return nil
}

type unitCount struct{ x, n float64 }

// answeringUnits returns the units with answers: at least two, one of them with
// two answers.
func answeringUnits(x, n []int) ([]unitCount, error) {
	if err := checkCounts(x, n); err != nil {
		return nil, err
	}
	var units []unitCount
	most := 0
	for i := range x {
		if n[i] > 0 {
			units = append(units, unitCount{float64(x[i]), float64(n[i])})
			most = max(most, n[i])
		}
	}
	if len(units) < 2 || most < 2 {
		return nil, fmt.Errorf("variation between %d units of at most %d answers: %w", len(units), most, analysis.ErrTooFew)
	}
	return units, nil
}
