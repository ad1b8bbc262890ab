package figures_test

import (
	"testing"

	"hailong/survey"
	"hailong/web/figures"
)

// Rounding must not put a figure on the other side of its target.
func TestOutOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate      float64
		all       int64 // who answered
		n         int
		satisfied int
	}{
		{0.93, 20_000, 100, 93},
		{0.946, 20_000, 1000, 946},
		{0.9496, 20_000, 10000, 9496},
		{0.95, 20_000, 100, 95},
		{0.954, 20_000, 100, 95},
		{271.6 / 287, 287, 287, 272}, // never of more than there are
		{271.0 / 287, 287, 100, 94},
		{38.0 / 40, 40, 40, 38},
	} {
		j := figures.Judgement{Target: 0.95, Method: survey.Method{Pooling: survey.PoolOverall}}
		j.Figure.Rate, j.Figure.N = c.rate, c.all
		if n := j.OutOf(); n != c.n || j.Satisfied(n) != c.satisfied {
			t.Errorf("%v is told as %d of %d, want %d of %d", c.rate, j.Satisfied(n), n, c.satisfied, c.n)
		}
	}
}
