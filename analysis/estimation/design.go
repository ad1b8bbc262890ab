package estimation

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// Design is how a sample was drawn, a value per response. Nil slices are
// features the design does not have; the zero Design is a simple random sample.
//
// The variance is that of the ultimate cluster: a primary sampling unit (PSU) is
// the response itself, or the pair of stratum and cluster, because clusters are
// always nested in strata.
type Design struct {
	Strata  []uint32  // stratum of each response; nil = one stratum
	Cluster []uint32  // cluster within the stratum; nil = every response is a PSU
	Weight  []float64 // at least 0; nil = FPC/PSUs of the stratum if FPC is given, else 1
	FPC     []float64 // PSUs in the population of the stratum; nil = infinite
	Lonely  Lonely
}

// Lonely says what a stratum with a single PSU, not sampled whole, adds to the
// variance, which cannot be estimated within it.
type Lonely int

// What to do with a lonely stratum.
const (
	LonelyRefuse    Lonely = iota // an error that names the stratum
	LonelyAdjust                  // its distance from the grand mean
	LonelyCertainty               // nothing
)

// DesignFault is one kind of mistake in a design.
type DesignFault int

// The mistakes a design can have.
const (
	BadWeight     DesignFault = iota // negative, infinite or not a number
	BadFPC                           // not a positive, finite number
	FPCVaries                        // differs from the first value of the stratum
	FPCTooSmall                      // below the PSUs sampled in the stratum
	LonelyStratum                    // a single PSU, and nothing was said about it
)

// DesignProblem is a mistake at a response, or in a stratum as a whole (Row −1).
type DesignProblem struct {
	Fault   DesignFault
	Row     int // 0 is the first response
	Stratum uint32
	Value   float64 // the weight or FPC at fault
	PSUs    int     // sampled in the stratum
}

func (p DesignProblem) String() string {
	switch p.Fault {
	case BadWeight:
		return fmt.Sprintf("response %d: weight %v is not a number of at least 0", p.Row+1, p.Value)
	case BadFPC:
		return fmt.Sprintf("response %d: population size %v is not a positive number", p.Row+1, p.Value)
	case FPCVaries:
		return fmt.Sprintf("response %d: population size %v differs from that of other responses of stratum %d", p.Row+1, p.Value, p.Stratum)
	case FPCTooSmall:
		return fmt.Sprintf("stratum %d: population size %v is below the %d sampled", p.Stratum, p.Value, p.PSUs)
	case LonelyStratum:
		return fmt.Sprintf("stratum %d has a single sampling unit: its variance cannot be estimated; join it to another, or choose to adjust for it or to take it as certain", p.Stratum)
	default:
		return "unknown fault"
	}
}

// DesignError lists what is wrong with a design: the first 20 problems and how
// many there are.
type DesignError struct {
	analysis.ProblemList[DesignProblem]
}

// stratum is what the variance needs to know of one stratum.
type stratum struct {
	code   uint32
	psus   int
	fpc    float64 // 0 = infinite
	scale  float64 // (1−f)·n/(n−1); NaN where n = 1 and nothing can be said
	centre bool    // around the stratum's mean, not the grand mean
	weight float64 // of every response, where the design gives no weights
}

// sample is a checked design: strata and PSUs numbered from 0.
type sample struct {
	rows       int
	stratumOf  []uint32
	strata     []stratum
	psuOf      []uint32 // nil = every response is a PSU
	psuStratum []uint32
	weight     []float64 // nil = the stratum's weight
}

// Check reports what is wrong with the design of so many responses; the error is
// *DesignError where responses or strata are at fault.
func (d Design) Check(rows int) error {
	_, err := d.check(rows)
	return err
}

// check numbers strata and PSUs and reports every problem of the design.
func (d Design) check(rows int) (*sample, error) {
	for name, n := range map[string]int{"strata": len(d.Strata), "cluster": len(d.Cluster), "weight": len(d.Weight), "fpc": len(d.FPC)} {
		if n != 0 && n != rows {
			return nil, fmt.Errorf("the design has %d values of %s for %d responses", n, name, rows)
		}
	}
	s := &sample{rows: rows, weight: d.Weight}
	var wrong DesignError
	for row, w := range d.Weight {
		if !(w >= 0) || math.IsInf(w, 1) {
			wrong.Add(DesignProblem{Fault: BadWeight, Row: row, Value: w, Stratum: d.stratum(row)})
		}
	}
	ids, strata := pairs(d.Strata, nil, rows)
	s.stratumOf = ids
	s.strata = make([]stratum, len(strata))
	for h, p := range strata {
		s.strata[h].code = p.a
	}
	if d.Cluster != nil {
		psuOf, psus := pairs(ids, d.Cluster, rows)
		if len(psus) < rows { // else every response is a cluster of its own
			s.psuOf = psuOf
		}
		s.psuStratum = make([]uint32, len(psus))
		for i, p := range psus {
			s.psuStratum[i] = p.a
		}
	} else {
		s.psuStratum = ids
	}
	for _, h := range s.psuStratum {
		s.strata[h].psus++
	}
	d.checkFPC(s, &wrong)
	d.scale(s, &wrong)
	if wrong.Total > 0 {
		return nil, &wrong
	}
	return s, nil
}

func (d Design) stratum(row int) uint32 {
	if d.Strata == nil {
		return 0
	}
	return d.Strata[row]
}

func (d Design) checkFPC(s *sample, wrong *DesignError) {
	for row, size := range d.FPC {
		h := &s.strata[s.stratumOf[row]]
		switch {
		case !(size > 0) || math.IsInf(size, 1):
			wrong.Add(DesignProblem{Fault: BadFPC, Row: row, Value: size, Stratum: h.code})
		case h.fpc == 0:
			h.fpc = size
		case h.fpc != size:
			wrong.Add(DesignProblem{Fault: FPCVaries, Row: row, Value: size, Stratum: h.code})
		}
	}
	for _, h := range s.strata {
		if h.fpc > 0 && h.fpc < float64(h.psus) {
			wrong.Add(DesignProblem{Fault: FPCTooSmall, Row: -1, Value: h.fpc, Stratum: h.code, PSUs: h.psus})
		}
	}
}

// scale settles how the squares of each stratum count.
func (d Design) scale(s *sample, wrong *DesignError) {
	for i := range s.strata {
		h := &s.strata[i]
		n := float64(h.psus)
		rest := 1.0
		h.weight, h.centre = 1, true
		if h.fpc > 0 {
			rest = 1 - n/h.fpc
			h.weight = h.fpc / n
		}
		switch {
		case h.psus > 1:
			h.scale = rest * n / (n - 1)
		case h.fpc == n:
			h.scale = 0 // sampled whole
		case d.Strata == nil:
			h.scale = math.NaN() // a sample of one says nothing about its error
		case d.Lonely == LonelyAdjust:
			h.scale, h.centre = rest, false
		case d.Lonely == LonelyCertainty:
			h.scale = 0
		default:
			wrong.Add(DesignProblem{Fault: LonelyStratum, Row: -1, Stratum: h.code, PSUs: 1})
		}
	}
}

// weightOf is the weight of a response.
func (s *sample) weightOf(row int) float64 {
	if s.weight != nil {
		return s.weight[row]
	}
	return s.strata[s.stratumOf[row]].weight
}

// population is the sum of all weights.
func (s *sample) population() float64 {
	if s.weight == nil {
		counts := make([]float64, len(s.strata))
		for _, h := range s.stratumOf {
			counts[h]++
		}
		var sum float64
		for h, n := range counts {
			sum += n * s.strata[h].weight
		}
		return sum
	}
	var sum float64
	for _, w := range s.weight {
		sum += w
	}
	return sum
}

// pair is a combination of two codes.
type pair struct{ a, b uint32 }

// pairs numbers the combinations of a and b that occur, in order of appearance,
// and gives each row its number. A nil slice is all zeros.
func pairs(a, b []uint32, rows int) ([]uint32, []pair) {
	ids := make([]uint32, rows)
	if rows == 0 {
		return ids, nil
	}
	zeros := ids // until they get their numbers, row by row, after they were read
	if a == nil {
		a = zeros
	}
	if b == nil {
		b = zeros
	}
	var seen []pair
	sizeA, sizeB := uint64(largest(a))+1, uint64(largest(b))+1
	if sizeA <= max(1<<20, 4*uint64(rows))/sizeB { //nolint:gosec // codes are not negative
		known := make([]uint32, sizeA*sizeB) // number + 1
		for row := range ids {
			id := &known[uint64(a[row])*sizeB+uint64(b[row])]
			if *id == 0 {
				seen = append(seen, pair{a[row], b[row]})
				*id = uint32(len(seen)) //nolint:gosec // at most as many as rows, which are below 2^32
			}
			ids[row] = *id - 1
		}
		return ids, seen
	}
	known := map[pair]uint32{}
	for row := range ids {
		p := pair{a[row], b[row]}
		id, ok := known[p]
		if !ok {
			id = uint32(len(seen)) //nolint:gosec // likewise
			seen = append(seen, p)
			known[p] = id
		}
		ids[row] = id
	}
	return ids, seen
}

// largest is slices.Max without its care for NaN, which costs more than the rest.
func largest(codes []uint32) uint32 {
	var most uint32
	for _, code := range codes {
		most = max(most, code)
	}
	return most
}
