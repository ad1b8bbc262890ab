package quality

import (
	"errors"
	"math"
	"testing"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

// R 4.2.2: chisq.test(c(30,4,6,5,7,22,5,8,7,6)), binom.test(52, 100, .2, "greater").
func TestLastDigitsMatchR(t *testing.T) {
	t.Parallel()
	var values []int
	for digit, count := range []int{30, 4, 6, 5, 7, 22, 5, 8, 7, 6} {
		for k := range count {
			value := 10*k + digit
			if k%2 == 1 {
				value = -value
			}
			values = append(values, value)
		}
	}
	got, err := LastDigits(values)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "chisq", got.ChiSquare, 68.4, 1e-10)
	oracletest.NearTail(t, "p", got.P, 3.132987464204078e-11, 1e-9)
	oracletest.NearTail(t, "round p", got.RoundP, 1.206212738340861e-12, 1e-9)
	if got.Round != 0.52 || got.N != 100 || got.Counts[5] != 22 {
		t.Errorf("%+v", got)
	}
	if got, err := LastDigits(values[:49]); !errors.Is(err, analysis.ErrTooFew) {
		t.Errorf("49 values: %+v, %v", got, err)
	}
}

func TestWhipple(t *testing.T) {
	t.Parallel()
	var even []int
	for age := range 100 {
		even = append(even, age)
	}
	if got := Whipple(even); got != 100 {
		t.Errorf("every age once: %v", got)
	}
	if got := Whipple([]int{25, 30, 60, 20, 65, 11}); got != 500 {
		t.Errorf("round ages only: %v", got)
	}
	if got := Whipple([]int{22, 63, -5}); !math.IsNaN(got) {
		t.Errorf("nobody of age: %v", got)
	}
}

func FuzzDigits(f *testing.F) {
	f.Add(math.MinInt, 7)
	f.Fuzz(func(t *testing.T, start, step int) {
		var values []int
		for range 60 {
			values = append(values, start)
			start += step
		}
		got, err := LastDigits(values)
		if err != nil || !(got.P >= 0 && got.P <= 1 && got.RoundP >= 0 && got.RoundP <= 1) {
			t.Errorf("%+v, %v", got, err)
		}
		if w := Whipple(values); w < 0 || w > 500 {
			t.Errorf("index %v", w)
		}
	})
}
