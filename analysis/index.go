package analysis

import (
	"fmt"
	"math"
	"math/big"
	"slices"
)

// Scoring gives every answer code a score between 0 and 1 as a fraction
// Points[code]/Of. Points[0] is not used. Whole numbers keep every sum exact.
type Scoring struct {
	Points []int
	Of     int
}

// Top2 scores 1 for the satisfied codes and 0 for the others of a scale with
// the codes 1 to codes: the mean score is the share of satisfied answers.
func Top2(codes int, satisfied ...int) Scoring {
	s := Scoring{Points: make([]int, codes+1), Of: 1}
	for _, code := range satisfied {
		if code >= 1 && code <= codes {
			s.Points[code] = 1
		}
	}
	return s
}

// Mean100 scores code/codes: on a scale of five, 0.2 to 1.
func Mean100(codes int) Scoring {
	s := Scoring{Points: make([]int, codes+1), Of: codes}
	for code := range s.Points {
		s.Points[code] = code
	}
	return s
}

// Mean0 scores (code−1)/(codes−1): on a scale of five, 0 to 1 in quarters.
func Mean0(codes int) Scoring {
	s := Scoring{Points: make([]int, codes+1), Of: codes - 1}
	for code := 1; code <= codes; code++ {
		s.Points[code] = code - 1
	}
	return s
}

// Pooling says how the answers of several factors become one figure.
type Pooling int

const (
	// PoolAnswers divides the sum of scores by the answers given, over all items.
	PoolAnswers Pooling = iota
	// PoolFactors takes the plain mean of the factors' own figures. Factors
	// without any answer in a cell are left out of that cell's mean.
	PoolFactors
)

// Index defines a composite figure: factors, each a list of item columns of the
// same scale, scored by Scoring.
type Index struct {
	Factors [][]int
	Scoring Scoring
	Pooling Pooling
}

const maxFactors = 64

func (ix Index) check(s Snapshot) error {
	if len(ix.Factors) == 0 || len(ix.Factors) > maxFactors {
		return fmt.Errorf("an index has 1 to %d factors, not %d", maxFactors, len(ix.Factors))
	}
	if ix.Scoring.Of < 1 || ix.Scoring.Of > 1000 {
		return fmt.Errorf("scores are fractions of a whole number from 1 to 1000, not %d", ix.Scoring.Of)
	}
	for code, points := range ix.Scoring.Points {
		if points < 0 || points > ix.Scoring.Of {
			return fmt.Errorf("code %d scores %d of %d: scores are between 0 and 1", code, points, ix.Scoring.Of)
		}
	}
	for f, items := range ix.Factors {
		if len(items) == 0 || len(items)*ix.Scoring.Of > math.MaxUint16 {
			return fmt.Errorf("factor %d has %d items: between 1 and %d are possible", f+1, len(items), math.MaxUint16/ix.Scoring.Of)
		}
		for _, j := range items {
			if j < 0 || j >= len(s.items) {
				return fmt.Errorf("there is no item column %d", j)
			}
			if item := s.schema.Items[j]; int(item.Codes) != len(ix.Scoring.Points)-1 {
				return fmt.Errorf("item %q has %d codes and the scoring %d: scales are never mixed in one index",
					item.Name, item.Codes, len(ix.Scoring.Points)-1)
			}
		}
	}
	return nil
}

// IndexTable holds, per cell, the sums over respondents from which an index and
// its standard error follow: for every factor f the points y_f and answers x_f
// of each respondent, their totals and all their cross-products. All are whole
// numbers, so that merging is exact in any order.
type IndexTable struct {
	Grid
	index Index
	total int64   // responses in all cells: the sample
	rows  []int64 // per cell, whether or not anything was answered
	gave  []int64 // per cell, respondents who answered anything, then those of each factor
	sums  []int64 // per cell: y_1..y_F, x_1..x_F
	cross []int64 // per cell: upper triangle of the products of those
}

// TabulateIndex sums an index by the cells of q, in parallel. Its errors tell of
// columns that do not exist, of mixed scales and of more cells than a table may have.
func (s Snapshot) TabulateIndex(ix Index, q Query) (*IndexTable, error) {
	grid, err := newGrid(s, q.By)
	if err == nil {
		err = q.check(s)
	}
	if err == nil {
		err = ix.check(s)
	}
	if err != nil {
		return nil, err
	}
	t := &IndexTable{Grid: grid, index: ix}
	wide := 2 * len(ix.Factors)
	products := wide * (wide + 1) / 2
	cells := grid.Cells()
	if (cells+1)*(products+2*wide) > maxCounters {
		return nil, fmt.Errorf("the index table would have more than %d sums: cross fewer domains", maxCounters)
	}
	t.alloc(cells)

	// Points and answers of a code in one number: an answer counts 1 in the low
	// half, its points go to the high half.
	var packed [256]uint32
	for code := 1; code < len(ix.Scoring.Points); code++ {
		packed[code] = uint32(ix.Scoring.Points[code])<<16 | 1
	}
	type sums struct {
		place []uint32
		given [][]uint32 // per factor and row of the block
		table *IndexTable
	}
	start := func() *sums {
		acc := &sums{place: make([]uint32, blockRows), table: &IndexTable{index: ix}}
		for range ix.Factors {
			acc.given = append(acc.given, make([]uint32, blockRows))
		}
		acc.table.alloc(cells + 1)
		return acc
	}
	work := func(acc *sums, low, high int) {
		place := acc.place[:high-low]
		if q.place(s, grid, low, place, uint32(cells)) == 0 {
			return
		}
		for f, items := range ix.Factors {
			given := acc.given[f][:high-low]
			clear(given)
			for _, j := range items {
				for i, code := range s.items[j][low:high] {
					given[i] += packed[code]
				}
			}
		}
		acc.table.add(place, acc.given)
	}
	finish := func(acc *sums) {
		from := acc.table
		for _, rows := range from.rows[:cells] {
			t.total += rows
		}
		addTo(t.rows, from.rows)
		addTo(t.gave, from.gave)
		addTo(t.sums, from.sums)
		addTo(t.cross, from.cross)
	}
	eachBlock(s.rows, start, work, finish)
	return t, nil
}

func (t *IndexTable) alloc(cells int) {
	wide := 2 * len(t.index.Factors)
	t.rows = make([]int64, cells)
	t.gave = make([]int64, cells*(1+len(t.index.Factors)))
	t.sums = make([]int64, cells*wide)
	t.cross = make([]int64, cells*wide*(wide+1)/2)
}

// add sums a block: the cell of each row, and per factor its packed points and answers.
func (t *IndexTable) add(place []uint32, given [][]uint32) {
	factors := len(given)
	wide := 2 * factors
	products := wide * (wide + 1) / 2
	var value [2 * maxFactors]int64
	for i, cell := range place {
		t.rows[cell]++
		var answers int64
		for f := range given {
			g := given[f][i]
			value[f] = int64(g >> 16)
			value[factors+f] = int64(g & 0xffff)
			answers += int64(g & 0xffff)
		}
		if answers == 0 {
			continue
		}
		gave := t.gave[int(cell)*(1+factors):][:1+factors]
		gave[0]++
		for f := range factors {
			if value[factors+f] > 0 {
				gave[1+f]++
			}
		}
		sums := t.sums[int(cell)*wide:][:wide]
		cross := t.cross[int(cell)*products:][:products]
		at := 0
		for a := range wide {
			va := value[a]
			sums[a] += va
			row := cross[at : at+wide-a]
			for b := range row {
				row[b] += va * value[a+b]
			}
			at += wide - a
		}
	}
}

func addTo(to, from []int64) {
	for i := range to {
		to[i] += from[i]
	}
}

// Rows is the number of responses in a cell, Total that of all cells.
func (t *IndexTable) Rows(cell int) int64 { return t.rows[cell] }

// Total is the number of responses in the table: the sample the variance refers to.
func (t *IndexTable) Total() int64 { return t.total }

// Merge adds the sums of o, which must be of the same index and crossed
// columns; the larger of both grids results. The order of merging makes no
// difference.
func (t *IndexTable) Merge(o *IndexTable) error {
	grid, ok := t.union(o.Grid)
	if !ok || !t.index.equal(o.index) {
		return errUnlike
	}
	sum := &IndexTable{Grid: grid, index: t.index, total: t.total + o.total}
	sum.alloc(grid.Cells())
	wide := 2 * len(t.index.Factors)
	products := wide * (wide + 1) / 2
	for _, part := range []*IndexTable{t, o} {
		for from := range part.rows {
			cell, _ := grid.Cell(part.Codes(from)...)
			sum.rows[cell] += part.rows[from]
			addTo(sum.gave[cell*(1+wide/2):][:1+wide/2], part.gave[from*(1+wide/2):])
			addTo(sum.sums[cell*wide:][:wide], part.sums[from*wide:])
			addTo(sum.cross[cell*products:][:products], part.cross[from*products:])
		}
	}
	*t = *sum
	return nil
}

func (ix Index) equal(o Index) bool {
	return ix.Pooling == o.Pooling && ix.Scoring.Of == o.Scoring.Of && slices.Equal(ix.Scoring.Points, o.Scoring.Points) &&
		slices.EqualFunc(ix.Factors, o.Factors, slices.Equal)
}

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
