package disclosure

import "slices"

// Publication is every number of some tables that readers see together, and those
// they must not learn: of one edition, or of all editions of a campaign. Each is
// a sum over atoms, the finest groups of respondents that readers can tell apart.
// An atom that everybody knows to be empty is left out of every sum.
type Publication struct {
	Numbers []Number
	// Insiders are readers who know some atoms besides: an office its own people.
	// From each of them those numbers are guarded that hold others.
	Insiders []map[int]bool
}

// Number is one number of a publication.
type Number struct {
	Terms []Term
	// Shown numbers are what readers compute with; Fixed ones were shown before, or
	// are known without being shown, and cannot be hidden any more.
	Shown, Fixed bool
	// Guarded numbers must not be computed from the shown ones.
	Guarded bool
	// Respondents is what hiding the number takes from readers.
	Respondents int64
	// Details are the places, among the numbers, of those that are hidden with it.
	Details []int
}

// Term is an atom of a sum. Times is 1 but where numbers are compared: the
// difference of two editions takes the atoms of the earlier one away.
type Term struct{ Atom, Times int }

// Complete hides numbers until no reader can compute a guarded one from those that
// are shown, by any sums and differences, and returns the places of those it hid. Of
// the numbers by which a guarded one can be computed it hides the one with the
// fewest respondents. unprotected are guarded numbers that fixed ones give away.
func (p *Publication) Complete() (hid, unprotected []int) {
	readers := append([]map[int]bool{nil}, p.Insiders...)
	lost := make([]map[int]bool, len(readers))
	known := make([]*system, len(readers))
	for i, knows := range readers {
		lost[i], known[i] = map[int]bool{}, newSystem(p, knows)
	}
	for {
		before := len(hid)
		for i := range readers {
			hid = p.hideFrom(known[i], lost[i], hid)
		}
		if len(hid) == before {
			break
		}
	}
	for _, of := range lost {
		for at := range of {
			if !slices.Contains(unprotected, at) {
				unprotected = append(unprotected, at)
			}
		}
	}
	slices.Sort(unprotected)
	return hid, unprotected
}

// hideFrom hides numbers until one reader, who knows what is fixed, computes nothing.
// lost are the guarded numbers that fixed ones tell this reader.
func (p *Publication) hideFrom(known *system, lost map[int]bool, hid []int) []int {
	for {
		system := known.withHideable()
		again := false
		for at := range p.Numbers {
			n := &p.Numbers[at]
			if !n.Guarded || n.Shown || lost[at] || !n.tellsOthers(known.knows) {
				continue
			}
			used, ok := system.solve(n.Terms)
			switch {
			case !ok:
				continue
			case slices.ContainsFunc(used, func(u int) bool { return !p.Numbers[u].Shown }):
				// It was hidden for an earlier number of this round.
			default:
				least := p.cheapest(used)
				if least < 0 {
					lost[at] = true
					continue
				}
				hid = p.hide(least, hid)
			}
			again = true
		}
		if !again {
			return hid
		}
	}
}

// tellsOthers reports whether a number holds anybody whom a reader does not know.
func (n *Number) tellsOthers(knows map[int]bool) bool {
	return slices.ContainsFunc(n.Terms, func(term Term) bool { return !knows[term.Atom] })
}

// cheapest is the place of the number with the fewest respondents of those that can
// be hidden; -1: none can. One with nobody in it comes last: hidden together with a
// few, it would still tell how few they are.
func (p *Publication) cheapest(places []int) int {
	least := -1
	better := func(a, b *Number) bool {
		if (a.Respondents == 0) != (b.Respondents == 0) {
			return b.Respondents == 0
		}
		return a.Respondents < b.Respondents
	}
	for _, at := range places {
		if n := &p.Numbers[at]; !n.Fixed && (least < 0 || better(n, &p.Numbers[least])) {
			least = at
		}
	}
	return least
}

// hide hides a number with its details.
func (p *Publication) hide(at int, hid []int) []int {
	if !p.Numbers[at].Shown || p.Numbers[at].Fixed {
		return hid
	}
	p.Numbers[at].Shown = false
	hid = append(hid, at)
	for _, detail := range p.Numbers[at].Details {
		hid = p.hide(detail, hid)
	}
	return hid
}
