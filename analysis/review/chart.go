package review

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// ControlChart is a p-chart: rates over time within limits that the ordinary
// play of chance keeps.
type ControlChart struct {
	// Center is the pooled rate.
	Center float64
	// Spread multiplies the binomial standard deviation: 1 for a p-chart,
	// Laney's σ_z for a p′-chart.
	Spread float64
	Points []ControlPoint
}

// ControlPoint is one period.
type ControlPoint struct {
	// Rate is x/n, NaN without answers.
	Rate float64
	// Limits are the 3-sigma limits at the period's own n, cut at 0 and 1.
	Limits analysis.Interval
	// Out is true where the rate lies strictly outside its limits: something
	// other than chance is worth looking for.
	Out bool
}

// PChart returns the limits p̄ ∓ 3·√(p̄(1−p̄)/n), p̄ = Σx/Σn. Periods without
// answers have no limits and do not count. It returns ErrTooFew where no period
// has answers, ErrBadRequest for impossible counts. Where n·p̄ or n·(1−p̄) is
// below about 5 the limits are rough. With large n they are too narrow for what
// varies from day to day: use LaneyChart.
//
// Source: Shewhart (1931); Montgomery (2013), section 7.2.
func PChart(x, n []int) (ControlChart, error) {
	return controlChart(x, n, func(float64) float64 { return 1 })
}

// LaneyChart returns the limits p̄ ∓ 3·σ_z·√(p̄(1−p̄)/n): z =
// (p−p̄)/√(p̄(1−p̄)/n) and σ_z their mean moving range / 1.128 (d₂ of two
// successive points). With only binomial variation σ_z is near 1 and the chart
// is PChart's. Missing periods are passed over: the moving range joins their
// neighbours. It needs two periods with answers, better 20, and some variation,
// or returns ErrTooFew; ErrBadRequest for impossible counts.
//
// Source: Laney (2002), Quality Engineering 14.
func LaneyChart(x, n []int) (ControlChart, error) {
	return controlChart(x, n, func(center float64) float64 {
		const d2 = 2 / 1.7724538509055160273 // 2/√π = 1.128…
		var previous, ranges float64
		steps := -1
		for i := range x {
			if n[i] == 0 {
				continue
			}
			z := (float64(x[i])/float64(n[i]) - center) / math.Sqrt(center*(1-center)/float64(n[i]))
			if steps++; steps > 0 {
				ranges += math.Abs(z - previous)
			}
			previous = z
		}
		if steps < 1 {
			return math.NaN()
		}
		return ranges / float64(steps) / d2
	})
}

func controlChart(x, n []int, spread func(center float64) float64) (ControlChart, error) {
	if err := checkCounts(x, n); err != nil {
		return ControlChart{}, err
	}
	var satisfied, total float64
	for i := range x {
		satisfied += float64(x[i])
		total += float64(n[i])
	}
	if total == 0 {
		return ControlChart{}, fmt.Errorf("a control chart without answers: %w", analysis.ErrTooFew)
	}
	c := ControlChart{Center: satisfied / total, Points: make([]ControlPoint, len(x))}
	if c.Spread = spread(c.Center); math.IsNaN(c.Spread) {
		return ControlChart{}, fmt.Errorf("a p′-chart of periods that do not vary, or of one period: %w", analysis.ErrTooFew)
	}
	for i := range c.Points {
		p := &c.Points[i]
		if n[i] == 0 {
			p.Rate, p.Limits = math.NaN(), analysis.UndefinedInterval()
			continue
		}
		p.Rate = float64(x[i]) / float64(n[i])
		half := 3 * c.Spread * math.Sqrt(c.Center*(1-c.Center)/float64(n[i]))
		p.Limits = analysis.Interval{Low: math.Max(0, c.Center-half), High: math.Min(1, c.Center+half)}
		// A rate that all periods share stays inside whatever the last bits
		// say.
		const slack = 1e-12
		p.Out = p.Rate < p.Limits.Low-slack || p.Rate > p.Limits.High+slack
	}
	return c, nil
}
