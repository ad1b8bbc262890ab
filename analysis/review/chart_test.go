package review

import (
	"errors"
	"math"
	"testing"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

// R 4.2.2: z <- (x/n - p)/sqrt(p*(1-p)/n), sigma <- mean(abs(diff(z)))/(2/sqrt(pi)).
func TestLaneyChartMatchesR(t *testing.T) {
	t.Parallel()
	got, err := LaneyChart([]int{88, 92, 75, 97, 60, 0, 83, 70, 95}, []int{100, 110, 90, 105, 80, 0, 95, 100, 110})
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "center", got.Center, 0.8354430379746836, 1e-12)
	oracletest.Near(t, "sigma z", got.Spread, 2.586515483545287, 1e-12)
	for i, want := range map[int]float64{0: 0.5477344073885346, 1: 0.5611236221077103, 4: 0.5137750101226815, 8: 0.5611236221077103} {
		oracletest.Near(t, "low", got.Points[i].Limits.Low, want, 1e-12)
		if got.Points[i].Limits.High != 1 || got.Points[i].Out {
			t.Errorf("point %d: %+v", i, got.Points[i])
		}
	}
	if gap := got.Points[5]; !math.IsNaN(gap.Rate) || gap.Limits.Defined() || gap.Out {
		t.Errorf("a period without answers: %+v", gap)
	}
}

func TestChartsOfLittle(t *testing.T) {
	t.Parallel()
	flat, err := LaneyChart([]int{40, 80, 20}, []int{50, 100, 25})
	if err != nil || flat.Spread != 0 || flat.Points[1].Out {
		t.Errorf("equal rates: %+v, %v", flat, err)
	}
	perfect, err := PChart([]int{50, 20}, []int{50, 20})
	if err != nil || perfect.Points[0].Out || perfect.Points[0].Limits != (analysis.Interval{Low: 1, High: 1}) {
		t.Errorf("all satisfied: %+v, %v", perfect, err)
	}
	shock, err := PChart([]int{90, 91, 40}, []int{100, 100, 100})
	if err != nil || !shock.Points[2].Out {
		t.Errorf("a fall by half: %+v, %v", shock, err)
	}
	for name, tt := range map[string]struct{ err, want error }{
		"Nothing":      {errorOf(PChart(nil, nil)), analysis.ErrTooFew},
		"NoAnswers":    {errorOf(PChart([]int{0}, []int{0})), analysis.ErrTooFew},
		"OnePeriod":    {errorOf(LaneyChart([]int{3}, []int{5})), analysis.ErrTooFew},
		"AllSatisfied": {errorOf(LaneyChart([]int{5, 5}, []int{5, 5})), analysis.ErrTooFew},
		"Count":        {errorOf(PChart([]int{6}, []int{5})), analysis.ErrBadRequest},
		"Lengths":      {errorOf(LaneyChart([]int{6}, nil)), analysis.ErrBadRequest},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
}

func FuzzCharts(f *testing.F) {
	f.Add(3, 5, 40, 50, 0, 0)
	f.Fuzz(func(t *testing.T, x1, n1, x2, n2, x3, n3 int) {
		for _, chart := range []func(x, n []int) (ControlChart, error){PChart, LaneyChart} {
			c, err := chart([]int{x1, x2, x3}, []int{n1, n2, n3})
			if err != nil {
				continue
			}
			for _, p := range c.Points {
				if p.Limits.Defined() && !p.Limits.Contains(c.Center) && c.Spread > 1e-9 {
					t.Errorf("%+v", c)
				}
			}
		}
	})
}
