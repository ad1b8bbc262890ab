package review

import (
	"math"

	"hailong/analysis"
)

// TwoProportions compares two independent groups' shares.
type TwoProportions struct {
	P1, P2 float64
	// Z is the pooled z statistic, positive where the first share is higher;
	// ChiSquare is its square. P is two-sided.
	Z, ChiSquare, P float64
	// Difference is the Wald interval of P1−P2 with unpooled variance.
	Difference analysis.Interval
	// Score is Newcombe's interval of P1−P2 from the two Wilson intervals. It
	// keeps its level for small groups and shares near 0 or 1, where the Wald
	// interval does not.
	Score analysis.Interval
}

// CompareProportions compares x1 of n1 with x2 of n2:
//
//	z = (p1−p2)/√(p(1−p)(1/n1+1/n2)),  p = (x1+x2)/(n1+n2)
//	Wald: p1−p2 ∓ z_{1−α/2}·√(p1(1−p1)/n1 + p2(1−p2)/n2), cut at −1 and 1
//	Newcombe: low = d − √((p1−l1)² + (u2−p2)²), high = d + √((u1−p1)² + (p2−l2)²)
//
// without continuity correction. Everything is NaN where a group is empty, a
// count is outside 0..n or confidence is outside (0, 1); Z, ChiSquare and P are
// NaN where both groups are wholly satisfied or wholly not. The normal
// approximation asks for about 5 expected of each kind in each group.
//
// Sources: Fleiss, Levin and Paik (2003), section 3.2; Newcombe (1998),
// Statistics in Medicine 17, method 10.
func CompareProportions(x1, n1, x2, n2 int, confidence float64) TwoProportions {
	nan := math.NaN()
	c := TwoProportions{
		P1: nan, P2: nan, Z: nan, ChiSquare: nan, P: nan,
		Difference: analysis.UndefinedInterval(), Score: analysis.UndefinedInterval(),
	}
	a, m1, b, m2 := float64(x1), float64(n1), float64(x2), float64(n2)
	if !analysis.ValidConfidence(confidence) || !validCount(a, m1) || !validCount(b, m2) {
		return c
	}
	c.P1, c.P2 = a/m1, b/m2
	d := c.P1 - c.P2
	pooled := (a + b) / (m1 + m2)
	if pooled > 0 && pooled < 1 {
		c.Z = d / math.Sqrt(pooled*(1-pooled)*(1/m1+1/m2))
		c.ChiSquare = c.Z * c.Z
		c.P = 2 * analysis.NormalUpper(math.Abs(c.Z))
	}
	half := analysis.NormalQuantile((1+confidence)/2) *
		math.Sqrt(c.P1*(1-c.P1)/m1+c.P2*(1-c.P2)/m2)
	c.Difference = analysis.Interval{Low: math.Max(-1, d-half), High: math.Min(1, d+half)}
	w1, w2 := analysis.Wilson(a, m1, confidence), analysis.Wilson(b, m2, confidence)
	c.Score = analysis.Interval{
		Low:  math.Max(-1, d-math.Hypot(c.P1-w1.Low, w2.High-c.P2)),
		High: math.Min(1, d+math.Hypot(w1.High-c.P1, c.P2-w2.Low)),
	}
	return c
}

func validCount(x, n float64) bool { return n > 0 && !math.IsInf(n, 0) && x >= 0 && x <= n }
