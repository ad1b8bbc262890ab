package estimation

import (
	"errors"
	"fmt"
	"math"
)

// EffectiveSize is Kish's effective sample size (Σw)²/Σw² and the design effect
// of unequal weights n·Σw²/(Σw)², with n the weights given, zeros included. Both
// are NaN without a positive weight, or with one that is negative or not finite.
//
// Source: Kish (1965), Survey Sampling, 11.2C.
func EffectiveSize(weights []float64) (n, deff float64) {
	var sum, squares float64
	for _, w := range weights {
		if !validWeight(w) {
			return math.NaN(), math.NaN()
		}
		sum += w
		squares += w * w
	}
	return sum * sum / squares, float64(len(weights)) * squares / (sum * sum)
}

func validWeight(w float64) bool { return w >= 0 && !math.IsInf(w, 1) }

func checkWeights(weights []float64) error {
	var sum float64
	for row, w := range weights {
		if !validWeight(w) {
			return fmt.Errorf("response %d: weight %v is not a number of at least 0", row+1, w)
		}
		sum += w
	}
	if !(sum > 0) || math.IsInf(sum, 1) {
		return errors.New("the weights have no positive, finite sum")
	}
	return nil
}

// TrimWeights brings weights above high down to it, those below low up to it, and
// spreads the difference over the others in proportion to their weights, again
// and again until all are within the bounds: their sum stays. Weights of 0 stay 0.
// Trimming exchanges a little bias for less variance; calibrate again afterwards
// where margins must hold. Its error tells of bounds that cannot hold the sum, or
// of weights that are no weights. The slice given is not changed.
func TrimWeights(weights []float64, low, high float64) ([]float64, error) {
	if err := checkWeights(weights); err != nil {
		return nil, err
	}
	if !(low >= 0) || !(high >= low) {
		return nil, fmt.Errorf("the bounds %v and %v are not in order", low, high)
	}
	var sum, positive float64
	for _, w := range weights {
		sum += w
		if w > 0 {
			positive++
		}
	}
	if sum > positive*high*(1+1e-12) || sum < positive*low*(1-1e-12) {
		return nil, fmt.Errorf("%v weights between %v and %v cannot have the sum %v: widen the bounds", positive, low, high, sum)
	}
	// Each round fixes at least one weight at a bound.
	out := append([]float64(nil), weights...)
	fixed := make([]bool, len(out))
	for range len(out) + 1 {
		var held, free float64
		for row, w := range out {
			if fixed[row] {
				held += w
			} else {
				free += w
			}
		}
		factor := (sum - held) / free
		// Only one side is fixed in a round, the one that is further out: fixing
		// both could overshoot.
		var above, below float64
		for row, w := range out {
			if fixed[row] || w == 0 {
				continue
			}
			w *= factor
			out[row] = w
			above += math.Max(0, w-high)
			below += math.Max(0, low-w)
		}
		if above == 0 && below == 0 {
			break
		}
		for row, w := range out {
			switch {
			case fixed[row] || w == 0:
			case above >= below && w >= high:
				out[row], fixed[row] = high, true
			case above < below && w <= low:
				out[row], fixed[row] = low, true
			}
		}
	}
	return out, nil
}
