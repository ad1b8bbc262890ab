package review

import (
	"math"
	"math/bits"
	"slices"
)

// covariation holds means and centred cross-products, the outcome last.
type covariation struct {
	mean []float64
	ss   [][]float64
}

// newCovariation sums over rows, each counted times[i] times (nil: once).
func newCovariation(rows [][]float64, times []float64) covariation {
	m := len(rows[0])
	c := covariation{mean: make([]float64, m), ss: make([][]float64, m)}
	for j := range c.ss {
		c.ss[j] = make([]float64, m)
	}
	total := 0.0
	each := func(visit func(row []float64, w float64)) {
		for i, row := range rows {
			switch {
			case times == nil:
				visit(row, 1)
			case times[i] > 0:
				visit(row, times[i])
			}
		}
	}
	each(func(row []float64, w float64) {
		total += w
		for j, v := range row {
			c.mean[j] += w * v
		}
	})
	for j := range c.mean {
		c.mean[j] /= total
	}
	centred := make([]float64, m)
	each(func(row []float64, w float64) {
		for j, v := range row {
			centred[j] = v - c.mean[j]
			wj := w * centred[j]
			for l := range j + 1 {
				c.ss[j][l] += wj * centred[l]
			}
		}
	})
	for j := range c.ss {
		for l := range j {
			c.ss[l][j] = c.ss[j][l]
		}
	}
	return c
}

// collinear is the share of a factor's variance, left by the factors before it,
// below which it counts as determined by them.
const collinear = 1e-10

// subsets computes R² of every subset of factors, bit j of the index standing
// for factor j.
type subsets struct {
	k  int
	r2 []float64
	// left[d] is the matrix that remains after the first d factors are decided.
	left [][][]float64
	own  []float64
}

func newSubsets(k int) *subsets {
	s := &subsets{k: k, r2: make([]float64, 1<<k), left: make([][][]float64, k+1), own: make([]float64, k)}
	for d := range s.left {
		s.left[d] = make([][]float64, k+1)
		for j := range s.left[d] {
			s.left[d][j] = make([]float64, k+1)
		}
	}
	return s
}

// shapley fills r2 from a matrix of centred cross-products and returns the
// average gain of each factor.
func (s *subsets) shapley(ss [][]float64) []float64 {
	for j := range s.own {
		s.own[j] = ss[j][j]
	}
	for j := range ss {
		copy(s.left[0][j], ss[j])
	}
	s.decide(0, 0, 0, ss[s.k][s.k])
	// weight[m] is m!(k−m−1)!/k!, built up from 1/k.
	weight := make([]float64, s.k)
	weight[0] = 1 / float64(s.k)
	for m := 1; m < s.k; m++ {
		weight[m] = weight[m-1] * float64(m) / float64(s.k-m)
	}
	values := make([]float64, s.k)
	for set, r2 := range s.r2 {
		for j := range values {
			if with := set | 1<<j; with != set {
				values[j] += weight[bits.OnesCount(uint(set))] * (s.r2[with] - r2)
			}
		}
	}
	return values
}

// decide walks the tree of "factor d is out" and "factor d is in". Taking it in
// sweeps it out of the factors still undecided, so the work per subset is
// small.
func (s *subsets) decide(d, set int, explained, total float64) {
	if d == s.k {
		s.r2[set] = math.Min(1, explained/total)
		return
	}
	now, next := s.left[d], s.left[d+1]
	for j := d + 1; j <= s.k; j++ {
		copy(next[j][d+1:], now[j][d+1:])
	}
	s.decide(d+1, set, explained, total)
	pivot := now[d][d]
	if !(pivot > collinear*s.own[d]) {
		// next holds what deeper levels left untouched: it is only read there.
		s.decide(d+1, set|1<<d, explained, total)
		return
	}
	for j := d + 1; j <= s.k; j++ {
		f := now[d][j] / pivot
		for l := d + 1; l <= s.k; l++ {
			next[j][l] = now[j][l] - f*now[d][l]
		}
	}
	gain := now[d][s.k] * now[d][s.k] / pivot
	s.decide(d+1, set|1<<d, explained+gain, total)
}

// coefficients returns the least-squares slopes by Gauss–Jordan sweeps, NaN for
// a factor that the ones before it determine.
func coefficients(ss [][]float64) []float64 {
	k := len(ss) - 1
	a := make([][]float64, k)
	for j := range a {
		a[j] = slices.Clone(ss[j])
	}
	in := make([]bool, k)
	for d := range k {
		if !(a[d][d] > collinear*ss[d][d]) {
			continue
		}
		in[d] = true
		pivot := a[d][d]
		for l := range a[d] {
			a[d][l] /= pivot
		}
		for j := range a {
			if j == d {
				continue
			}
			f := a[j][d]
			for l := range a[j] {
				a[j][l] -= f * a[d][l]
			}
		}
	}
	slopes := make([]float64, k)
	for j := range slopes {
		slopes[j] = math.NaN()
		if in[j] {
			slopes[j] = a[j][k]
		}
	}
	return slopes
}
