package disclosure

import "slices"

// system is the shown numbers of a publication as linear equations over its atoms,
// solved for what they determine (Gaussian elimination). Numbers are taken modulo a
// prime, which makes the elimination exact; that a sum is determined modulo the
// prime alone has a chance of about one in two thousand million, and would hide a
// number more.
//
// An atom that is shown by itself needs no solving. It is left out of the
// equations, which makes them few: what is unknown is what is hidden.
type system struct {
	publication *Publication
	knows       map[int]bool // atoms that the reader knows without any number
	alone       map[int]int  // number that shows an atom by itself
	column      map[int]int  // of an unknown atom
	atoms       []int        // by column
	numbers     []int        // of the equations
	basis       []row
}

// row is an equation in reduced form, with the equations that it is made of.
type row struct {
	sum  []uint64 // by column of an unknown atom; its first one is 1
	lead int
	made []uint64 // how many times each equation is in it
}

const prime = 1<<31 - 1

func newSystem(p *Publication, knows map[int]bool) *system {
	s := &system{publication: p, knows: knows, alone: map[int]int{}, column: map[int]int{}}
	for at := range p.Numbers {
		s.showAlone(at)
	}
	for at := range p.Numbers {
		n := &p.Numbers[at]
		if !n.Shown && !n.Guarded {
			continue
		}
		unknown := false
		for _, term := range n.Terms {
			if _, known := s.alone[term.Atom]; known || knows[term.Atom] {
				continue
			}
			unknown = true
			if _, seen := s.column[term.Atom]; !seen {
				s.column[term.Atom] = len(s.atoms)
				s.atoms = append(s.atoms, term.Atom)
			}
		}
		if n.Shown && unknown {
			s.numbers = append(s.numbers, at)
		}
	}
	for i, at := range s.numbers {
		made := make([]uint64, len(s.numbers))
		made[i] = 1
		s.add(row{sum: s.unknown(p.Numbers[at].Terms), made: made})
	}
	return s
}

// showAlone notes a number that shows one atom that is not known otherwise.
func (s *system) showAlone(at int) {
	n := &s.publication.Numbers[at]
	if !n.Shown {
		return
	}
	atom, others := -1, 0
	for _, term := range n.Terms {
		if !s.knows[term.Atom] {
			atom = term.Atom
			others++
		}
	}
	if others != 1 {
		return
	}
	if by, known := s.alone[atom]; !known || n.Fixed && !s.publication.Numbers[by].Fixed {
		s.alone[atom] = at
	}
}

// unknown is what a sum has of unknown atoms, by column.
func (s *system) unknown(terms []Term) []uint64 {
	sum := make([]uint64, len(s.atoms))
	for _, term := range terms {
		if col, ok := s.column[term.Atom]; ok {
			sum[col] = (sum[col] + modulo(term.Times)) % prime
		}
	}
	return sum
}

// modulo is a number of times as a remainder.
func modulo(times int) uint64 {
	return uint64((times%prime + prime) % prime) //nolint:gosec // not negative
}

// add puts an equation into the basis unless that holds it already.
func (s *system) add(r row) {
	s.reduce(&r)
	for lead, v := range r.sum {
		if v == 0 {
			continue
		}
		inverse := power(v, prime-2)
		for k := range r.sum {
			r.sum[k] = r.sum[k] * inverse % prime
		}
		for k := range r.made {
			r.made[k] = r.made[k] * inverse % prime
		}
		r.lead = lead
		s.basis = append(s.basis, r)
		return
	}
}

// reduce takes from an equation what the basis holds of it.
func (s *system) reduce(r *row) {
	for i := range s.basis {
		b := &s.basis[i]
		factor := r.sum[b.lead]
		if factor == 0 {
			continue
		}
		for k := b.lead; k < len(r.sum); k++ {
			if b.sum[k] != 0 {
				r.sum[k] = (r.sum[k] + (prime-factor)*b.sum[k]) % prime
			}
		}
		for k := range r.made {
			if b.made[k] != 0 {
				r.made[k] = (r.made[k] + (prime-factor)*b.made[k]) % prime
			}
		}
	}
}

// solve reports whether a sum can be computed, and which shown numbers one way to
// compute it uses.
func (s *system) solve(terms []Term) (used []int, ok bool) {
	rest := row{sum: s.unknown(terms), made: make([]uint64, len(s.numbers))}
	s.reduce(&rest)
	if slices.ContainsFunc(rest.sum, func(v uint64) bool { return v != 0 }) {
		return nil, false
	}
	known := map[int]uint64{} // how many times each atom that is shown by itself is left over
	count := func(terms []Term, times uint64) {
		for _, term := range terms {
			if _, alone := s.alone[term.Atom]; alone {
				known[term.Atom] = (known[term.Atom] + times*modulo(term.Times)) % prime
			}
		}
	}
	count(terms, 1)
	for i, times := range rest.made { // the sum less so many times each equation
		if times != 0 {
			used = append(used, s.numbers[i])
			count(s.publication.Numbers[s.numbers[i]].Terms, times)
		}
	}
	for atom, times := range known {
		if times != 0 {
			used = append(used, s.alone[atom])
		}
	}
	slices.Sort(used) // of equal ones the first is hidden, whatever the order of a map
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
