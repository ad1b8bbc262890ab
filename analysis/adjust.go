package analysis

import (
	"cmp"
	"math"
	"slices"
)

// The adjustments take p-values of a family of tests and return them adjusted,
// in the order given, never below the value given and never above 1. A NaN
// stays NaN and does not count as a test. A value outside [0, 1] is answered
// with NaN.

// Holm adjusts p-values so that the chance of any false finding stays below the
// level, whatever the dependence between the tests: the i-th smallest of m
// becomes the largest (m−j+1)·p(j) over j ≤ i.
//
// Source: Holm (1979), Scandinavian Journal of Statistics 6.
func Holm(p []float64) []float64 {
	adjusted, order := ascending(p)
	m := float64(len(order))
	running := 0.0
	for rank, i := range order {
		running = math.Max(running, math.Min(1, (m-float64(rank))*p[i]))
		adjusted[i] = running
	}
	return adjusted
}

// Hochberg adjusts p-values like Holm, stepping up: it finds more and asks for
// tests that are independent or positively dependent.
//
// Source: Hochberg (1988), Biometrika 75.
func Hochberg(p []float64) []float64 {
	return stepUp(p, func(rank, m float64) float64 { return m - rank + 1 })
}

// BenjaminiHochberg adjusts p-values so that the expected share of false
// findings among all findings stays below the level, for independent or
// positively dependent tests.
//
// Source: Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57.
func BenjaminiHochberg(p []float64) []float64 {
	return stepUp(p, func(rank, m float64) float64 { return m / rank })
}

// BenjaminiYekutieli is BenjaminiHochberg under any dependence, at the price of
// the factor 1 + 1/2 + … + 1/m.
//
// Source: Benjamini and Yekutieli (2001), Annals of Statistics 29.
func BenjaminiYekutieli(p []float64) []float64 {
	harmonic, upTo := 0.0, 0.0
	return stepUp(p, func(rank, m float64) float64 {
		for upTo < m {
			upTo++
			harmonic += 1 / upTo
		}
		return harmonic * m / rank
	})
}

// stepUp multiplies the p-value of each rank (1 = smallest of m) by factor and
// takes the running minimum from the largest down.
func stepUp(p []float64, factor func(rank, m float64) float64) []float64 {
	adjusted, order := ascending(p)
	m := float64(len(order))
	running := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		running = math.Min(running, factor(float64(rank), m)*p[i])
		adjusted[i] = running
	}
	return adjusted
}

// ascending returns a slice of NaN as long as p, and the indices of the valid
// p-values from the smallest up.
func ascending(p []float64) (blank []float64, order []int) {
	blank = make([]float64, len(p))
	for i, v := range p {
		blank[i] = math.NaN()
		if v >= 0 && v <= 1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return blank, order
}
