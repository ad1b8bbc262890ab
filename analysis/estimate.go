package analysis

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// Plan says what to estimate from a sample.
type Plan struct {
	Items      []int // item columns
	Satisfied  []int // the codes that count as satisfied
	By         []int // domain columns; code 0 is in no domain
	Design     Design
	Confidence float64 // in (0, 1)
}

// Estimates are the figures of a plan. What is not defined is NaN.
type Estimates struct {
	N          int64   // responses
	Population float64 // sum of weights
	Whole      DomainFigures
	By         [][]DomainFigures // per domain column of the plan, codes 1 and up in order, those that occur
	Alpha      Alpha
}

// DomainFigures are the figures of one domain.
type DomainFigures struct {
	Code  uint32
	N     int64 // responses in the domain
	Items []ItemFigure
	Index IndexFigure
}

// ItemFigure is one item in one domain. Counts are plain counts of answers,
// Counts[c-1] those with code c; all other figures are weighted. Rate is the
// share of satisfied answers, Mean the mean code.
type ItemFigure struct {
	Item     int
	N        int64 // answers
	Counts   []int64
	Rate     float64
	SE       float64
	Interval Interval
	DEff     float64
	Mean     float64
	MeanSE   float64
}

// IndexFigure is the share of satisfied answers among all answers to the items
// of a plan in one domain.
type IndexFigure struct {
	N           int64 // answers
	Respondents int64 // who answered anything
	Rate        float64
	SE          float64
	Interval    Interval
	DEff        float64
	DF          float64
}

// PValue is the one-sided p-value of a rate against a target, t = |rate −
// target|/se with df degrees of freedom: how likely a rate at least this far off
// on the same side would be if the target were exactly met. NaN where se is 0 or
// not defined.
func PValue(rate, se, df, target float64) float64 {
	if !(se > 0) {
		return math.NaN()
	}
	return tUpper(math.Abs(rate-target)/se, df)
}

// Estimate estimates satisfaction rates and mean codes of every item, and the
// index over them, for the whole sample and for every domain.
//
// A rate is a ratio of weighted sums over the responses that answered; its
// variance is that of Taylor linearisation over PSUs (see Design), computed in
// the whole design: responses outside a domain, and missing answers, have a
// residual of 0 but stay in the sample. Degrees of freedom are PSUs − strata
// over the responses of positive weight that answered (item) or that are in the
// domain (index). Intervals: for items KornGraubard under a design, Wilson in a
// simple random sample; for the index Logit, and the bound of KornGraubard at
// as many answers as respondents where its rate is 0 or 1. Design effects
// compare with a simple random sample with replacement of as many answers
// (item) or responses (index).
//
// Nobody answered: counts 0, the rest NaN. Without strata, a sample with a
// single PSU has no standard errors. Sums run in the order of the responses, so
// that the result does not depend on the number of cores. Its errors: a column
// that does not exist, a code or confidence level that cannot be, no responses,
// and *DesignError.
//
// Source: Lumley, Complex Surveys (2010), chapters 2 and 3; R survey 4.1.
func (s Snapshot) Estimate(p Plan) (*Estimates, error) {
	if err := p.check(s); err != nil {
		return nil, err
	}
	drawn, err := p.Design.check(s.rows)
	if err != nil {
		return nil, err
	}
	e := &estimation{Snapshot: s, plan: p, sample: drawn}
	e.designed = p.Design.Strata != nil || p.Design.Cluster != nil || p.Design.Weight != nil || p.Design.FPC != nil
	groupings := make([]*grouping, 1+len(p.By))
	figures := make([][]DomainFigures, len(groupings))
	given := make([]uint32, s.rows)
	e.parallel(1+len(groupings), func(k int) {
		switch k {
		case 0:
			e.fold(given)
		case 1:
			groupings[0] = newGrouping(drawn, nil, 1)
		default:
			d := p.By[k-2]
			groupings[k-1] = newGrouping(drawn, s.domains[d], s.sizes[d])
		}
	})
	for k, g := range groupings {
		figures[k] = make([]DomainFigures, g.size)
		for code := range figures[k] {
			figures[k][code] = DomainFigures{Code: uint32(code), N: g.rows[code], Items: make([]ItemFigure, len(p.Items))}
		}
	}
	out := &Estimates{N: int64(s.rows), Population: drawn.population()}
	tasks := 1 + len(p.Items)
	e.parallel(1+len(groupings)*tasks, func(k int) {
		if k == 0 {
			out.Alpha = s.alpha(p.Items)
			return
		}
		g, task := (k-1)/tasks, (k-1)%tasks
		if task == 0 {
			e.index(groupings[g], given, figures[g])
		} else {
			e.item(groupings[g], task-1, figures[g])
		}
	})
	out.Whole = figures[0][0]
	for _, domains := range figures[1:] {
		var occur []DomainFigures
		for _, d := range domains[1:] {
			if d.N > 0 {
				occur = append(occur, d)
			}
		}
		out.By = append(out.By, occur)
	}
	return out, nil
}

func (p Plan) check(s Snapshot) error {
	if s.rows == 0 {
		return fmt.Errorf("there are no responses")
	}
	if len(p.Items) == 0 {
		return fmt.Errorf("there are no items to estimate")
	}
	for _, j := range p.Items {
		if j < 0 || j >= len(s.items) {
			return fmt.Errorf("there is no item column %d", j)
		}
	}
	for _, d := range p.By {
		if d < 0 || d >= len(s.domains) {
			return fmt.Errorf("there is no domain column %d", d)
		}
	}
	for _, code := range p.Satisfied {
		if code < 1 || code > int(MaxCode) {
			return fmt.Errorf("there is no answer code %d", code)
		}
	}
	if !validConfidence(p.Confidence) {
		return fmt.Errorf("confidence %v is not between 0 and 1", p.Confidence)
	}
	return nil
}

// estimation is one run of Estimate.
type estimation struct {
	Snapshot
	plan     Plan
	sample   *sample
	designed bool
}

// parallel runs tasks 0 to n−1 on all cores. Each writes to places of its own.
func (e *estimation) parallel(n int, task func(k int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for k := next.Add(1) - 1; k < int64(n); k = next.Add(1) - 1 {
				task(int(k))
			}
		})
	}
	wait.Wait()
}

// satisfied marks the codes that count, indexed by code.
func (e *estimation) satisfied() []float64 {
	values := make([]float64, int(MaxCode)+1)
	for _, code := range e.plan.Satisfied {
		values[code] = 1
	}
	return values
}

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

// fold packs, per response, the satisfied answers (high half) and the answers
// given (low half) over the items of the plan.
func (e *estimation) fold(given []uint32) {
	good := e.satisfied()
	for _, j := range e.plan.Items {
		var packed [256]uint32
		for code := 1; code <= int(e.schema.Items[j].Codes); code++ {
			packed[code] = 1 | uint32(good[code])<<16
		}
		for row, code := range e.items[j] {
			given[row] += packed[code]
		}
	}
}

// index estimates the index in every domain.
func (e *estimation) index(g *grouping, given []uint32, figures []DomainFigures) {
	var points func(func(uint32, point) bool)
	if e.sample.psuOf == nil {
		points = func(yield func(uint32, point) bool) {
			for row, c := range g.cellOf {
				p := point{n: 1, x: float64(given[row] & 0xffff), v: float64(given[row] >> 16), w: e.sample.weightOf(row)}
				if p.x > 0 && !yield(g.partOf[c], p) {
					return
				}
			}
		}
	} else {
		base, value := make([]float64, len(g.partOf)), make([]float64, len(g.partOf))
		for row, c := range g.cellOf {
			w := e.sample.weightOf(row)
			base[c] += w * float64(given[row]&0xffff)
			value[c] += w * float64(given[row]>>16)
		}
		points = clusterPoints(g, base, value)
	}
	rates := g.ratios(points)
	squares := make([]float64, g.size) // Σ w(y − r·x)² over responses
	for row, both := range given {
		if both == 0 {
			continue
		}
		code := g.codeOf(row)
		f := &figures[code].Index
		f.N += int64(both & 0xffff)
		f.Respondents++
		away := float64(both>>16) - rates[code].value*float64(both&0xffff)
		squares[code] += e.sample.weightOf(row) * away * away
	}
	for code := range figures {
		f, r, rows := &figures[code].Index, rates[code], float64(g.rows[code])
		f.DF = g.df[code]
		f.Rate, f.SE, f.DEff, f.Interval = math.NaN(), math.NaN(), math.NaN(), undefinedInterval
		if f.N == 0 || !(r.base > 0) {
			continue
		}
		f.Rate, f.SE = r.value, math.Sqrt(r.variance)
		if f.Rate <= 0 || f.Rate >= 1 {
			m := float64(f.Respondents)
			f.Interval = KornGraubard(f.Rate, 0, m, f.DF, e.plan.Confidence)
			continue
		}
		f.Interval = Logit(f.Rate, f.SE, f.DF, e.plan.Confidence)
		if simple := g.weight[code] / (r.base * r.base) * squares[code] / (rows - 1); simple > 0 {
			f.DEff = r.variance / simple
		}
	}
}
