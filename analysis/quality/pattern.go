package quality

import (
	"cmp"
	"slices"

	"hailong/analysis"
)

// RepeatedPatterns is how often the very same answers came in again.
type RepeatedPatterns struct {
	// Flags marks every row of a pattern found, the first one too: which is the
	// original cannot be seen in the answers.
	Flags    Flags
	Patterns []Pattern
}

// Pattern is one combination of answers that several rows share.
type Pattern struct {
	// Rows holds the indices in ascending order.
	Rows []int
	// Expected is the number of rows expected to have it if the items were
	// answered independently of each other, with the shares found.
	Expected float64
	// P is the chance of that many rows or more under the same assumption,
	// adjusted over all patterns by Holm. Answers do depend on each other, so P
	// is too small: a large P clears a pattern, a small one only asks for a
	// look.
	P float64
}

// FindRepeatedPatterns finds rows whose answers agree on every item, Missing
// and NotApplicable included, among rows with at least minAnswered answers and
// minCodes distinct codes (8 and 2 are usual; 2 leaves straight lines to
// StraightLines). The patterns come by number of rows, most first. It returns
// ErrBadRequest where columns differ in length.
//
//	π = Π share of the code given,  expected = n·π,  P = P(Binomial(n, π) ≥ rows)
//
// with n the rows examined.
//
// Source: repeated rows as a sign of fabrication, Kuriakose and Robbins (2016),
// Statistical Journal of the IAOS 32.
func FindRepeatedPatterns(items [][]uint8, minAnswered, minCodes int) (RepeatedPatterns, error) {
	n, err := equalLength(items)
	if err != nil {
		return RepeatedPatterns{}, err
	}
	r := RepeatedPatterns{Flags: make(Flags, n)}
	seen := make(map[string][]int, n)
	key := make([]byte, len(items))
	examined := 0
	for i := range n {
		answers, codes := 0, 0
		var given [256]bool
		for j, column := range items {
			code := column[i]
			key[j] = code
			if !answered(code) {
				continue
			}
			answers++
			if !given[code] {
				given[code] = true
				codes++
			}
		}
		if answers >= max(minAnswered, 1) && codes >= minCodes {
			seen[string(key)] = append(seen[string(key)], i)
			examined++
		}
	}
	shares := codeShares(items)
	for pattern, rows := range seen {
		if len(rows) < 2 {
			continue
		}
		chance := 1.0
		for j := range items {
			if code := pattern[j]; answered(code) {
				chance *= shares[j][code]
			}
		}
		r.Patterns = append(r.Patterns, Pattern{
			Rows:     rows,
			Expected: chance * float64(examined),
			P:        analysis.BinomialUpper(len(rows)-1, examined, min(chance, 1)),
		})
	}
	slices.SortFunc(r.Patterns, func(a, b Pattern) int {
		return cmp.Or(cmp.Compare(len(b.Rows), len(a.Rows)), cmp.Compare(a.Rows[0], b.Rows[0]))
	})
	p := make([]float64, len(r.Patterns))
	for k, pattern := range r.Patterns {
		p[k] = pattern.P
		for _, i := range pattern.Rows {
			r.Flags[i] = true
		}
	}
	for k, adjusted := range analysis.Holm(p) {
		r.Patterns[k].P = adjusted
	}
	return r, nil
}
