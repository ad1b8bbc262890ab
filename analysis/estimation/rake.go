package estimation

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Margin is the known composition of the population by one column.
type Margin struct {
	Name   string
	Codes  []uint32  // the category of each response
	Totals []float64 // of the population, by code
}

// Calibration is a set of weights that reproduces known margins. It remembers
// how it was made, because the variance of its figures depends on it.
type Calibration struct {
	Weights    []float64 // per response
	Iterations int
	margins    []Margin
	before     []float64 // weights before calibration
}

// MarginError tells what keeps weights from being calibrated to a margin.
type MarginError struct {
	Margin     string
	Empty      []uint32 // categories of the population without a respondent of positive weight
	Unknown    []uint32 // categories of respondents without a population total
	Difference float64  // of the margin's sum from that of the first margin, where they disagree
	Gap        float64  // largest relative distance from a total, where raking did not converge
}

func (e *MarginError) Error() string {
	var what []string
	if len(e.Empty) > 0 {
		what = append(what, fmt.Sprintf("categories %v have no respondent: join them to others", e.Empty))
	}
	if len(e.Unknown) > 0 {
		what = append(what, fmt.Sprintf("categories %v have respondents but no population total: add it", e.Unknown))
	}
	if e.Difference != 0 {
		what = append(what, fmt.Sprintf("its total differs by %g from that of the first margin: all margins must have the same total", e.Difference))
	}
	if e.Gap != 0 {
		what = append(what, fmt.Sprintf("raking does not converge: totals are still off by up to %.2g of their size; look for combinations of categories without respondents", e.Gap))
	}
	return fmt.Sprintf("margin %q: %s", e.Margin, strings.Join(what, "; "))
}

// PostStratify scales the weights within every category of a margin to its
// population total. Its error is a *MarginError, or tells of weights that are no
// weights. Weights of responses are not changed in place.
//
// Source: Holt and Smith (1979), J. R. Statist. Soc. A 142; R survey, postStratify().
func PostStratify(weights []float64, margin Margin) (*Calibration, error) {
	c, err := newCalibration(weights, []Margin{margin})
	if err != nil {
		return nil, err
	}
	c.fit(margin)
	c.Iterations = 1
	if name, gap := c.gap(); gap > 1e-9 {
		return nil, &MarginError{Margin: name, Gap: gap}
	}
	return c, nil
}

// Rake scales the weights to one margin after the other until all totals are met
// to a relative 1e-10, at most 1000 times over (iterative proportional fitting). Its error is a
// *MarginError, or tells of weights that are no weights. The weights given are
// not changed.
//
// Source: Deming and Stephan (1940), Ann. Math. Statist. 11; R survey, rake().
func Rake(weights []float64, margins []Margin) (*Calibration, error) {
	c, err := newCalibration(weights, margins)
	if err != nil {
		return nil, err
	}
	const rounds, exact = 1000, 1e-10
	for c.Iterations < rounds {
		c.Iterations++
		for _, m := range margins {
			c.fit(m)
		}
		if _, gap := c.gap(); gap <= exact {
			return c, nil
		}
	}
	margin, gap := c.gap()
	return nil, &MarginError{Margin: margin, Gap: gap}
}

func newCalibration(weights []float64, margins []Margin) (*Calibration, error) {
	if err := checkWeights(weights); err != nil {
		return nil, err
	}
	if len(margins) == 0 {
		return nil, fmt.Errorf("there is no margin to calibrate to")
	}
	var total float64
	for i, m := range margins {
		if len(m.Codes) != len(weights) {
			return nil, fmt.Errorf("margin %q has %d codes for %d weights", m.Name, len(m.Codes), len(weights))
		}
		var sum float64
		for code, t := range m.Totals {
			if !validWeight(t) {
				return nil, fmt.Errorf("margin %q: the total %v of category %d is not a number of at least 0", m.Name, t, code)
			}
			sum += t
		}
		if i == 0 {
			total = sum
		} else if math.Abs(sum-total) > 1e-6*total {
			return nil, &MarginError{Margin: m.Name, Difference: sum - total}
		}
		if err := m.check(weights); err != nil {
			return nil, err
		}
	}
	return &Calibration{Weights: slices.Clone(weights), margins: margins, before: weights}, nil
}

// check compares the categories of respondents with those of the population.
func (m Margin) check(weights []float64) error {
	bad := &MarginError{Margin: m.Name}
	present := make([]bool, len(m.Totals))
	unknown := map[uint32]bool{}
	for row, code := range m.Codes {
		switch {
		case weights[row] == 0:
		case int(code) >= len(m.Totals) || m.Totals[code] == 0:
			unknown[code] = true
		default:
			present[code] = true
		}
	}
	for code, total := range m.Totals {
		if total > 0 && !present[code] {
			bad.Empty = append(bad.Empty, uint32(code))
		}
	}
	for code := range unknown {
		bad.Unknown = append(bad.Unknown, code)
	}
	slices.Sort(bad.Unknown)
	if len(bad.Empty)+len(bad.Unknown) > 0 {
		return bad
	}
	return nil
}

// sums are the weighted sizes of the margin's categories.
func (c *Calibration) sums(m Margin) []float64 {
	sums := make([]float64, len(m.Totals))
	for row, code := range m.Codes {
		if w := c.Weights[row]; w > 0 {
			sums[code] += w
		}
	}
	return sums
}

func (c *Calibration) fit(m Margin) {
	sums := c.sums(m)
	for row, code := range m.Codes {
		if c.Weights[row] > 0 {
			c.Weights[row] *= m.Totals[code] / sums[code]
		}
	}
}

// gap is the margin furthest from its totals, and how far relative to them.
func (c *Calibration) gap() (margin string, gap float64) {
	for _, m := range c.margins {
		for code, sum := range c.sums(m) {
			total := m.Totals[code]
			if total == 0 {
				continue
			}
			// Sums beyond the range of numbers are no success.
			if off := math.Abs(sum-total) / total; math.IsNaN(off) {
				return m.Name, math.Inf(1)
			} else if off > gap {
				margin, gap = m.Name, off
			}
		}
	}
	return margin, gap
}

// residuals takes from z, a value per unit of weight, what the margins explain:
// the residuals of its regression on their categories, weighted by the weights
// before calibration, found by sweeping the margins in turn.
func (c *Calibration) residuals(z []float64) {
	var scale float64
	for _, v := range z {
		scale = math.Max(scale, math.Abs(v))
	}
	for range 1000 {
		var moved float64
		for _, m := range c.margins {
			sums, sizes := make([]float64, len(m.Totals)), make([]float64, len(m.Totals))
			for row, code := range m.Codes {
				if w := c.before[row]; w > 0 {
					sums[code] += w * z[row]
					sizes[code] += w
				}
			}
			for code := range sums {
				if sizes[code] > 0 {
					sums[code] /= sizes[code]
					moved = math.Max(moved, math.Abs(sums[code]))
				}
			}
			for row, code := range m.Codes {
				if c.before[row] > 0 {
					z[row] -= sums[code]
				}
			}
		}
		if moved <= 1e-13*scale {
			return
		}
	}
}
