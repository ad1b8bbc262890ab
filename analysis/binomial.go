package analysis

import "math"

// OneSided holds the two exact one-sided p-values of a count against a target.
// They overlap in the observed count itself, so their sum exceeds 1.
type OneSided struct {
	// PGreater is P(X ≥ x): small where the rate is above the target.
	PGreater float64
	// PLess is P(X ≤ x): small where the rate is below the target.
	PLess float64
}

// ExactBinomial tests x satisfied among n answers against the target rate p0,
// under X ~ Binomial(n, p0). Valid at every sample size and conservative for
// small ones. Both values are NaN where n < 1, x is outside 0..n or p0 outside
// [0, 1]. Missing answers belong to neither x nor n. The answers must be
// independent and equally weighted: for a design use the interval of the
// estimate instead.
//
// Source: Clopper and Pearson (1934), Biometrika 26; the tails are incomplete
// beta functions, P(X ≥ x) = I(p0; x, n−x+1).
func ExactBinomial(x, n int, p0 float64) OneSided {
	if n < 1 || x < 0 || x > n || !(p0 >= 0 && p0 <= 1) {
		return OneSided{PGreater: math.NaN(), PLess: math.NaN()}
	}
	return OneSided{
		PGreater: BinomialUpper(x-1, n, p0),
		PLess:    BinomialCDF(x, n, p0),
	}
}

// BinomialCDF returns P(X ≤ k) for X ~ Binomial(n, p).
func BinomialCDF(k, n int, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return BetaCDF(1-p, float64(n-k), float64(k)+1)
}

// BinomialUpper returns P(X > k) for X ~ Binomial(n, p), to relative precision
// in the far tail.
func BinomialUpper(k, n int, p float64) float64 {
	switch {
	case k < 0:
		return 1
	case k >= n:
		return 0
	}
	return BetaCDF(p, float64(k)+1, float64(n-k))
}

// BinomialQuantile returns the smallest k with P(X ≤ k) ≥ q for X ~ Binomial(n,
// p). A q that a rounding error alone holds above P(X ≤ k) counts as reached.
func BinomialQuantile(q float64, n int, p float64) int {
	const slack = 1e-13
	low, high := 0, n
	for low < high {
		middle := low + (high-low)/2
		if BinomialCDF(middle, n, p) >= q*(1-slack) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}
