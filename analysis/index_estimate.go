package analysis

import (
	"math"
	"math/big"
)

// IndexEstimate is an index in one cell. What is not defined is NaN.
type IndexEstimate struct {
	Respondents int64   // who answered anything
	Answers     int64   // given to items of the index
	Rate        float64 // 0 to 1
	SE          float64
	Interval    Interval
	Without     []int // factors without an answer in the cell
}

// Estimate is the index in a cell with its interval, as from a simple random
// sample of all the table's responses. The standard error is the linearised one
// over respondents,
//
//	se² = N/(N−1)·Σ z_i²,  pooled: z_i = (y_i − r·x_i)/X,  factors: z_i = 1/F·Σ_f (y_if − r_f·x_if)/X_f
//
// with N the responses of the table. The interval is Logit with one degree of
// freedom less than the cell has responses; where all respondents agree
// (se = 0), KornGraubard's exact bound at as many answers as respondents, which
// is a conservative bound for scores between 0 and 1; Wilson for a single item
// scored 0 or 1. Nobody answered: counts 0, the rest NaN. A table of a single
// response: se NaN.
func (t *IndexTable) Estimate(cell int, confidence float64) IndexEstimate {
	groups := make([][]int, 0, len(t.index.Factors))
	all := make([]int, len(t.index.Factors))
	for f := range all {
		all[f] = f
		groups = append(groups, all[f:f+1:f+1])
	}
	if t.index.Pooling == PoolAnswers {
		groups = [][]int{all}
	}
	return t.estimate(cell, groups, confidence)
}

// Factor is the figure of one factor alone, pooled over its items.
func (t *IndexTable) Factor(cell, factor int, confidence float64) IndexEstimate {
	return t.estimate(cell, [][]int{{factor}}, confidence)
}

// estimate takes the mean over groups of factors, answers pooled within a group.
func (t *IndexTable) estimate(cell int, groups [][]int, confidence float64) IndexEstimate {
	factors := len(t.index.Factors)
	e := IndexEstimate{Rate: math.NaN(), SE: math.NaN(), Interval: undefinedInterval}
	sums := t.sums[cell*2*factors:][:2*factors]
	var points []int64  // Y of each group with answers
	var answers []int64 // X of the same
	var with [][]int
	items := 0
	for _, group := range groups {
		var y, x int64
		for _, f := range group {
			y += sums[f]
			x += sums[factors+f]
			items += len(t.index.Factors[f])
			if sums[factors+f] == 0 {
				e.Without = append(e.Without, f)
			}
		}
		if x > 0 {
			points, answers, with = append(points, y), append(answers, x), append(with, group)
			e.Answers += x
		}
	}
	if len(with) == 0 {
		return e
	}
	e.Respondents = t.gave[cell*(1+factors)]
	if len(groups) == 1 && len(groups[0]) == 1 {
		e.Respondents = t.gave[cell*(1+factors)+1+groups[0][0]]
	}
	var scored float64
	for g := range with {
		scored += float64(points[g]) / float64(answers[g])
	}
	e.Rate = scored / float64(len(with)) / float64(t.index.Scoring.Of)
	variance := t.squares(cell, with, points, answers)
	if n := float64(t.total); n > 1 {
		e.SE = math.Sqrt(n/(n-1)*variance) / float64(t.index.Scoring.Of*len(with))
	}
	m := float64(e.Respondents)
	switch {
	case items == 1 && t.index.Scoring.Of == 1:
		e.Interval = Wilson(float64(points[0]), float64(answers[0]), confidence)
	case variance == 0 && e.Rate > 0 && e.Rate < 1:
		e.Interval = ClopperPearson(e.Rate*m, m, confidence)
	case variance == 0:
		e.Interval = KornGraubard(e.Rate, 0, m, float64(t.rows[cell]-1), confidence)
	default:
		e.Interval = Logit(e.Rate, e.SE, float64(t.rows[cell]-1), confidence)
	}
	return e
}

// squares is Σ_i (Σ_g (y_ig − Y_g/X_g·x_ig)/X_g)² over the respondents of a
// cell, from the cross-products. Each pair of groups is summed in whole numbers
// before the one division, so that agreement of all respondents gives exactly 0.
func (t *IndexTable) squares(cell int, groups [][]int, points, answers []int64) float64 {
	factors := len(t.index.Factors)
	wide := 2 * factors
	cross := t.cross[cell*wide*(wide+1)/2:]
	product := func(g, h []int, a, b int) *big.Int {
		var sum int64
		for _, f := range g {
			for _, k := range h {
				low, high := min(a+f, b+k), max(a+f, b+k)
				sum += cross[low*wide-low*(low-1)/2+high-low]
			}
		}
		return big.NewInt(sum)
	}
	var total float64
	for i, g := range groups {
		for k, h := range groups[:i+1] {
			yg, xg, yh, xh := big.NewInt(points[i]), big.NewInt(answers[i]), big.NewInt(points[k]), big.NewInt(answers[k])
			sum := new(big.Int)
			term := func(s, a, b *big.Int, negative bool) {
				s.Mul(s, a).Mul(s, b)
				if negative {
					s.Neg(s)
				}
				sum.Add(sum, s)
			}
			term(product(g, h, 0, 0), xg, xh, false)
			term(product(g, h, 0, factors), xg, yh, true)
			term(product(g, h, factors, 0), yg, xh, true)
			term(product(g, h, factors, factors), yg, yh, false)
			exact, _ := new(big.Float).SetInt(sum).Float64()
			pair := exact / math.Pow(float64(answers[i])*float64(answers[k]), 2)
			if i != k {
				pair *= 2
			}
			total += pair
		}
	}
	return math.Max(0, total)
}
