package quality

import (
	"fmt"
	"math"
	"slices"

	"hailong/analysis"
)

// Flags marks rows. It serves as analysis.Grouping.Omit, so that every figure can be had
// with and without the marked rows. A slice shorter than the data marks none of
// the rest.
type Flags []bool

// Count is the number of rows marked.
func (f Flags) Count() int {
	n := 0
	for _, marked := range f {
		if marked {
			n++
		}
	}
	return n
}

// Or marks what either marks.
func (f Flags) Or(g Flags) Flags {
	if len(g) > len(f) {
		f, g = g, f
	}
	either := slices.Clone(f)
	for i, marked := range g {
		either[i] = either[i] || marked
	}
	return either
}

// StraightLining is how often people gave one and the same answer to
// everything.
type StraightLining struct {
	// Flags marks rows with at least the number of answers asked for, all of
	// the same code.
	Flags Flags
	// Eligible is the number of rows with that many answers, Flagged of those
	// marked.
	Eligible, Flagged int
	// Expected is the number that would be marked if each person answered the
	// items independently of each other, with the shares found. Satisfied
	// people are consistent, so more than that is normal: compare surveyors or
	// channels with CompareFlags.
	Expected float64
	// Longest is each row's longest run of one code over successive answers.
	Longest []int
}

// StraightLines finds rows in which all answers are the same, among rows with
// at least minAnswered answers (8 is a usual choice; fewer than 2 is taken as
// 2). Missing and NotApplicable are passed over. It returns ErrBadRequest where
// columns differ in length.
//
// Source: Johnson (2005), Journal of Research in Personality 39 (long strings);
// Kim et al. (2019), Social Science Computer Review 37.
func StraightLines(items [][]uint8, minAnswered int) (StraightLining, error) {
	n, err := equalLength(items)
	if err != nil {
		return StraightLining{}, err
	}
	minAnswered = max(minAnswered, 2)
	shares := codeShares(items)
	codes := codesGiven(shares)
	s := StraightLining{Flags: make(Flags, n), Longest: make([]int, n)}
	for i := range n {
		answers, run, same := 0, 0, true
		var first, last uint8
		for _, column := range items {
			code := column[i]
			if !answered(code) {
				continue
			}
			if answers++; answers == 1 {
				first = code
			}
			if code == last {
				run++
			} else {
				run = 1
			}
			last = code
			same = same && code == first
			s.Longest[i] = max(s.Longest[i], run)
		}
		if answers < minAnswered {
			continue
		}
		s.Eligible++
		s.Expected += sameAnswerChance(items, shares, codes, i)
		if same {
			s.Flags[i] = true
			s.Flagged++
		}
	}
	return s, nil
}

// sameAnswerChance is Σ over codes of Π over the items answered in row i of the
// code's share.
func sameAnswerChance(items [][]uint8, shares []codeShare, codes []uint8, i int) float64 {
	total := 0.0
	for _, code := range codes {
		chance := 1.0
		for j, column := range items {
			if !answered(column[i]) {
				continue
			}
			if chance *= shares[j][code]; chance == 0 {
				break
			}
		}
		total += chance
	}
	return total
}

// codeShare is the share of each code among the answers to one item.
type codeShare [256]float64

func codeShares(items [][]uint8) []codeShare {
	shares := make([]codeShare, len(items))
	for j, column := range items {
		total := 0.0
		for _, code := range column {
			if answered(code) {
				shares[j][code]++
				total++
			}
		}
		for code := range shares[j] {
			if total > 0 {
				shares[j][code] /= total
			}
		}
	}
	return shares
}

// codesGiven lists the codes that some item was answered with.
func codesGiven(shares []codeShare) []uint8 {
	var codes []uint8
	for code := range uint8(analysis.MaxCode + 1) {
		for j := range shares {
			if shares[j][code] > 0 {
				codes = append(codes, code)
				break
			}
		}
	}
	return codes
}

// Speed is how fast rows were filled in.
type Speed struct {
	// Flags marks rows below Threshold.
	Flags Flags
	// Median is the median of seconds per answer, Threshold the value below
	// which a row is marked; NaN without timed rows.
	Median, Threshold float64
	// Timed is the number of rows with a time and an answer.
	Timed int
}

// FastAnswers marks rows with fewer seconds per answer than
//
//	max(floor, fraction × median of seconds per answer)
//
// seconds is the time taken by each row, NaN or not positive where unknown;
// answers the number of answers it holds. Usual choices are a floor of 1 second
// and a fraction of 0.5. Rows without time or answers are not marked. It
// returns ErrBadRequest for lengths that differ or a floor or fraction that is
// negative or not finite. Entry from paper is fast for good reason: judge
// it against itself.
//
// Sources: floor, Wood et al. (2017), Social Psychological and Personality
// Science 8; fraction of the median (relative speed index 2), Leiner (2019),
// Survey Research Methods 13.
func FastAnswers(seconds []float64, answers []int, floor, fraction float64) (Speed, error) {
	if len(seconds) != len(answers) || !(floor >= 0) || !(fraction >= 0) || math.IsInf(floor+fraction, 0) {
		return Speed{}, fmt.Errorf("speed of %d times and %d rows, floor %v, fraction %v: %w",
			len(seconds), len(answers), floor, fraction, analysis.ErrBadRequest)
	}
	s := Speed{Flags: make(Flags, len(seconds)), Median: math.NaN(), Threshold: math.NaN()}
	var pace []float64
	timed := func(i int) bool { return seconds[i] > 0 && !math.IsInf(seconds[i], 0) && answers[i] > 0 }
	for i := range seconds {
		if timed(i) {
			pace = append(pace, seconds[i]/float64(answers[i]))
		}
	}
	if s.Timed = len(pace); s.Timed == 0 {
		return s, nil
	}
	slices.Sort(pace)
	s.Median = analysis.Quantile(pace, 0.5)
	s.Threshold = math.Max(floor, fraction*s.Median)
	for i := range seconds {
		s.Flags[i] = timed(i) && seconds[i]/float64(answers[i]) < s.Threshold
	}
	return s, nil
}

// equalLength returns the common length of columns.
func equalLength(items [][]uint8) (int, error) {
	if len(items) == 0 {
		return 0, nil
	}
	for j := range items {
		if len(items[j]) != len(items[0]) {
			return 0, fmt.Errorf("item %d has %d rows, item 1 has %d: %w", j+1, len(items[j]), len(items[0]), analysis.ErrBadRequest)
		}
	}
	return len(items[0]), nil
}
