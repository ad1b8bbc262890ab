package review

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

var years = []float64{2021, 2022, 2023, 2024, 2025, 2026}

// R 4.2.2: glm(cbind(x, n - x) ~ year, quasibinomial), predict(…, se.fit = TRUE)
// at 2030 with the dispersion raised to 1, qt(.975, 4).
func TestProjectTrendMatchesR(t *testing.T) {
	t.Parallel()
	n := []int{520, 545, 560, 600, 590, 630}
	tests := []struct {
		name                       string
		x                          []int
		slope, p, dispersion, rate float64
		low, high                  float64
		target                     float64
		want                       analysis.Evidence
	}{
		{
			"CalmerThanChance",
			[]int{410, 455, 470, 520, 515, 560},
			0.143587962600449, 0.007128270553117117, 1, 0.9356990574598676, 0.8943050280529021, 0.9615781540236161, 0.85, analysis.Above,
		},
		{
			"Overdispersed",
			[]int{410, 425, 490, 500, 535, 540},
			0.1432466143507394, 0.1043590241384425, 6.11260893574757, 0.9313750817333407, 0.7857689324150683, 0.9804762194349073, 0.95, analysis.Inconclusive,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ProjectTrend(years, tt.x, n, 2030, tt.target, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			oracletest.Near(t, "slope", got.Slope, tt.slope, 1e-9)
			oracletest.Near(t, "slope p", got.SlopeP, tt.p, 1e-8)
			oracletest.Near(t, "dispersion", got.Dispersion, tt.dispersion, 1e-6)
			oracletest.Near(t, "rate", got.Rate, tt.rate, 1e-9)
			oracletest.Near(t, "low", got.Interval.Low, tt.low, 1e-8)
			oracletest.Near(t, "high", got.Interval.High, tt.high, 1e-8)
			if got.Evidence != tt.want || got.Periods != 6 || math.Abs(got.Ahead-0.8) > 1e-12 {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestProjectTrendOfExtremes(t *testing.T) {
	t.Parallel()
	all, err := ProjectTrend(years, []int{500, 500, 500, 500, 500, 500}, []int{500, 500, 500, 500, 500, 500}, 2030, 0.9, 0.95)
	if err != nil || all.Rate < 0.99 || !all.Interval.Contains(all.Rate) {
		t.Errorf("always 100 %%: %+v, %v", all, err)
	}
	step, err := ProjectTrend(years, []int{0, 0, 0, 50, 50, 50}, []int{50, 50, 50, 50, 50, 50}, 2030, 0.9, 0.95)
	if err != nil || !(step.Slope > 0) || !step.Interval.Contains(step.Rate) {
		t.Errorf("from none to all: %+v, %v", step, err)
	}
	falling, err := ProjectTrend(years, []int{480, 470, 455, 440, 430, 410}, []int{500, 500, 500, 500, 500, 500}, 2030, 0.9, 0.95)
	if err != nil || falling.Evidence != analysis.Below {
		t.Errorf("falling: %+v, %v", falling, err)
	}
	three, err := ProjectTrend(years[:3], []int{480, 470, 481}, []int{500, 500, 500}, 2030, 0.9, 0.95)
	if err != nil || three.Evidence != analysis.Inconclusive {
		t.Errorf("three years: %+v, %v", three, err)
	}
	for name, tt := range map[string]struct{ err, want error }{
		"TwoPeriods":  {errorOf(ProjectTrend(years[:3], []int{1, 0, 2}, []int{2, 0, 3}, 2030, 0.9, 0.95)), analysis.ErrTooFew},
		"OneTime":     {errorOf(ProjectTrend([]float64{1, 1, 1}, []int{1, 1, 2}, []int{2, 2, 3}, 2, 0.9, 0.95)), analysis.ErrTooFew},
		"Count":       {errorOf(ProjectTrend(years[:1], []int{3}, []int{2}, 2030, 0.9, 0.95)), analysis.ErrBadRequest},
		"Lengths":     {errorOf(ProjectTrend(years[:1], []int{1, 1}, []int{2, 2}, 2030, 0.9, 0.95)), analysis.ErrBadRequest},
		"Target":      {errorOf(ProjectTrend(years[:1], []int{1}, []int{2}, 2030, 1, 0.95)), analysis.ErrBadRequest},
		"InfiniteDue": {errorOf(ProjectTrend(years[:1], []int{1}, []int{2}, math.Inf(1), 0.9, 0.95)), analysis.ErrBadRequest},
		"TimeNaN":     {errorOf(ProjectTrend([]float64{math.NaN()}, []int{1}, []int{2}, 2030, 0.9, 0.95)), analysis.ErrBadRequest},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
}

func TestProjectionWidensWithTheDistance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, n := make([]int, 6), make([]int, 6)
		for i := range x {
			n[i] = rapid.IntRange(50, 500).Draw(t, "n")
			x[i] = rapid.IntRange(n[i]/4, 3*n[i]/4).Draw(t, "x")
		}
		logit := func(i analysis.Interval) float64 {
			return math.Log(i.High/(1-i.High)) - math.Log(i.Low/(1-i.Low))
		}
		soon, err := ProjectTrend(years, x, n, 2027, 0.5, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		late, err := ProjectTrend(years, x, n, 2029, 0.5, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		if late.Interval.Low > 1e-9 && late.Interval.High < 1-1e-9 && logit(late.Interval) <= logit(soon.Interval) {
			t.Fatalf("%v in 2027, %v in 2029", soon.Interval, late.Interval)
		}
	})
}

func FuzzProjectTrend(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 5, 9, 8, 9, 9, 9, 5.0)
	f.Add(1e-300, 2e-300, 1e14, 0, 5, 5, 5, 0, 9, -1e14)
	f.Fuzz(func(t *testing.T, t1, t2, t3 float64, x1, n1, x2, n2, x3, n3 int, due float64) {
		p, err := ProjectTrend([]float64{t1, t2, t3, 0}, []int{x1, x2, x3, 3}, []int{n1, n2, n3, 5}, due, 0.9, 0.95)
		if err == nil && (p.Rate < 0 || p.Rate > 1 || p.Interval.Low > p.Interval.High) {
			t.Errorf("%+v", p)
		}
	})
}

func ExampleProjectTrend() {
	p, err := ProjectTrend(
		[]float64{2021, 2022, 2023, 2024, 2025}, []int{410, 455, 470, 520, 515}, []int{520, 545, 560, 600, 590},
		2030, 0.90, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("2030: %.1f %% (%.1f–%.1f %%), %s\n", 100*p.Rate, 100*p.Interval.Low, 100*p.Interval.High, p.Evidence)
	// Output: 2030: 93.9 % (86.7–97.3 %), inconclusive
}
