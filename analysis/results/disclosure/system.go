package disclosure

import "slices"

// system is the shown numbers of a publication as linear equations over its atoms,
// solved for what they determine (Gaussian elimination). Numbers are taken modulo a
// prime, which makes the elimination exact; that a sum is determined modulo the
// prime alone has a chance of about one in two thousand million, and would hide a
// number more.
//
// Equations are sparse and in echelon form. What was shown before and cannot be hidden
// any more is solved once for each reader (newSystem); what can be hidden is added to a
// copy (with). Each equation that can be hidden has a column of its own, behind those of
// the atoms: what is left there of a solved sum says by which numbers it was solved.
type system struct {
	publication *Publication
	knows       map[int]bool // atoms that the reader knows without any number
	alone       map[int]bool // atoms that a fixed number shows by itself
	atoms       int          // columns of atoms
	pivots      map[int]sum  // equation by its first atom, which it has once
}

// sum is a linear combination: how many times each column is in it, by rising column.
type sum []entry

type entry struct {
	column int
	times  uint64
}

const prime = 1<<31 - 1

// newSystem solves what one reader knows for good.
func newSystem(p *Publication, knows map[int]bool) *system {
	s := &system{publication: p, knows: knows, alone: map[int]bool{}, pivots: map[int]sum{}}
	for at := range p.Numbers {
		n := &p.Numbers[at]
		for _, term := range n.Terms {
			s.atoms = max(s.atoms, term.Atom+1)
		}
		if unknown := s.unknown(n.Terms); n.Shown && n.Fixed && len(unknown) == 1 {
			s.alone[unknown[0].column] = true
		}
	}
	for at := range p.Numbers {
		if n := &p.Numbers[at]; n.Shown && n.Fixed {
			s.add(s.unknown(n.Terms))
		}
	}
	return s
}

// withHideable is the system with what is shown now and can be hidden.
func (s *system) withHideable() *system {
	all := *s
	all.pivots = make(map[int]sum, len(s.pivots))
	for column, equation := range s.pivots {
		all.pivots[column] = equation // never changed
	}
	for at := range s.publication.Numbers {
		n := &s.publication.Numbers[at]
		if !n.Shown || n.Fixed {
			continue
		}
		if equation := s.unknown(n.Terms); len(equation) > 0 {
			all.add(append(equation, entry{s.atoms + at, 1}))
		}
	}
	return &all
}

// unknown is what a sum has of atoms that the reader does not know.
func (s *system) unknown(terms []Term) sum {
	equation := make(sum, 0, len(terms)+1)
	for _, term := range terms {
		if times := modulo(term.Times); times != 0 && !s.knows[term.Atom] && !s.alone[term.Atom] {
			equation = append(equation, entry{term.Atom, times})
		}
	}
	slices.SortFunc(equation, func(a, b entry) int { return a.column - b.column })
	merged := equation[:0]
	for _, e := range equation {
		if last := len(merged) - 1; last >= 0 && merged[last].column == e.column {
			merged[last].times = (merged[last].times + e.times) % prime
		} else {
			merged = append(merged, e)
		}
	}
	return slices.DeleteFunc(merged, func(e entry) bool { return e.times == 0 })
}

// modulo is a number of times as a remainder.
func modulo(times int) uint64 {
	return uint64((times%prime + prime) % prime) // not negative
}

// add puts an equation into the system unless that holds it already.
func (s *system) add(equation sum) {
	equation = s.reduced(equation)
	if !s.hasAtoms(equation) {
		return
	}
	inverse := power(equation[0].times, prime-2)
	for k := range equation {
		equation[k].times = equation[k].times * inverse % prime
	}
	s.pivots[equation[0].column] = equation
}

// hasAtoms reports whether a combination has an atom; else it is one of numbers alone.
func (s *system) hasAtoms(of sum) bool { return len(of) > 0 && of[0].column < s.atoms }

// reduced takes equations from a combination until none begins with its first atom.
func (s *system) reduced(rest sum) sum {
	for s.hasAtoms(rest) {
		equation, ok := s.pivots[rest[0].column]
		if !ok {
			return rest
		}
		rest = less(rest, equation, rest[0].times)
	}
	return rest
}

// less is a combination less so many times another one.
func less(a, b sum, times uint64) sum {
	difference := make(sum, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].column < b[0].column:
			difference, a = append(difference, a[0]), a[1:]
		case len(a) == 0 || b[0].column < a[0].column:
			difference, b = append(difference, entry{b[0].column, (prime - times) * b[0].times % prime}), b[1:]
		default:
			if left := (a[0].times + (prime-times)*b[0].times) % prime; left != 0 {
				difference = append(difference, entry{a[0].column, left})
			}
			a, b = a[1:], b[1:]
		}
	}
	return difference
}

// solve reports whether a sum can be computed, and which of the shown numbers that can be
// hidden one way to compute it uses, by rising place.
func (s *system) solve(terms []Term) (used []int, ok bool) {
	rest := s.reduced(s.unknown(terms))
	if s.hasAtoms(rest) {
		return nil, false
	}
	for _, e := range rest {
		used = append(used, e.column-s.atoms)
	}
	return used, true
}

func power(base, exponent uint64) uint64 {
	result := uint64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			result = result * base % prime
		}
		base = base * base % prime
	}
	return result
}
