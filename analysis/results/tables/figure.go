package tables

import (
	"encoding/json"
	"math"

	"hailong/analysis"
)

// Figure is a rate with what is needed to judge it. What is not defined is NaN,
// null in JSON. A suppressed figure tells nothing: its group has too few
// respondents, possibly none, or would give away one that has.
type Figure struct {
	N          int64   // respondents
	Answers    int64   // answers that count
	Rate       float64 // 0 to 1
	Low, High  float64 // interval at the method's confidence
	Suppressed bool
	Few        bool // shown to the office alone: fewer respondents than others are shown
	// Verified is the figure of the responses with a proof alone; nil where there are
	// none, or where it would tell of few.
	Verified *Figure
	// Unclassed figures were published before figures of verified responses stood
	// beside them. They are judged as they were then.
	Unclassed bool
}

// NoFigure is the figure of a group in which nobody answered.
func NoFigure() Figure { return Figure{Rate: math.NaN(), Low: math.NaN(), High: math.NaN()} }

// suppressed is the figure of a group that is hidden.
func suppressed() Figure {
	f := NoFigure()
	f.Suppressed = true
	return f
}

// Defined reports whether there is a rate.
func (f Figure) Defined() bool { return !math.IsNaN(f.Rate) }

// Interval is the figure's interval.
func (f Figure) Interval() analysis.Interval { return analysis.Interval{Low: f.Low, High: f.High} }

// MarshalJSON writes the figure as the interface for programs has it.
func (f Figure) MarshalJSON() ([]byte, error) {
	number := func(v float64) *float64 {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return &v
	}
	return json.Marshal(struct {
		N          int64    `json:"n"`
		Answers    int64    `json:"answers"`
		Rate       *float64 `json:"rate"`
		Low        *float64 `json:"low"`
		High       *float64 `json:"high"`
		Suppressed bool     `json:"suppressed"`
		Few        bool     `json:"few,omitempty"`
		Verified   *Figure  `json:"verified,omitempty"`
	}{f.N, f.Answers, number(f.Rate), number(f.Low), number(f.High), f.Suppressed, f.Few, f.Verified})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figure) UnmarshalJSON(data []byte) error {
	var v struct {
		N, Answers      int64
		Rate, Low, High *float64
		Suppressed      bool
		Verified        *Figure
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	number := func(p *float64) float64 {
		if p == nil {
			return math.NaN()
		}
		return *p
	}
	*f = Figure{N: v.N, Answers: v.Answers, Rate: number(v.Rate), Low: number(v.Low), High: number(v.High), Suppressed: v.Suppressed, Verified: v.Verified}
	return nil
}

func figureOf(e analysis.IndexEstimate) Figure {
	return Figure{N: e.Respondents, Answers: e.Answers, Rate: e.Rate, Low: e.Interval.Low, High: e.Interval.High}
}

// itemFigure is the figure of one item from its counts, counts[c-1] answers of
// code c, in a group of rows responses out of total. It is the index of that
// item alone (analysis.IndexTable.Estimate), from counts that are there
// already: 22 items need no 22 passes over the responses.
func itemFigure(counts []int64, s analysis.Scoring, rows, total int64, confidence float64) Figure {
	var n, points int64
	for i, count := range counts {
		n += count
		points += count * int64(s.Points[i+1])
	}
	if n == 0 {
		return NoFigure()
	}
	m, of := float64(n), float64(s.Of)
	f := Figure{N: n, Answers: n, Rate: float64(points) / m / of}
	var i analysis.Interval
	var squares float64
	for c, count := range counts {
		off := float64(s.Points[c+1])/of - f.Rate
		squares += float64(count) * off * off
	}
	same := false // everybody gave the same answer
	for _, count := range counts {
		same = same || count == n
	}
	switch {
	case s.Of == 1:
		i = analysis.Wilson(float64(points), m, confidence)
	case same && f.Rate > 0 && f.Rate < 1:
		i = analysis.ClopperPearson(f.Rate*m, m, confidence)
	case same:
		i = analysis.KornGraubard(f.Rate, 0, m, float64(rows-1), confidence)
	default:
		se := math.NaN()
		if total > 1 {
			se = math.Sqrt(float64(total)/float64(total-1)*squares) / m
		}
		i = analysis.Logit(f.Rate, se, float64(rows-1), confidence)
	}
	f.Low, f.High = i.Low, i.High
	return f
}
