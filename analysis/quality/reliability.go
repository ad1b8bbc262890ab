package quality

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// Reliability says how well the items of a scale measure one thing.
type Reliability struct {
	// N is the number of rows complete on all items.
	N int
	// Alpha is Cronbach's raw alpha, Standardized the one of items scaled to
	// equal variance. Alpha has no lower bound; a negative one says that items
	// run in opposite directions.
	Alpha, Standardized float64
	// Interval is Feldt's interval of Alpha.
	Interval analysis.Interval
	Items    []ItemReliability
}

// ItemReliability is what one item adds to its scale.
type ItemReliability struct {
	// RestCorrelation is the correlation of the item with the sum of the
	// others, NaN where that does not vary. Below about 0.3 the item measures
	// something else.
	RestCorrelation float64
	// AlphaIfDropped is the raw alpha of the others, NaN for fewer than two.
	AlphaIfDropped float64
}

// AnalyzeReliability analyses a scale from its columns of codes, one slice per
// item and all of the same length. Rows with a Missing or NotApplicable answer
// on any item are left out.
//
//	alpha = k/(k−1)·(1 − Σ s²_i / s²_total),  standardized = k·r̄/(1+(k−1)·r̄)
//
// with r̄ the mean correlation between items. It returns ErrTooFew with fewer
// than two items or complete rows, or where an item or the total does not vary.
// Feldt's interval takes normal, equally correlated items for granted and is
// rough below about 50 rows.
//
// Sources: Cronbach (1951), Psychometrika 16; Feldt (1965), Psychometrika 30;
// figures as R's psych::alpha.
func AnalyzeReliability(items [][]uint8, confidence float64) (Reliability, error) {
	cov, n, err := codeCovariance(items)
	if err != nil {
		return Reliability{}, err
	}
	k := len(items)
	r := Reliability{N: n, Alpha: covarianceAlpha(cov, -1), Items: make([]ItemReliability, k)}
	for j := range cov {
		if cov[j][j] == 0 {
			return Reliability{}, fmt.Errorf("item %d does not vary: %w", j+1, analysis.ErrTooFew)
		}
	}
	if math.IsNaN(r.Alpha) {
		return Reliability{}, fmt.Errorf("reliability of a scale whose total does not vary: %w", analysis.ErrTooFew)
	}
	var correlation float64
	for i := range cov {
		for j := range i {
			correlation += cov[i][j] / math.Sqrt(cov[i][i]*cov[j][j])
		}
	}
	mean := correlation / float64(k*(k-1)/2)
	r.Standardized = float64(k) * mean / (1 + float64(k-1)*mean)
	r.Interval = FeldtInterval(r.Alpha, n, k, confidence)
	for i := range cov {
		shared, rest := 0.0, 0.0
		for j := range cov {
			if j == i {
				continue
			}
			shared += cov[i][j]
			for l := range cov {
				if l != i {
					rest += cov[j][l]
				}
			}
		}
		r.Items[i] = ItemReliability{
			RestCorrelation: shared / math.Sqrt(cov[i][i]*rest),
			AlphaIfDropped:  covarianceAlpha(cov, i),
		}
	}
	return r, nil
}

// FeldtInterval returns the interval of an alpha of k items from n complete
// rows,
//
//	low = 1−(1−α̂)·F(1−α/2; n−1, (n−1)(k−1)),  high with F(α/2; …)
//
// undefined for fewer than two rows or items and where alpha is above 1 or not
// finite.
//
// Source: Feldt (1965), Psychometrika 30; R's psych::alpha.ci.
func FeldtInterval(alpha float64, n, k int, confidence float64) analysis.Interval {
	if n < 2 || k < 2 || !(alpha <= 1) || math.IsInf(alpha, 0) || !analysis.ValidConfidence(confidence) {
		return analysis.UndefinedInterval()
	}
	d1 := float64(n - 1)
	d2 := d1 * float64(k-1)
	tail := (1 - confidence) / 2
	return analysis.Interval{
		Low:  1 - (1-alpha)*analysis.FQuantile(1-tail, d1, d2),
		High: 1 - (1-alpha)*analysis.FQuantile(tail, d1, d2),
	}
}

// covarianceAlpha is raw alpha from a covariance matrix, without the item drop
// (−1 for none). It is NaN for fewer than two items or a total without
// variance.
func covarianceAlpha(cov [][]float64, drop int) float64 {
	k, own, total := 0, 0.0, 0.0
	for i := range cov {
		if i == drop {
			continue
		}
		k++
		own += cov[i][i]
		for j := range cov {
			if j != drop {
				total += cov[i][j]
			}
		}
	}
	// A total without variance comes out as a rounding error beside the items' own.
	if k < 2 || !(total > 1e-12*own) {
		return math.NaN()
	}
	return float64(k) / float64(k-1) * (1 - own/total)
}

// codeCovariance returns the covariance matrix of the items over complete rows
// and their number. Sums are of whole numbers, so they do not depend on order.
func codeCovariance(items [][]uint8) (cov [][]float64, n int, err error) {
	k := len(items)
	if k < 2 {
		return nil, 0, fmt.Errorf("a scale of %d items: %w", k, analysis.ErrTooFew)
	}
	for j := range items {
		if len(items[j]) != len(items[0]) {
			return nil, 0, fmt.Errorf("item %d has %d rows, item 1 has %d: %w", j+1, len(items[j]), len(items[0]), analysis.ErrBadRequest)
		}
	}
	sums, products := make([]int64, k), make([]int64, k*k)
	row := make([]int64, k)
rows:
	for i := range items[0] {
		for j := range items {
			code := items[j][i]
			if !answered(code) {
				continue rows
			}
			row[j] = int64(code)
		}
		n++
		for j, a := range row {
			sums[j] += a
			for l, b := range row[:j+1] {
				products[j*k+l] += a * b
			}
		}
	}
	if n < 2 {
		return nil, n, fmt.Errorf("a scale with %d complete rows: %w", n, analysis.ErrTooFew)
	}
	cov = make([][]float64, k)
	for j := range cov {
		cov[j] = make([]float64, k)
	}
	for j := range k {
		for l := range j + 1 {
			// n·Σab − Σa·Σb in whole numbers: nothing cancels.
			c := float64(int64(n)*products[j*k+l]-sums[j]*sums[l]) / (float64(n) * float64(n-1))
			cov[j][l], cov[l][j] = c, c
		}
	}
	return cov, n, nil
}

func answered(code uint8) bool { return code != analysis.Missing && code != analysis.NotApplicable }
