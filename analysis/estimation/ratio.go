package estimation

import (
	"errors"
	"fmt"
	"math"
)

// RatioEstimate is a ratio of weighted sums. What is not defined is NaN.
type RatioEstimate struct {
	Rate float64
	SE   float64
	DF   float64 // PSUs − strata over the responses of positive weight with x ≠ 0
}

// Ratio estimates Σwy/Σwx and its linearised standard error under the design; y
// and x hold a value per response, 0 outside the domain of interest. With a
// calibration its weights take the place of the design's, and the variance is
// that of the residuals that the known margins leave unexplained, which is what
// calibration gains; with nil, the design's own weights are used.
//
// Its errors: slices of another length than the weights, values that are not
// finite, no responses, and *DesignError.
//
// Source: Deville and Särndal (1992), J. Am. Statist. Ass. 87, section 3.4; R
// survey, svyratio() on a calibrated design.
func (d Design) Ratio(y, x []float64, calibration *Calibration) (RatioEstimate, error) {
	if len(y) != len(x) {
		return RatioEstimate{}, fmt.Errorf("there are %d numerators and %d denominators", len(y), len(x))
	}
	if len(y) == 0 {
		return RatioEstimate{}, errors.New("there are no responses")
	}
	if calibration != nil {
		d.Weight = calibration.Weights
	}
	s, err := d.check(len(y))
	if err != nil {
		return RatioEstimate{}, err
	}
	var top, base float64
	units := make([]uint32, 0, len(y))
	for row := range y {
		if math.IsNaN(y[row]) || math.IsInf(y[row], 0) || math.IsNaN(x[row]) || math.IsInf(x[row], 0) {
			return RatioEstimate{}, fmt.Errorf("response %d: %v/%v is not a ratio of finite numbers", row+1, y[row], x[row])
		}
		w := s.weightOf(row)
		top += w * y[row]
		base += w * x[row]
		if w > 0 && x[row] != 0 {
			units = append(units, uint32(row))
		}
	}
	if base == 0 {
		return RatioEstimate{Rate: math.NaN(), SE: math.NaN(), DF: math.NaN()}, nil
	}
	e := RatioEstimate{Rate: top / base, DF: s.df(units)}
	z := make([]float64, len(y))
	for row := range z {
		z[row] = (y[row] - e.Rate*x[row]) / base
	}
	if calibration != nil {
		calibration.residuals(z)
	}
	for row := range z {
		z[row] *= s.weightOf(row)
	}
	e.SE = math.Sqrt(s.covariance([][]float64{z})[0][0])
	return e, nil
}

// df is PSUs − strata over some responses.
func (s *sample) df(rows []uint32) float64 {
	psus, strata := map[uint32]bool{}, map[uint32]bool{}
	for _, row := range rows {
		psu := row
		if s.psuOf != nil {
			psu = s.psuOf[row]
		}
		psus[psu] = true
		strata[s.stratumOf[row]] = true
	}
	return float64(len(psus) - len(strata))
}

// covariance is that of the totals of weighted variables, a value per response each.
func (s *sample) covariance(z [][]float64) [][]float64 {
	totals := make([][]float64, len(z))
	means := make([][]float64, len(z))
	for k, values := range z {
		totals[k] = make([]float64, len(s.psuStratum))
		for row, v := range values {
			psu := row
			if s.psuOf != nil {
				psu = int(s.psuOf[row])
			}
			totals[k][psu] += v
		}
		means[k] = make([]float64, len(s.strata))
		for psu, total := range totals[k] {
			if h := &s.strata[s.psuStratum[psu]]; h.centre {
				means[k][s.psuStratum[psu]] += total / float64(h.psus)
			}
		}
	}
	v := make([][]float64, len(z))
	for a := range z {
		v[a] = make([]float64, len(z))
		for b := range a + 1 {
			for psu, h := range s.psuStratum {
				if scale := s.strata[h].scale; scale != 0 {
					v[a][b] += scale * (totals[a][psu] - means[a][h]) * (totals[b][psu] - means[b][h])
				}
			}
			v[b][a] = v[a][b]
		}
	}
	return v
}
