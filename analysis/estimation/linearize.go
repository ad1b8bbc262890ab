package estimation

import (
	"iter"
	"math"
)

// grouping divides the responses into domains and numbers the cells in which
// residuals are summed. Codes run from 0 (in no domain) to size−1; without a
// domain column all responses have code 0.
type grouping struct {
	sample *sample
	code   []uint32 // per row; nil = all 0
	size   int
	cellOf []uint32  // per row: what shares PSU (or stratum, where responses are PSUs) and domain
	partOf []uint32  // per cell
	parts  []part    // the combinations of stratum and domain that occur
	first  []float64 // per cell, the weight of its first response
	rows   []int64   // per domain
	weight []float64 // per domain, the sum of weights
	df     []float64 // per domain, PSUs − strata over its rows of positive weight
}

// part is the share of a stratum in a domain.
type part struct{ stratum, code uint32 }

func newGrouping(s *sample, code []uint32, size int) *grouping {
	g := &grouping{sample: s, code: code, size: max(1, size), rows: make([]int64, max(1, size)), weight: make([]float64, max(1, size)), df: make([]float64, max(1, size))}
	units := s.stratumOf
	if s.psuOf != nil {
		units = s.psuOf
	}
	// Responses of weight 0 say nothing: where cells are whole strata they get
	// cells of their own, so that a cell is counted in the degrees of freedom or not.
	doubled := code
	zeros := false
	for _, w := range s.weight {
		zeros = zeros || w == 0
	}
	zeros = zeros && s.psuOf == nil
	if zeros {
		doubled = make([]uint32, s.rows)
		for row := range doubled {
			doubled[row] = g.codeOf(row) * 2
			if s.weight[row] == 0 {
				doubled[row]++
			}
		}
	}
	var cells []pair
	g.cellOf, cells = pairs(units, doubled, s.rows)
	strata, codes := make([]uint32, len(cells)), make([]uint32, len(cells))
	for i, p := range cells {
		strata[i], codes[i] = p.a, p.b
		if s.psuOf != nil {
			strata[i] = s.psuStratum[p.a]
		}
		if zeros {
			codes[i] /= 2
		}
	}
	var parts []pair
	g.partOf, parts = pairs(strata, codes, len(cells))
	for _, p := range parts {
		g.parts = append(g.parts, part{p.a, p.b})
	}
	g.count()
	return g
}

// count fills rows, weights and degrees of freedom of the domains.
func (g *grouping) count() {
	g.first = make([]float64, len(g.partOf))
	rows, weight := make([]int64, len(g.partOf)), make([]float64, len(g.partOf))
	for row, c := range g.cellOf {
		w := g.sample.weightOf(row)
		if rows[c] == 0 {
			g.first[c] = w
		}
		rows[c]++
		weight[c] += w
	}
	present := make([]bool, len(g.parts))
	for c, i := range g.partOf {
		code := g.parts[i].code
		g.rows[code] += rows[c]
		g.weight[code] += weight[c]
		if weight[c] > 0 {
			if g.sample.psuOf == nil {
				g.df[code] += float64(rows[c])
			} else {
				g.df[code]++
			}
			if !present[i] {
				present[i] = true
				g.df[code]--
			}
		}
	}
}

func (g *grouping) codeOf(row int) uint32 {
	if g.code == nil {
		return 0
	}
	return g.code[row]
}

// point stands for n PSUs at which a ratio's denominator is x·w and its
// numerator v·w, with weights w + d_i given by their sums Σd_i and Σd_i².
// Keeping weights as distances from one of them lets equal weights give
// variances that are exactly 0 where they ought to be.
type point struct{ n, x, v, w, d, d2 float64 }

func (p point) weight() float64 { return p.n*p.w + p.d }

// ratio is Σwv/Σwx in one domain with its linearised variance.
type ratio struct {
	base     float64 // Σwx
	value    float64 // NaN where base is 0
	variance float64
	df       float64 // PSUs − strata over the PSUs with a positive denominator
}

// ratios estimates one ratio in every domain from its points, given with their
// part. With z = w(v − r·x)/X, zero outside the domain,
//
//	V = Σ_h (1−f_h)·n_h/(n_h−1)·Σ_i (z_hi − z̄_h)²
//
// where n_h counts all PSUs of the stratum; those that give no point have z = 0.
// The points are gone through three times.
func (g *grouping) ratios(points iter.Seq2[uint32, point]) []ratio {
	out := make([]ratio, g.size)
	total := make([]float64, g.size)
	present := make([]bool, len(g.parts))
	for i, p := range points {
		base := p.x * p.weight()
		r := &out[g.parts[i].code]
		r.base += base
		total[g.parts[i].code] += p.v * p.weight()
		if base > 0 {
			r.df += p.n
			if !present[i] {
				present[i] = true
				r.df--
			}
		}
	}
	for code := range out {
		out[code].value = total[code] / out[code].base
	}
	units, sums, squares := make([]float64, len(g.parts)), make([]float64, len(g.parts)), make([]float64, len(g.parts))
	for i, p := range points {
		r := &out[g.parts[i].code]
		units[i] += p.n
		sums[i] += (p.v - r.value*p.x) / r.base * p.weight()
	}
	for i, p := range points {
		r := &out[g.parts[i].code]
		slope := (p.v - r.value*p.x) / r.base
		mean := 0.0
		if h := &g.sample.strata[g.parts[i].stratum]; h.centre {
			mean = sums[i] / float64(h.psus)
		}
		away := slope*p.w - mean
		squares[i] += p.n*away*away + 2*away*slope*p.d + slope*slope*p.d2
	}
	for i, part := range g.parts {
		h := &g.sample.strata[part.stratum]
		if h.centre {
			mean := sums[i] / float64(h.psus)
			squares[i] += (float64(h.psus) - units[i]) * mean * mean
		}
		if h.scale != 0 {
			out[part.code].variance += h.scale * math.Max(0, squares[i])
		}
	}
	return out
}
