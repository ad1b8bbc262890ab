package analysis

import (
	"math"
)

// tally is what responses of one cell and one answer share.
type tally struct {
	n     int64
	d, d2 float64 // weights as distances from the cell's first weight
}

// item estimates an item in every domain.
func (e *estimation) item(g *grouping, k int, figures []DomainFigures) {
	j := e.plan.Items[k]
	codes := int(e.schema.Items[j].Codes)
	for code := range figures {
		figures[code].Items[k] = ItemFigure{Item: j, Counts: make([]int64, codes)}
	}
	values := make([]float64, codes+1)
	for code := range values {
		values[code] = float64(code)
	}
	var rate, mean []ratio
	if e.sample.psuOf == nil {
		tallies := e.tally(g, j)
		for c, i := range g.partOf {
			counts := figures[g.parts[i].code].Items[k].Counts
			for code := range counts {
				counts[code] += tallies[c*(codes+2)+code+1].n
			}
		}
		points := func(values []float64) func(func(uint32, point) bool) {
			return func(yield func(uint32, point) bool) {
				for c, i := range g.partOf {
					for code := 1; code <= codes; code++ {
						t := tallies[c*(codes+2)+code]
						if t.n > 0 && !yield(i, point{float64(t.n), 1, values[code], g.first[c], t.d, t.d2}) {
							return
						}
					}
				}
			}
		}
		rate, mean = g.ratios(points(e.satisfied())), g.ratios(points(values))
	} else {
		answered, satisfied, scored := e.totals(g, j, figures, k)
		rate, mean = g.ratios(clusterPoints(g, answered, satisfied)), g.ratios(clusterPoints(g, answered, scored))
	}
	for code := range figures {
		e.itemFigure(&figures[code].Items[k], rate[code], mean[code])
	}
}

// tally counts the answers to item j by cell and code in a design whose PSUs are responses.
func (e *estimation) tally(g *grouping, j int) []tally {
	codes := e.schema.Items[j].Codes
	stride := uint32(codes) + 2
	tallies := make([]tally, len(g.partOf)*int(stride))
	lut := slots(codes)
	column := e.items[j]
	if e.sample.weight == nil {
		for row, c := range g.cellOf {
			tallies[c*stride+uint32(lut[column[row]])].n++
		}
		return tallies
	}
	weight := e.sample.weight
	for row, c := range g.cellOf {
		t := &tallies[c*stride+uint32(lut[column[row]])]
		d := weight[row] - g.first[c]
		t.n++
		t.d += d
		t.d2 += d * d
	}
	return tallies
}

// totals sums, per cell of a clustered design, the weights of the responses that
// answered item j, of those satisfied, and the weighted codes. It counts answers
// on the way.
func (e *estimation) totals(g *grouping, j int, figures []DomainFigures, k int) (answered, satisfied, scored []float64) {
	answered, satisfied, scored = make([]float64, len(g.partOf)), make([]float64, len(g.partOf)), make([]float64, len(g.partOf))
	counts := make([][]int64, len(figures))
	for code := range figures {
		counts[code] = figures[code].Items[k].Counts
	}
	codes := e.schema.Items[j].Codes
	good := e.satisfied()
	for row, code := range e.items[j] {
		if code == Missing || code > codes {
			continue
		}
		c := g.cellOf[row]
		w := e.sample.weightOf(row)
		counts[g.codeOf(row)][code-1]++
		answered[c] += w
		satisfied[c] += w * good[code]
		scored[c] += w * float64(code)
	}
	return answered, satisfied, scored
}

// clusterPoints makes a point of every cell: one PSU's part in one domain.
func clusterPoints(g *grouping, base, value []float64) func(func(uint32, point) bool) {
	return func(yield func(uint32, point) bool) {
		for c, i := range g.partOf {
			if !yield(i, point{n: 1, x: base[c], v: value[c], w: 1}) {
				return
			}
		}
	}
}

func (e *estimation) itemFigure(f *ItemFigure, rate, mean ratio) {
	for _, count := range f.Counts {
		f.N += count
	}
	m := float64(f.N)
	f.Rate, f.SE = rate.value, math.Sqrt(rate.variance)
	f.Mean, f.MeanSE = mean.value, math.Sqrt(mean.variance)
	f.DEff, f.Interval = DesignEffect(f.Rate, f.SE, m), undefinedInterval
	if f.N == 0 || !(rate.base > 0) {
		f.Rate, f.SE, f.Mean, f.MeanSE = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		return
	}
	if e.designed {
		f.Interval = KornGraubard(f.Rate, f.SE, m, rate.df, e.plan.Confidence)
	} else {
		f.Interval = Wilson(math.Round(f.Rate*m), m, e.plan.Confidence)
	}
}
