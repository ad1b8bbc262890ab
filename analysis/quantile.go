package analysis

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// The functions of this file are the only way to gonum's special functions:
// those panic or loop outside their domain, these answer NaN there and the
// limit at its borders.

// NormalQuantile returns the p quantile of the standard normal distribution.
func NormalQuantile(p float64) float64 {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return math.Inf(-1)
	case p == 1:
		return math.Inf(1)
	}
	return mathext.NormalQuantile(p)
}

// NormalUpper returns P(Z > z), exact to relative precision far into the tail.
func NormalUpper(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// TUpper returns P(T > t) with df degrees of freedom; df may be +Inf.
func TUpper(t, df float64) float64 {
	switch {
	case math.IsNaN(t) || !(df > 0):
		return math.NaN()
	case math.IsInf(df, 1):
		return NormalUpper(t)
	case math.IsInf(t, 0):
		if t > 0 {
			return 0
		}
		return 1
	}
	var tail float64
	if t2 := t * t; t2 < 1 {
		tail = (1 - BetaCDF(t2/(df+t2), 0.5, df/2)) / 2
	} else {
		tail = BetaCDF(df/(df+t2), df/2, 0.5) / 2
	}
	if t < 0 {
		return 1 - tail
	}
	return tail
}

// TQuantile returns the p quantile of Student's t with df degrees of freedom;
// df may be fractional or +Inf.
func TQuantile(p, df float64) float64 {
	switch {
	case !(p >= 0 && p <= 1) || !(df > 0):
		return math.NaN()
	case math.IsInf(df, 1):
		return NormalQuantile(p)
	case p == 0.5:
		return 0
	case p == 0:
		return math.Inf(-1)
	case p == 1:
		return math.Inf(1)
	case p > 0.5:
		return -TQuantile(1-p, df)
	}
	if z := NormalQuantile(p); df > 10 && z > -5 {
		t := tExpansion(z, df)
		if df > 1000 {
			return t
		}
		high, _ := math.Lgamma((df + 1) / 2)
		low, _ := math.Lgamma(df / 2)
		for range 8 {
			density := math.Exp(high-low-(df+1)/2*math.Log1p(t*t/df)) / math.Sqrt(df*math.Pi)
			step := (TUpper(-t, df) - p) / density
			t -= step
			if math.Abs(step) <= 1e-8*math.Abs(t) {
				return t
			}
		}
	}
	// P(|T| > t) = I(df/(df+t²); df/2, ½) = 2p. Near the centre the complement
	// keeps the digits.
	if x := BetaQuantile(2*p, df/2, 0.5); x < 0.5 {
		return -math.Sqrt(df * (1 - x) / x)
	}
	y := BetaQuantile(1-2*p, 0.5, df/2)
	return -math.Sqrt(df * y / (1 - y))
}

// tExpansion is the quantile of Student's t from that of the normal distribution,
// good to 14 digits for large df. Abramowitz and Stegun (1964), 26.7.5.
func tExpansion(z, df float64) float64 {
	z2 := z * z
	return z * (1 + (z2+1)/(4*df) + ((5*z2+16)*z2+3)/(96*df*df) + (((3*z2+19)*z2+17)*z2-15)/(384*df*df*df) +
		((((79*z2+776)*z2+1482)*z2-1920)*z2-945)/(92160*df*df*df*df))
}

// FUpper returns P(F > f) with d1 and d2 degrees of freedom; d2 may be +Inf.
func FUpper(f, d1, d2 float64) float64 {
	switch {
	case math.IsNaN(f) || !(d1 > 0) || math.IsInf(d1, 0) || !(d2 > 0):
		return math.NaN()
	case f <= 0:
		return 1
	case math.IsInf(f, 1):
		return 0
	case math.IsInf(d2, 1):
		return ChiSquareUpper(f*d1, d1)
	}
	return BetaCDF(d2/(d2+d1*f), d2/2, d1/2)
}

// FQuantile returns the p quantile of the F distribution with d1 and d2 degrees
// of freedom.
func FQuantile(p, d1, d2 float64) float64 {
	if !(p >= 0 && p <= 1) || !(d1 > 0) || !(d2 > 0) {
		return math.NaN()
	}
	x := BetaQuantile(p, d1/2, d2/2)
	if x > 0.5 {
		y := BetaQuantile(1-p, d2/2, d1/2)
		return d2 * (1 - y) / (d1 * y)
	}
	return d2 * x / (d1 * (1 - x))
}

// ChiSquareUpper returns P(X > x) with df degrees of freedom.
func ChiSquareUpper(x, df float64) float64 {
	switch {
	case math.IsNaN(x) || !(df > 0) || math.IsInf(df, 0):
		return math.NaN()
	case x <= 0:
		return 1
	case math.IsInf(x, 1):
		return 0
	}
	return mathext.GammaIncRegComp(df/2, x/2)
}

// BetaCDF returns I(x; a, b), the distribution function of Beta(a, b).
func BetaCDF(x, a, b float64) float64 {
	switch {
	case math.IsNaN(x) || !validShape(a) || !validShape(b):
		return math.NaN()
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	return mathext.RegIncBeta(a, b, x)
}

func validShape(a float64) bool { return a > 0 && !math.IsInf(a, 0) }

// BetaQuantile returns the p quantile of Beta(a, b). It starts from a normal
// approximation (Abramowitz and Stegun (1964), 26.5.22) or, for shapes to which
// that does not apply, from gonum's inverse, and polishes the start by Newton
// steps held inside a shrinking bracket.
func BetaQuantile(p, a, b float64) float64 {
	switch {
	case !(p >= 0 && p <= 1) || !validShape(a) || !validShape(b):
		return math.NaN()
	case p == 0:
		return 0
	case p == 1:
		return 1
	case b == 1:
		return math.Pow(p, 1/a)
	case a == 1:
		return -math.Expm1(math.Log1p(-p) / b)
	}
	var x float64
	if a > 5 && b > 5 {
		z := -NormalQuantile(p)
		pa, pb := 1/(2*a-1), 1/(2*b-1)
		h, l := 2/(pa+pb), (z*z-3)/6
		w := z*math.Sqrt(math.Max(0, h+l))/h - (pb-pa)*(l+5.0/6-2/(3*h))
		x = a / (a + b*math.Exp(2*w))
	} else {
		x = mathext.InvRegIncBeta(a, b, p)
	}
	if !(x > 0 && x < 1) {
		x = a / (a + b)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	low, high := 0.0, 1.0
	for range 100 {
		off := BetaCDF(x, a, b) - p
		if off == 0 {
			break
		}
		if off < 0 {
			low = x
		} else {
			high = x
		}
		density := math.Exp(lab - la - lb + (a-1)*math.Log(x) + (b-1)*math.Log1p(-x))
		next := x - off/density
		// Newton doubles the right digits: another step would change nothing.
		if math.Abs(next-x) <= 1e-10*math.Min(x, 1-x) {
			return next
		}
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		x = next
	}
	return x
}

// Quantile is the p quantile of sorted values by linear interpolation between
// order statistics (type 7, the default of R); NaN of no values.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	h := p * float64(len(sorted)-1)
	i := min(int(h), len(sorted)-1)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i])
}
