package review

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"hailong/analysis"
)

// RankInterval is a unit's place among all units, 1 the highest rate, with what
// chance allows.
type RankInterval struct {
	// Rank of the observed rate, equal rates sharing the mean of their ranks;
	// NaN without answers.
	Rank float64
	// Median and Interval are those of the rank over the draws.
	Median   float64
	Interval analysis.Interval
	// Highest and Lowest are the chances that the true rate is the highest, or
	// the lowest, of all.
	Highest, Lowest float64
}

// RankIntervals says how sure the ranking of units with x satisfied of n
// answers is: true rates are drawn from Beta(α+x, β+n−x) draws times, ranked
// each time, and the quantiles of the ranks taken. prior is what
// BetaBinomialMoments or BetaBinomialML gave, or BetaPrior{Mean: 0.5, Alpha:
// 0.5, Beta: 0.5} (Jeffreys) for units taken on their own. A unit without
// answers is drawn from the prior and so may be anywhere. Equal rates share the
// mean of their ranks and the chance to be highest or lowest.
//
// The same seed gives the same figures; 2,000 draws give chances to about 0.02.
// It returns ErrBadRequest for impossible counts, a prior outside its range, a
// confidence outside (0, 1) or fewer than 1 draw.
//
// Source: Goldstein and Spiegelhalter (1996), J. R. Stat. Soc. A 159.
func RankIntervals(x, n []int, prior BetaPrior, draws int, seed uint64, confidence float64) ([]RankInterval, error) {
	if err := checkCounts(x, n); err != nil {
		return nil, err
	}
	if err := prior.check(); err != nil {
		return nil, err
	}
	if draws < 1 || !analysis.ValidConfidence(confidence) {
		return nil, fmt.Errorf("rank intervals of confidence %v from %d draws: %w", confidence, draws, analysis.ErrBadRequest)
	}
	units := len(x)
	source := rand.NewPCG(seed, 0)
	result := make([]RankInterval, units)
	ranks := make([][]float64, units)
	rates := make([]float64, units)
	for range draws {
		for i := range rates {
			rates[i] = prior.Mean
			if a, b, spread := prior.posterior(x[i], n[i]); spread {
				rates[i] = drawBeta(a, b, source)
			}
		}
		drawn := fromHighest(rates)
		for i, r := range drawn {
			ranks[i] = append(ranks[i], r)
		}
		shareEnds(rates, draws, result)
	}
	for i, observed := range observedRanks(x, n) {
		result[i].Rank = observed
		result[i].Interval = percentiles(ranks[i], confidence)
		result[i].Median = analysis.Quantile(ranks[i], 0.5)
	}
	return result, nil
}

// drawBeta draws from Beta(a, b). Where both gammas underflow the draw is at
// one of the ends, with the chances of its mean.
func drawBeta(a, b float64, source rand.Source) float64 {
	if v := (distuv.Beta{Alpha: a, Beta: b, Src: source}).Rand(); v >= 0 && v <= 1 {
		return v
	}
	if float64(source.Uint64()>>11)/(1<<53) < a/(a+b) {
		return 1
	}
	return 0
}

// fromHighest ranks values, 1 the highest.
func fromHighest(values []float64) []float64 {
	ranks := midranks(values)
	for i := range ranks {
		ranks[i] = float64(len(values)) + 1 - ranks[i]
	}
	return ranks
}

// shareEnds adds one draw to the chances of being highest and lowest.
func shareEnds(rates []float64, draws int, result []RankInterval) {
	if len(rates) == 0 {
		return
	}
	top, bottom := slices.Max(rates), slices.Min(rates)
	tops, bottoms := 0.0, 0.0
	for _, r := range rates {
		if r == top {
			tops++
		}
		if r == bottom {
			bottoms++
		}
	}
	for i, r := range rates {
		if r == top {
			result[i].Highest += 1 / (tops * float64(draws))
		}
		if r == bottom {
			result[i].Lowest += 1 / (bottoms * float64(draws))
		}
	}
}

// observedRanks ranks the rates of units with answers among themselves.
func observedRanks(x, n []int) []float64 {
	ranks := make([]float64, len(x))
	var rates []float64
	for i := range x {
		ranks[i] = math.NaN()
		if n[i] > 0 {
			rates = append(rates, float64(x[i])/float64(n[i]))
		}
	}
	next := 0
	for _, r := range fromHighest(rates) {
		for n[next] == 0 {
			next++
		}
		ranks[next] = r
		next++
	}
	return ranks
}
