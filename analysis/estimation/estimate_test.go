package estimation

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"testing"

	"hailong/analysis"
)

// The figures do not depend on how many cores worked on them.
func TestEstimateOnAnyNumberOfCores(t *testing.T) {
	s := randomColumns(t, 4, 20_000, 5).Snapshot()
	plan := Estimation{Items: []int{0, 1, 2, 3, 4}, Satisfied: []int{4, 5}, By: []int{0, 1}, Confidence: 0.95}
	r := make([]float64, s.Rows())
	for row := range r {
		r[row] = 1 + float64(row%17)/7
	}
	plan.Design = Design{Strata: s.Domain(1), Weight: r}
	estimate := func(cores int) string {
		defer setCores(cores)()
		e, err := Estimate(s, plan)
		if err != nil {
			t.Fatal(err)
		}
		return exactly(e)
	}
	if one, three := estimate(1), estimate(3); one != three {
		t.Error("one and three cores give different figures")
	}
}

func setCores(n int) (restore func()) {
	before := runtime.GOMAXPROCS(n)
	return func() { runtime.GOMAXPROCS(before) }
}

// exactly writes figures so that any difference of a bit shows.
func exactly(e *Estimates) string { return fmt.Sprintf("%b", *e) }

func TestEstimateRefuses(t *testing.T) {
	t.Parallel()
	s := randomColumns(t, 1, 8, 2).Snapshot()
	good := func() Estimation {
		return Estimation{Items: []int{0, 1}, Satisfied: []int{4, 5}, By: []int{0}, Confidence: 0.95}
	}
	if _, err := Estimate(s, good()); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		spoil func(p *Estimation)
		says  string
	}{
		"NoItems":         {func(p *Estimation) { p.Items = nil }, "no items to estimate"},
		"UnknownItem":     {func(p *Estimation) { p.Items = []int{2} }, "no item column 2"},
		"UnknownDomain":   {func(p *Estimation) { p.By = []int{-1} }, "no domain column -1"},
		"CodeZero":        {func(p *Estimation) { p.Satisfied = []int{0} }, "no answer code 0"},
		"CodeTooLarge":    {func(p *Estimation) { p.Satisfied = []int{254} }, "no answer code 254"},
		"ConfidenceOfOne": {func(p *Estimation) { p.Confidence = 1 }, "confidence 1 is not between"},
		"NoConfidence":    {func(p *Estimation) { p.Confidence = math.NaN() }, "confidence NaN is not between"},
		"UnlikeLength":    {func(p *Estimation) { p.Design.Weight = []float64{1} }, "for 8 responses"},
	} {
		p := good()
		tt.spoil(&p)
		if _, err := Estimate(s, p); !says(err, tt.says) {
			t.Errorf("%s: the error is %v, it should say %q", name, err, tt.says)
		}
	}
	if _, err := Estimate(s.Slice(0, 0), good()); !says(err, "no responses") {
		t.Errorf("no responses: error %v", err)
	}
	p := good()
	p.Design.FPC = []float64{9, 9, 9, 9, 9, 9, 9, 10}
	var wrong *DesignError
	if _, err := Estimate(s, p); !errors.As(err, &wrong) || wrong.Problems[0].Fault != FPCVaries {
		t.Errorf("error %v, want a DesignError", err)
	}
	c := randomColumns(t, 1, 8, 2)
	if err := c.Append([]uint8{1, 1}, []uint32{1 << 31, 1}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Estimate(c.Snapshot(), good()); !says(err, "too many for a table") {
		t.Errorf("domain codes with a gap of two thousand million: error %v", err)
	}
}

// The whole population answered: no sampling error, and an interval of no width.
func TestEstimateOfACensus(t *testing.T) {
	t.Parallel()
	s := responses(t, []uint8{5, 4}, []uint8{2, 4}, []uint8{4, 4})
	e, err := Estimate(s, Estimation{Items: []int{0, 1}, Satisfied: []int{4, 5}, Confidence: 0.95, Design: Design{FPC: []float64{3, 3, 3}}})
	if err != nil {
		t.Fatal(err)
	}
	two := 2.0 / 3
	if f := e.Whole.Items[0]; f.SE != 0 || f.Rate != two || f.Interval != (analysis.Interval{Low: two, High: two}) || f.DEff != 0 || f.MeanSE != 0 {
		t.Errorf("%+v", f)
	}
	if x := e.Whole.Index; x.SE != 0 || math.Abs(x.Interval.Low-5.0/6) > 1e-15 || math.Abs(x.Interval.High-5.0/6) > 1e-15 {
		t.Errorf("%+v", x)
	}
}

// A cluster of its own for every response is no clustering.
func TestEstimateWithClustersOfOne(t *testing.T) {
	t.Parallel()
	s := randomColumns(t, 9, 300, 3).Snapshot()
	plan := Estimation{Items: []int{0, 1, 2}, Satisfied: []int{4, 5}, By: []int{0}, Confidence: 0.95, Design: Design{Strata: s.Domain(1)}}
	alone, err := Estimate(s, plan)
	if err != nil {
		t.Fatal(err)
	}
	plan.Design.Cluster = make([]uint32, s.Rows())
	for row := range plan.Design.Cluster {
		plan.Design.Cluster[row] = uint32(7 * row)
	}
	clustered, err := Estimate(s, plan)
	if err != nil {
		t.Fatal(err)
	}
	if exactly(alone) != exactly(clustered) {
		t.Error("the figures differ")
	}
}
