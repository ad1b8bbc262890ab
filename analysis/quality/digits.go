package quality

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// DigitPreference is how far last digits are from even, a sign of numbers made
// up or rounded (ages, minutes, counts).
type DigitPreference struct {
	N      int
	Counts [10]int
	// ChiSquare tests even last digits with 9 degrees of freedom; P is its
	// p-value.
	ChiSquare, P float64
	// Round is the share ending in 0 or 5, RoundP the exact one-sided p-value
	// that it exceeds 1/5.
	Round, RoundP float64
}

// LastDigits tests the last digits of values, taken without sign. People round,
// so a small p-value is usual for recalled ages and durations: compare
// surveyors. It returns ErrTooFew below 50 values, where the chi-square
// approximation (5 expected of each) fails. It marks no rows: no single value
// is suspect for its digit.
//
// Source: Dlugosz and Müller-Funk (2009), Advances in Data Analysis and
// Classification 3.
func LastDigits(values []int) (DigitPreference, error) {
	d := DigitPreference{N: len(values)}
	if d.N < 50 {
		return DigitPreference{}, fmt.Errorf("last digits of %d values: %w", d.N, analysis.ErrTooFew)
	}
	for _, v := range values {
		digit := v % 10
		if digit < 0 {
			digit = -digit
		}
		d.Counts[digit]++
	}
	expected := float64(d.N) / 10
	for _, c := range d.Counts {
		d.ChiSquare += (float64(c) - expected) * (float64(c) - expected) / expected
	}
	d.P = analysis.ChiSquareUpper(d.ChiSquare, 9)
	round := d.Counts[0] + d.Counts[5]
	d.Round = float64(round) / float64(d.N)
	d.RoundP = analysis.ExactBinomial(round, d.N, 0.2).PGreater
	return d, nil
}

// Whipple returns Whipple's index of ages in whole years, 500 × the share
// ending in 0 or 5 among ages 23 to 62: 100 without preference, 500 where all
// do. The United Nations call it highly accurate below 105, fairly accurate
// below 110, approximate below 125, rough below 175, very rough beyond. Other
// ages are left out; NaN without any.
//
// Source: United Nations, Demographic Yearbook 1962 and Manual II (1955).
func Whipple(ages []int) float64 {
	all, round := 0, 0
	for _, age := range ages {
		if age < 23 || age > 62 {
			continue
		}
		all++
		if age%5 == 0 {
			round++
		}
	}
	if all == 0 {
		return math.NaN()
	}
	return 500 * float64(round) / float64(all)
}
