package review

import (
	"math"
	"slices"
)

// betaBinomialFit is the likelihood of BetaBinomialML. Between two successive
// values of the sorted counts the number of units that reach r is constant, so
// it is kept as runs rather than for every r.
type betaBinomialFit struct {
	satisfied, others, all []reach
}

// reach says that units units have a count above each r in [from, to).
type reach struct {
	from, to int
	units    float64
}

func newBetaBinomialFit(units []unitCount) betaBinomialFit {
	x, y, n := make([]int, len(units)), make([]int, len(units)), make([]int, len(units))
	for i, u := range units {
		x[i], y[i], n[i] = int(u.x), int(u.n-u.x), int(u.n)
	}
	return betaBinomialFit{reaches(x), reaches(y), reaches(n)}
}

func reaches(counts []int) []reach {
	slices.Sort(counts)
	var runs []reach
	from := 0
	for i, c := range counts {
		if c > from {
			runs = append(runs, reach{from, c, float64(len(counts) - i)})
			from = c
		}
	}
	return runs
}

// slope is the log likelihood with its first and second derivatives by mean (m)
// and theta (t).
type slope struct {
	value, m, t, mm, mt, tt float64
}

func (f betaBinomialFit) at(mean, theta float64) slope {
	var s slope
	add := func(runs []reach, base, sign, dm float64) {
		for _, run := range runs {
			for r := run.from; r < run.to; r++ {
				k := float64(r)
				v := base + k*theta
				w := sign * run.units
				s.value += w * math.Log(v)
				s.m += w * dm / v
				s.t += w * k / v
				s.mm -= w * dm * dm / (v * v)
				s.mt -= w * dm * k / (v * v)
				s.tt -= w * k * k / (v * v)
			}
		}
	}
	add(f.satisfied, mean, 1, 1)
	add(f.others, 1-mean, 1, -1)
	add(f.all, 1, -1, 0)
	return s
}

// maximize climbs from a start to the maximum over 0 < mean < 1 and 0 ≤ theta ≤
// 1e6 by Newton steps where the likelihood curves down and by gradient steps
// where it does not, halved until they gain.
func (f betaBinomialFit) maximize(mean, theta float64) (m, t float64) {
	const largest = 1e6
	theta = math.Max(theta, 1e-6)
	now := f.at(mean, theta)
	for range 200 {
		dm, dt := now.step(theta)
		gained := false
		for scale := 1.0; scale > 1e-12; scale /= 2 {
			m, t := mean+scale*dm, math.Max(0, math.Min(largest, theta+scale*dt))
			if m <= 0 || m >= 1 {
				continue
			}
			if next := f.at(m, t); next.value > now.value {
				moved := math.Abs(m-mean)/m + math.Abs(t-theta)/(t+1e-12)
				mean, theta, now = m, t, next
				gained = moved > 1e-13
				break
			}
		}
		if !gained {
			break
		}
	}
	return mean, theta
}

// step is a direction of ascent. At theta = 0 with the likelihood falling
// inwards, only the mean moves.
func (s slope) step(theta float64) (dm, dt float64) {
	if theta == 0 && s.t <= 0 {
		return -s.m / s.mm, 0
	}
	if det := s.mm*s.tt - s.mt*s.mt; s.mm < 0 && det > 0 {
		return (s.mt*s.t - s.tt*s.m) / det, (s.mt*s.m - s.mm*s.t) / det
	}
	// mm is always negative; theta moves on a logarithmic scale.
	return -s.m / s.mm, math.Copysign(math.Max(theta, 1e-6)/2, s.t)
}
