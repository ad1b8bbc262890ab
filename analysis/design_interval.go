package analysis

import "math"

// KornGraubard returns the interval of a proportion p estimated with standard
// error se from m answers under a design with df degrees of freedom: the
// Clopper–Pearson interval at the effective sample size
//
//	n_eff = p(1−p)/se² · (t(α/2, m−1) / t(α/2, df))²
//
// which is not cut at m. Where p is 0 or 1 there is no variance to judge by and
// n_eff = m·(t(α/2, m−1)/t(α/2, df))²: the exact one-sided bound, so that a
// perfect score from few people still shows its width. Where se is 0 otherwise
// (the whole population answered) the interval is the point. It is undefined
// without degrees of freedom (df ≤ 0), and from a single answer.
//
// Source: Korn and Graubard (1998), Survey Methodology 24; R survey,
// svyciprop(method = "beta").
func KornGraubard(p, se, m, df, confidence float64) Interval {
	constant := p == 0 || p == 1
	if !(p >= 0 && p <= 1) || !(se >= 0 || constant) || !(m > 0) || !ValidConfidence(confidence) {
		return undefinedInterval
	}
	tail := (1 - confidence) / 2
	factor := math.Pow(TQuantile(tail, m-1)/TQuantile(tail, df), 2)
	switch {
	case math.IsNaN(factor):
		return undefinedInterval
	case constant:
		return ClopperPearson(p*m*factor, m*factor, confidence)
	case se == 0:
		return Interval{Low: p, High: p}
	}
	n := p * (1 - p) / (se * se) * factor
	i := ClopperPearson(p*n, n, confidence)
	// The interval holds p; rounding would not, at an n of 1e15 and more.
	return Interval{Low: math.Min(i.Low, p), High: math.Max(i.High, p)}
}

// Logit returns the interval of a rate r with standard error se that is
// symmetric on the logit scale and so stays inside (0, 1):
//
//	expit(logit r ∓ t(1−α/2, df)·se/(r(1−r)))
//
// It is undefined where r is not strictly between 0 and 1, where se is
// negative or df is not positive. Its coverage falls off for rates near 0 or 1
// from few clusters; see KornGraubard.
//
// Source: R survey, svyciprop(method = "xlogit").
func Logit(r, se, df, confidence float64) Interval {
	if !(r > 0 && r < 1) || !(se >= 0) || !(df > 0) || !ValidConfidence(confidence) {
		return undefinedInterval
	}
	centre := math.Log(r) - math.Log1p(-r)
	half := TQuantile((1+confidence)/2, df) * se / (r * (1 - r))
	return Interval{Low: Expit(centre - half), High: Expit(centre + half)}
}

// DesignEffect is how many times larger the variance se² of a proportion p from
// m answers is than in a simple random sample drawn with replacement,
//
//	deff = se²·(m−1)/(p(1−p))
//
// NaN where p is 0 or 1, or m below 2.
//
// Source: Kish (1965), Survey Sampling, 8.2; R survey, svymean(deff = "replace").
func DesignEffect(p, se, m float64) float64 {
	if !(p > 0 && p < 1) || !(m > 1) || !(se >= 0) {
		return math.NaN()
	}
	return se * se * (m - 1) / (p * (1 - p))
}

// Expit is the inverse of the logit, 1/(1+e^−x).
func Expit(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}
