package estimation

import (
	"iter"
	"math"

	"hailong/analysis"
)

// view is a set of domains whose figures are to be filled.
type view struct {
	*grouping
	figures []DomainFigures
	// partIn gives the part of this view that a cell of the grouping which was
	// tallied belongs to.
	partIn []uint32
}

// own is a view of a grouping by itself.
func own(g *grouping, figures []DomainFigures) view { return view{g, figures, g.partOf} }

// within is a view of all responses at once, fed by the cells of a finer
// grouping: strata are parts, and each cell lies in one.
func within(whole *grouping, figures []DomainFigures, cells *grouping) view {
	partOf := make([]uint32, len(whole.sample.strata))
	for i, p := range whole.parts {
		partOf[p.stratum] = uint32(i)
	}
	v := view{whole, figures, make([]uint32, len(cells.partOf))}
	for c, i := range cells.partOf {
		v.partIn[c] = partOf[cells.parts[i].stratum]
	}
	return v
}

// tally is what responses of one cell with the same answer share.
type tally struct {
	n     int64
	d, d2 float64 // weights as distances from the cell's first weight
}

// item estimates item k of those asked for in all views from one count of its answers.
// The views are of g, or of coarser groupings where PSUs are responses.
func (e *estimation) item(g *grouping, k int, views []view) {
	j := e.asked.Items[k]
	codes := int(e.question(j).Codes)
	identity := make([]float64, codes+1)
	for code := range identity {
		identity[code] = float64(code)
	}
	var points func(v view, values []float64) iter.Seq2[uint32, point]
	var counts []int64 // per cell and code
	if e.sample.psuOf == nil {
		tallies := e.tally(g, j)
		counts = make([]int64, len(tallies))
		for i, t := range tallies {
			counts[i] = t.n
		}
		points = func(v view, values []float64) iter.Seq2[uint32, point] {
			return func(yield func(uint32, point) bool) {
				for c, i := range v.partIn {
					for code, t := range tallies[c*(codes+2):][:codes+1] {
						if code > 0 && t.n > 0 && !yield(i, point{float64(t.n), 1, values[code], g.first[c], t.d, t.d2}) {
							return
						}
					}
				}
			}
		}
	} else {
		var weights []float64
		counts, weights = e.weigh(g, j)
		points = func(v view, values []float64) iter.Seq2[uint32, point] {
			return clusterPoints(v, func(c int) (base, value float64) {
				for code, w := range weights[c*(codes+2):][:codes+1] {
					if code > 0 {
						base += w
						value += w * values[code]
					}
				}
				return base, value
			})
		}
	}
	for _, v := range views {
		for code := range v.figures {
			v.figures[code].Items[k] = ItemFigure{Item: j, Counts: make([]int64, codes)}
		}
		for c, i := range v.partIn {
			into := v.figures[v.parts[i].code].Items[k].Counts
			for code := range into {
				into[code] += counts[c*(codes+2)+code+1]
			}
		}
		rates, means := v.ratios(points(v, e.satisfied())), v.ratios(points(v, identity))
		for code := range v.figures {
			e.itemFigure(&v.figures[code].Items[k], rates[code], means[code])
		}
	}
}

// tally counts the answers to item j by cell and slot in a design whose PSUs are responses.
func (e *estimation) tally(g *grouping, j int) []tally {
	stride := uint32(e.question(j).Codes) + 2
	tallies := make([]tally, len(g.partOf)*int(stride))
	lut := e.question(j).Slots()
	column := e.Item(j)
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

// weigh counts and sums the weights of the answers to item j by cell and slot in
// a clustered design.
func (e *estimation) weigh(g *grouping, j int) (counts []int64, weights []float64) {
	stride := uint32(e.question(j).Codes) + 2
	counts, weights = make([]int64, len(g.partOf)*int(stride)), make([]float64, len(g.partOf)*int(stride))
	lut := e.question(j).Slots()
	for row, code := range e.Item(j) {
		at := g.cellOf[row]*stride + uint32(lut[code])
		counts[at]++
		weights[at] += e.sample.weightOf(row)
	}
	return counts, weights
}

// clusterPoints makes a point of every cell: one PSU's part in one domain.
func clusterPoints(v view, sums func(cell int) (base, value float64)) iter.Seq2[uint32, point] {
	return func(yield func(uint32, point) bool) {
		for c, i := range v.partIn {
			base, value := sums(c)
			if !yield(i, point{n: 1, x: base, v: value, w: 1}) {
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
	f.DEff, f.Interval = analysis.DesignEffect(f.Rate, f.SE, m), analysis.UndefinedInterval()
	if f.N == 0 || !(rate.base > 0) {
		f.Rate, f.SE, f.Mean, f.MeanSE = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		return
	}
	if e.designed {
		f.Interval = analysis.KornGraubard(f.Rate, f.SE, m, rate.df, e.asked.Confidence)
	} else {
		f.Interval = analysis.Wilson(math.Round(f.Rate*m), m, e.asked.Confidence)
	}
}
