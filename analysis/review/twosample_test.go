package review

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

// Newcombe (1998), table II, method 10: 56/70 − 48/80 and 9/10 − 3/10; 10/10 −
// 0/10 of the same table shows the ends.
func TestScoreDifferenceMatchesNewcombe(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		x1, n1, x2, n2 int
		low, high      float64
	}{
		{"LargeGroups", 56, 70, 48, 80, 0.0524, 0.3339},
		{"SmallGroups", 9, 10, 3, 10, 0.1705, 0.8090},
		{"OppositeEnds", 10, 10, 0, 10, 0.6075, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := CompareProportions(tt.x1, tt.n1, tt.x2, tt.n2, 0.95).Score
			oracletest.Near(t, "low", got.Low, tt.low, 5e-5)
			oracletest.Near(t, "high", got.High, tt.high, 5e-5)
		})
	}
}

func TestCompareProportionsWithoutDefinition(t *testing.T) {
	t.Parallel()
	for _, bad := range [][4]int{{1, 0, 1, 2}, {3, 2, 1, 2}, {1, 2, -1, 2}} {
		if got := CompareProportions(bad[0], bad[1], bad[2], bad[3], 0.95); !math.IsNaN(got.P1) || got.Difference.Defined() {
			t.Errorf("%v: %+v", bad, got)
		}
	}
	same := CompareProportions(5, 5, 7, 7, 0.95)
	if !math.IsNaN(same.Z) || same.Difference != (analysis.Interval{Low: 0, High: 0}) || same.Score.Width() <= 0 {
		t.Errorf("all satisfied: %+v", same)
	}
}

func TestCompareProportionsIsAntisymmetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := rapid.IntRange(1, 500).Draw(t, "n1"), rapid.IntRange(1, 500).Draw(t, "n2")
		x1, x2 := rapid.IntRange(0, n1).Draw(t, "x1"), rapid.IntRange(0, n2).Draw(t, "x2")
		a, b := CompareProportions(x1, n1, x2, n2, 0.9), CompareProportions(x2, n2, x1, n1, 0.9)
		d := a.P1 - a.P2
		if !a.Difference.Contains(d) || !a.Score.Contains(d) {
			t.Fatalf("%+v does not hold %v", a, d)
		}
		if math.Abs(a.Score.Low+b.Score.High) > 1e-12 || math.Abs(a.Difference.High+b.Difference.Low) > 1e-12 ||
			math.Abs(a.Z+b.Z) > 1e-12 {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func FuzzCompareProportions(f *testing.F) {
	f.Add(39, 84, 113, 116, 0.95)
	f.Fuzz(func(t *testing.T, x1, n1, x2, n2 int, confidence float64) {
		got := CompareProportions(x1, n1, x2, n2, confidence)
		if got.P < 0 || got.P > 1 || got.Score.Low > got.Score.High || got.Difference.Low > got.Difference.High {
			t.Errorf("%+v", got)
		}
	})
}
