package review

import (
	"cmp"
	"fmt"
	"slices"

	"hailong/analysis"
)

// RankTest is the Kruskal–Wallis test that groups answer alike.
type RankTest struct {
	H  float64
	DF int
	P  float64
}

// KruskalWallis tests from counts (rows = groups, column j = the j-th lowest
// answer) whether some group answers higher than another:
//
//	H = (12/(N(N+1))·Σ R²/n − 3(N+1)) / (1 − Σ(t³−t)/(N³−N))
//
// with midranks, R the rank sum of a group and t the count of an answer over
// all groups. Groups without answers are left out. It returns ErrTooFew with
// fewer than two groups or two distinct answers, and an error for a ragged
// table or a negative count. The chi-square approximation asks for about 5
// answers a group.
//
// Source: Kruskal and Wallis (1952), J. Am. Stat. Assoc. 47.
func KruskalWallis(counts [][]int) (RankTest, error) {
	rows, columns, n, err := margins(counts)
	if err != nil {
		return RankTest{}, err
	}
	groups := positives(rows)
	if groups < 2 || positives(columns) < 2 {
		return RankTest{}, fmt.Errorf("rank test of %d groups over %d distinct answers: %w", groups, positives(columns), analysis.ErrTooFew)
	}
	// Ranks are taken from the mean rank (N+1)/2: the sums then stay small.
	centred := make([]float64, len(columns))
	below, ties := 0.0, 0.0
	for j, t := range columns {
		centred[j] = below + (t+1)/2 - (n+1)/2
		below += t
		ties += t * (t - 1) * (t + 1)
	}
	between := 0.0
	for i, row := range counts {
		if rows[i] == 0 {
			continue
		}
		sum := 0.0
		for j, c := range row {
			sum += float64(c) * centred[j]
		}
		between += sum * sum / rows[i]
	}
	h := 12 / (n * (n + 1)) * between / (1 - ties/(n*(n-1)*(n+1)))
	return RankTest{H: h, DF: groups - 1, P: analysis.ChiSquareUpper(h, float64(groups-1))}, nil
}

// midranks returns the rank of each value, 1 the smallest, equal values sharing
// the mean of their ranks.
func midranks(x []float64) []float64 {
	ranks := make([]float64, len(x))
	eachRun(x, func(order []int, start, end int) {
		for _, i := range order[start:end] {
			ranks[i] = float64(start+end+1) / 2
		}
	})
	return ranks
}

// eachRun calls f for every run order[start:end] of equal values of x, from the
// smallest up.
func eachRun(x []float64, f func(order []int, start, end int)) {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && x[order[end]] == x[order[start]] {
			end++
		}
		f(order, start, end)
		start = end
	}
}
