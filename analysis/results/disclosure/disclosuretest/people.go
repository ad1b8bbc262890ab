package disclosuretest

// People is where the respondents of an attack can lie: one value of every kind of
// division, each with its groups at every dimension D. An atom is one value of each kind.
type People[D comparable] struct {
	Dimensions []D
	Kinds      map[D]int // the kind that a dimension divides by
	// Group is the key of a value at a dimension.
	Group    func(d D, value int) string
	Sizes    []int // values of each kind
	Count    []int // respondents of each atom, the last kind running fastest
	Verified []int // of them with a proof
}

// Atoms is how many atoms there are.
func (p *People[D]) Atoms() int {
	atoms := 1
	for _, n := range p.Sizes {
		atoms *= n
	}
	return atoms
}

// Value is an atom's value of a kind.
func (p *People[D]) Value(atom, kind int) int {
	for k := len(p.Sizes) - 1; k > kind; k-- {
		atom /= p.Sizes[k]
	}
	return atom % p.Sizes[kind]
}

// In reports whether an atom lies in a group, which has a key at some dimensions.
func (p *People[D]) In(atom int, group map[D]string) bool {
	for d, key := range group {
		if p.Group(d, p.Value(atom, p.Kinds[d])) != key {
			return false
		}
	}
	return true
}

// Among is how many respondents a sum over the atoms has. A sum that is twice as long
// goes on with the verified of each atom.
func (p *People[D]) Among(sum []float64) (n float64) {
	for i, weight := range sum {
		if i < len(p.Count) {
			n += weight * float64(p.Count[i])
		} else {
			n += weight * float64(p.Verified[i-len(p.Count)])
		}
	}
	return n
}
