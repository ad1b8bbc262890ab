package analysis

import (
	"math"
	"testing"
)

func FuzzDesignIntervals(f *testing.F) {
	f.Add(0.71, 0.033, 183.0, 14.0, 0.95)
	f.Add(1.0, 0.0, 5.0, 4.0, 0.95)
	f.Add(0.5, 0.0, 1e300, 1e-300, 0.999999)
	f.Add(0.01388888888888889, 112.0, 1.0158730158730158, 372.14781746031747, 0.475) // n_eff of 1e17
	f.Add(math.NaN(), math.Inf(1), -1.0, 0.0, 2.0)
	f.Fuzz(func(t *testing.T, p, se, m, df, confidence float64) {
		for name, i := range map[string]Interval{"KornGraubard": KornGraubard(p, se, m, df, confidence), "Logit": Logit(p, se, df, confidence)} {
			if i.Defined() && !(0 <= i.Low && i.Low <= i.High && i.High <= 1) {
				t.Errorf("%s(%v, %v, %v, %v, %v) = %v", name, p, se, m, df, confidence, i)
			}
		}
		if v := DesignEffect(p, se, m); v < 0 {
			t.Errorf("design effect %v", v)
		}
		if v := PValue(p, se, df, 0.9); v < 0 || v > 1 {
			t.Errorf("p-value %v", v)
		}
	})
}
