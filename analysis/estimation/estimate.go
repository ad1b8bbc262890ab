package estimation

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"hailong/analysis"
)

// Estimation says what to estimate from a sample.
type Estimation struct {
	Items      []int // item columns
	Satisfied  []int // the codes that count as satisfied
	By         []int // domain columns; code 0 is in no domain
	Design     Design
	Confidence float64 // in (0, 1)
}

// Estimates are the figures that an Estimation asks for. What is not defined is NaN.
type Estimates struct {
	N          int64   // responses
	Population float64 // sum of weights
	Whole      DomainFigures
	By         [][]DomainFigures // per domain column asked for, codes 1 and up in order, those that occur
	Alpha      analysis.Alpha
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
	Interval analysis.Interval
	DEff     float64
	Mean     float64
	MeanSE   float64
}

// IndexFigure is the share of satisfied answers among all answers to the items
// asked for in one domain.
type IndexFigure struct {
	N           int64 // answers
	Respondents int64 // who answered anything
	Rate        float64
	SE          float64
	Interval    analysis.Interval
	DEff        float64
	DF          float64
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
func Estimate(rows analysis.FixedRows, p Estimation) (*Estimates, error) {
	if err := p.check(rows); err != nil {
		return nil, err
	}
	drawn, err := p.Design.check(rows.Rows())
	if err != nil {
		return nil, err
	}
	e := &estimation{FixedRows: rows, asked: p, sample: drawn}
	e.designed = p.Design.Strata != nil || p.Design.Cluster != nil || p.Design.Weight != nil || p.Design.FPC != nil
	groupings := make([]*grouping, 1+len(p.By))
	figures := make([][]DomainFigures, len(groupings))
	e.parallel(len(groupings), func(k int) {
		if k == 0 {
			groupings[0] = newGrouping(drawn, nil, 1)
		} else {
			groupings[k] = newGrouping(drawn, rows.Domain(p.By[k-1]), rows.DomainSize(p.By[k-1]))
		}
	})
	given := rows.AnswerCounts(p.Items, e.satisfied())
	for k, g := range groupings {
		figures[k] = make([]DomainFigures, g.size)
		for code := range figures[k] {
			figures[k][code] = DomainFigures{Code: uint32(code), N: g.rows[code], Items: make([]ItemFigure, len(p.Items))}
		}
	}
	// Every grouping is tallied once; the whole is seen within the first domain
	// column where PSUs are responses, and is tallied by itself otherwise.
	tallied, views := groupings, make([][]view, len(groupings))
	for k, g := range groupings {
		views[k] = []view{own(g, figures[k])}
	}
	if len(groupings) > 1 && drawn.psuOf == nil {
		views[1] = append(views[1], within(groupings[0], figures[0], groupings[1]))
		tallied, views = groupings[1:], views[1:]
	}
	out := &Estimates{N: int64(rows.Rows()), Population: drawn.population(), Alpha: rows.Alpha(p.Items)}
	tasks := 1 + len(p.Items)
	e.parallel(len(tallied)*tasks, func(n int) {
		k, task := n/tasks, n%tasks
		if task == 0 {
			e.index(tallied[k], given, views[k])
		} else {
			e.item(tallied[k], task-1, views[k])
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

func (p Estimation) check(rows analysis.FixedRows) error {
	schema := rows.Schema()
	if rows.Rows() == 0 {
		return fmt.Errorf("there are no responses")
	}
	if len(p.Items) == 0 {
		return fmt.Errorf("there are no items to estimate")
	}
	for _, j := range p.Items {
		if j < 0 || j >= len(schema.Items) {
			return fmt.Errorf("there is no item column %d", j)
		}
	}
	for _, d := range p.By {
		if d < 0 || d >= len(schema.Domains) {
			return fmt.Errorf("there is no domain column %d", d)
		}
		if rows.DomainSize(d) > analysis.MaxCounters/(16*len(p.Items)) {
			return fmt.Errorf("domain column %q has codes up to %d, too many for a table: leave it out, or number its values without gaps",
				schema.Domains[d], rows.DomainSize(d)-1)
		}
	}
	for _, code := range p.Satisfied {
		if code < 1 || code > int(analysis.MaxCode) {
			return fmt.Errorf("there is no answer code %d", code)
		}
	}
	if !analysis.ValidConfidence(p.Confidence) {
		return fmt.Errorf("confidence %v is not between 0 and 1", p.Confidence)
	}
	return nil
}

// estimation is one run of Estimate.
type estimation struct {
	analysis.FixedRows
	asked    Estimation
	sample   *sample
	designed bool
}

func (e *estimation) question(j int) analysis.Question { return e.Schema().Items[j] }

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
	values := make([]float64, int(analysis.MaxCode)+1)
	for _, code := range e.asked.Satisfied {
		values[code] = 1
	}
	return values
}
