package analysis

import (
	"fmt"
	"math"
	"slices"
)

// Scoring gives every answer code a score between 0 and 1 as a fraction
// Points[code]/Of. Points[0] is not used. Whole numbers keep every sum exact.
type Scoring struct {
	Points []int
	Of     int
}

// Top2 scores 1 for the satisfied codes and 0 for the others of a scale with
// the codes 1 to codes: the mean score is the share of satisfied answers.
func Top2(codes int, satisfied ...int) Scoring {
	s := Scoring{Points: make([]int, codes+1), Of: 1}
	for _, code := range satisfied {
		if code >= 1 && code <= codes {
			s.Points[code] = 1
		}
	}
	return s
}

// Mean100 scores code/codes: on a scale of five, 0.2 to 1.
func Mean100(codes int) Scoring {
	s := Scoring{Points: make([]int, codes+1), Of: codes}
	for code := range s.Points {
		s.Points[code] = code
	}
	return s
}

// Mean0 scores (code−1)/(codes−1): on a scale of five, 0 to 1 in quarters.
func Mean0(codes int) Scoring {
	s := Scoring{Points: make([]int, codes+1), Of: codes - 1}
	for code := 1; code <= codes; code++ {
		s.Points[code] = code - 1
	}
	return s
}

// Pooling says how the answers of several factors become one figure.
type Pooling int

const (
	// PoolAnswers divides the sum of scores by the answers given, over all items.
	PoolAnswers Pooling = iota
	// PoolFactors takes the plain mean of the factors' own figures. Factors
	// without any answer in a cell are left out of that cell's mean.
	PoolFactors
)

// Index defines a composite figure: factors, each a list of item columns of the
// same scale, scored by Scoring.
type Index struct {
	Factors [][]int
	Scoring Scoring
	Pooling Pooling
}

const maxFactors = 64

func (ix Index) check(s FixedRows) error {
	if len(ix.Factors) == 0 || len(ix.Factors) > maxFactors {
		return fmt.Errorf("an index has 1 to %d factors, not %d", maxFactors, len(ix.Factors))
	}
	if ix.Scoring.Of < 1 || ix.Scoring.Of > 1000 {
		return fmt.Errorf("scores are fractions of a whole number from 1 to 1000, not %d", ix.Scoring.Of)
	}
	for code, points := range ix.Scoring.Points {
		if points < 0 || points > ix.Scoring.Of {
			return fmt.Errorf("code %d scores %d of %d: scores are between 0 and 1", code, points, ix.Scoring.Of)
		}
	}
	for f, items := range ix.Factors {
		if len(items) == 0 || len(items)*ix.Scoring.Of > math.MaxUint16 {
			return fmt.Errorf("factor %d has %d items: between 1 and %d are possible", f+1, len(items), math.MaxUint16/ix.Scoring.Of)
		}
		for _, j := range items {
			if j < 0 || j >= len(s.items) {
				return fmt.Errorf("there is no item column %d", j)
			}
			if item := s.schema.Items[j]; int(item.Codes) != len(ix.Scoring.Points)-1 {
				return fmt.Errorf("item %q has %d codes and the scoring %d: scales are never mixed in one index",
					item.Name, item.Codes, len(ix.Scoring.Points)-1)
			}
		}
	}
	return nil
}

func (ix Index) equal(o Index) bool {
	return ix.Pooling == o.Pooling && ix.Scoring.Of == o.Scoring.Of && slices.Equal(ix.Scoring.Points, o.Scoring.Points) &&
		slices.EqualFunc(ix.Factors, o.Factors, slices.Equal)
}
