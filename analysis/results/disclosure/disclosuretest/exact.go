package disclosuretest

import "math/bits"

// Exact is the attack of Attacker in whole numbers, for many sums over many atoms.
// It solves by Gauss-Jordan elimination modulo 2⁶¹ − 1.
type Exact struct {
	Atoms int
	known []map[int]uint64 // in reduced form: by pivot in pivots
	at    map[int]int      // known by its pivot
}

const mersenne = 1<<61 - 1

// Publish adds a number that readers know: how many times each atom is in it.
func (e *Exact) Publish(sum map[int]int64) {
	if e.at == nil {
		e.at = map[int]int{}
	}
	rest := e.reduced(sum)
	pivot := -1
	for atom := range rest {
		if pivot < 0 || atom < pivot {
			pivot = atom
		}
	}
	if pivot < 0 {
		return
	}
	inverse := powerOf(rest[pivot], mersenne-2)
	for atom := range rest {
		rest[atom] = product(rest[atom], inverse)
	}
	for i := range e.known { // so that no other known number has the pivot
		if factor := e.known[i][pivot]; factor != 0 {
			subtract(e.known[i], rest, factor)
		}
	}
	e.at[pivot] = len(e.known)
	e.known = append(e.known, rest)
}

// Solves reports whether readers can compute a number.
func (e *Exact) Solves(sum map[int]int64) bool { return len(e.reduced(sum)) == 0 }

func (e *Exact) reduced(sum map[int]int64) map[int]uint64 {
	rest := map[int]uint64{}
	for atom, times := range sum {
		if times %= mersenne; times < 0 {
			times += mersenne
		}
		if times != 0 {
			rest[atom] = uint64(times) // not negative
		}
	}
	for atom := range sum {
		if i, ok := e.at[atom]; ok {
			if factor := rest[atom]; factor != 0 {
				subtract(rest, e.known[i], factor)
			}
		}
	}
	return rest
}

// subtract takes a number so many times from another one.
func subtract(from, number map[int]uint64, times uint64) {
	for atom, v := range number {
		v = (from[atom] + mersenne - product(v, times)) % mersenne
		if v == 0 {
			delete(from, atom)
		} else {
			from[atom] = v
		}
	}
}

func product(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	_, rest := bits.Div64(high, low, mersenne)
	return rest
}

func powerOf(base, exponent uint64) uint64 {
	result := uint64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			result = product(result, base)
		}
		base = product(base, base)
	}
	return result
}
