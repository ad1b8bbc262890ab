package quality_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/quality"
)

func TestCapacity(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		past []int
		want int
	}{
		{"NoPast", nil, 20},
		{"Quiet", []int{0, 0, 1, 0, 2, 0, 0, 1}, 20},
		{"Busy", []int{10, 10, 10, 10, 10, 10, 10, 10}, 30},
		{"OneLargeHour", []int{10, 10, 10, 10, 10, 10, 10, 20}, 58}, // type 7: 19.3
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := quality.Capacity(test.past, 20); got != test.want {
				t.Errorf("capacity %d, want %d", got, test.want)
			}
		})
	}
}

// What is left of a mark after its excess is a number that nobody would find
// strange, and one more would not be left.
func TestExcess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		count, others := rapid.IntRange(1, 2000).Draw(t, "count"), rapid.IntRange(0, 500).Draw(t, "others")
		share := rapid.Float64Range(0, 0.99).Draw(t, "share")
		excess := quality.Excess(count, others, share, 1e-4)
		chance := func(m int) float64 { return analysis.BinomialUpper(m-1, m+others, share) }
		switch left := count - excess; {
		case excess < 0 || left < 0:
			t.Fatalf("excess %d of %d", excess, count)
		case excess == 0 && chance(count) <= 1e-4:
			t.Fatalf("nothing is too many although the chance is %g", chance(count))
		case excess > 0 && chance(count) > 1e-4:
			t.Fatalf("%d are too many although the chance is %g", excess, chance(count))
		case excess > 0 && left > 0 && chance(left) <= 0.05:
			t.Fatalf("%d are left, whose chance is %g", left, chance(left))
		case excess > 0 && chance(left+1) > 0.05:
			t.Fatalf("only %d are left, and the chance of one more is %g", left, chance(left+1))
		}
	})
}

func TestExcessOfNonsense(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		count, others int
		share, level  float64
	}{{0, 5, 0.1, 1e-4}, {-1, 5, 0.1, 1e-4}, {9, -1, 0.1, 1e-4}, {9, 0, 1, 1e-4}, {9, 0, math.NaN(), 1e-4}, {9, 0, 0.1, 0}, {9, 0, 0.1, math.NaN()}} {
		if got := quality.Excess(test.count, test.others, test.share, test.level); got != 0 {
			t.Errorf("%+v: excess %d, want 0", test, got)
		}
	}
}

func TestBusyDay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		past  []int
		want  int
		known bool
	}{
		"Nothing": {nil, 0, false}, "FourDays": {[]int{15, 15, 15, 15}, 0, false},
		"FiveDays": {[]int{15, 15, 15, 15, 15}, 45, true}, "Market": {[]int{40, 10, 10, 10, 10}, 117, true}, // 10 + 0.96·30
	} {
		if got, known := quality.BusyDay(test.past); got != test.want || known != test.known {
			t.Errorf("%s: %d, %t; want %d, %t", name, got, known, test.want, test.known)
		}
	}
}
