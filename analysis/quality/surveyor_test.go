package quality

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

// R 4.2.2: anova(lm(y ~ factor(g))), qf, p.adjust(…, "holm").
func TestSurveyorEffectMatchesR(t *testing.T) {
	t.Parallel()
	values := []float64{4.1, 3.9, 4.4, 4.0, 3.1, 3.5, 2.9, 4.6, 4.8, 4.9, 4.5, 4.7, 3.8, 4.2, 9, math.NaN()}
	surveyor := []uint32{1, 1, 1, 1, 2, 2, 2, 7, 7, 7, 7, 7, 9, 9, 0, 1}
	got, err := MeasureSurveyorEffect(values, surveyor, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "icc", got.ICC, 0.892830188679245, 1e-9)
	oracletest.Near(t, "low", got.Interval.Low, 0.5987037705607331, 1e-9)
	oracletest.Near(t, "high", got.Interval.High, 0.9920059466756582, 1e-9)
	oracletest.Near(t, "F", got.F, 29.16666666666659, 1e-9)
	oracletest.NearTail(t, "p", got.P, 2.938026599606678e-05, 1e-9)
	oracletest.Near(t, "design effect", got.DesignEffect, 3.550943396226415, 1e-9)
	if got.N != 14 || got.Surveyors != 4 || got.DF1 != 3 || got.DF2 != 10 {
		t.Errorf("%+v", got)
	}
	for i, want := range []float64{1, 4.213540738318937e-05, 6.677947074288367e-05, 1} {
		oracletest.Near(t, "surveyor p", got.BySurveyor[i].P, want, 1e-9)
	}
	if s := got.BySurveyor[2]; s.Surveyor != 7 || s.N != 5 || math.Abs(s.Mean-4.7) > 1e-12 {
		t.Errorf("%+v", s)
	}
}

func TestSurveyorEffectRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ err, want error }{
		"Nothing":     {errorOf(MeasureSurveyorEffect(nil, nil, 0.95)), analysis.ErrTooFew},
		"OneSurveyor": {errorOf(MeasureSurveyorEffect([]float64{1, 2}, []uint32{3, 3}, 0.95)), analysis.ErrTooFew},
		"OneEach":     {errorOf(MeasureSurveyorEffect([]float64{1, 2}, []uint32{3, 4}, 0.95)), analysis.ErrTooFew},
		"NoSpread":    {errorOf(MeasureSurveyorEffect([]float64{1, 1, 2, 2}, []uint32{3, 3, 4, 4}, 0.95)), analysis.ErrTooFew},
		"Lengths":     {errorOf(MeasureSurveyorEffect([]float64{1}, nil, 0.95)), analysis.ErrBadRequest},
		"Confidence":  {errorOf(MeasureSurveyorEffect([]float64{1}, []uint32{1}, 0)), analysis.ErrBadRequest},
		"FlagLengths": {errorOf(CompareFlags(Flags{true}, nil)), analysis.ErrBadRequest},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
}

// R 4.2.2: phyper(x - 1, marked, n - marked, size, lower.tail = FALSE).
func TestHypergeometricMatchesR(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name               string
		x, size, marked, n int
		want               float64
	}{
		{"Above", 6, 20, 10, 100, 0.003933076466791353},
		{"Below", 1, 20, 10, 100, 0.9048837275692115},
		{"FarAbove", 400, 1000, 5000, 100000, 1.515689297016825e-249},
		{"FarBelow", 30, 1000, 5000, 100000, 0.999315306828533},
		{"Certain", 0, 20, 10, 100, 1},
		{"AllMarked", 5, 5, 9, 9, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := hypergeometricUpper(tt.x, tt.size, tt.marked, tt.n); math.Abs(got/tt.want-1) > 1e-8 {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestCompareFlagsPointsAtTheGroup(t *testing.T) {
	t.Parallel()
	var flags Flags
	var group []uint32
	for g := range uint32(5) { // group 0 is nobody's
		for k := range 50 {
			group = append(group, g)
			flags = append(flags, g == 0 || g == 3 && k < 30 || k < 4)
		}
	}
	got, err := CompareFlags(flags, group)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	for _, g := range got {
		if suspect := g.P < 0.01; suspect != (g.Group == 3) {
			t.Errorf("%+v", g)
		}
	}
	if g := got[2]; g.Flagged != 30 || g.N != 50 || g.Share != 0.6 || math.Abs(g.OtherShare-0.08) > 1e-12 {
		t.Errorf("%+v", g)
	}
	alone, err := CompareFlags(Flags{true, false}, []uint32{1, 1})
	if err != nil || alone[0].P != 1 || !math.IsNaN(alone[0].OtherShare) {
		t.Errorf("a group without others: %+v, %v", alone, err)
	}
}

func TestHypergeometricIsSymmetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "n")
		size, marked := rapid.IntRange(0, n).Draw(t, "size"), rapid.IntRange(0, n).Draw(t, "marked")
		x := rapid.IntRange(max(0, size+marked-n), min(size, marked)).Draw(t, "x")
		a, b := hypergeometricUpper(x, size, marked, n), hypergeometricUpper(x, marked, size, n)
		if math.Abs(a-b) > 1e-9 {
			t.Fatalf("%v and %v", a, b)
		}
		if more := hypergeometricUpper(x+1, size, marked, n); x < min(size, marked) && more > a+1e-12 {
			t.Fatalf("%v at %d, %v at %d", a, x, more, x+1)
		}
	})
}

func FuzzSurveyor(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1.5)
	f.Fuzz(func(t *testing.T, data []byte, scale float64) {
		var values []float64
		var surveyor []uint32
		var flags Flags
		for _, b := range data {
			values = append(values, scale*float64(b>>2))
			surveyor = append(surveyor, uint32(b%4))
			flags = append(flags, b%3 == 0)
		}
		if e, err := MeasureSurveyorEffect(values, surveyor, 0.9); err == nil && !(e.ICC <= 1 && e.P >= 0 && e.P <= 1 && e.DesignEffect >= 1) {
			t.Errorf("%v by %v: %+v", values, surveyor, e)
		}
		groups, err := CompareFlags(flags, surveyor)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			if !(g.P >= 0 && g.P <= 1) {
				t.Errorf("%+v", g)
			}
		}
	})
}
