package analysis

import (
	"cmp"
	"math"
	"slices"
)

// Holm adjusts the p-values of a family of tests so that the chance of any false
// finding stays below the level, whatever the dependence between the tests: the
// i-th smallest of m becomes the largest (m−j+1)·p(j) over j ≤ i. They are returned
// in the order given, never below the value given and never above 1. A NaN stays NaN
// and does not count as a test. A value outside [0, 1] is answered with NaN.
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
