package disclosure

import "slices"

// Publication is every number of some tables that readers see together, and those
// they must not learn: of one edition, or of all editions of a campaign. Each is
// a sum over atoms, the finest groups of respondents that readers can tell apart.
// An atom that everybody knows to be empty is left out of every sum.
type Publication struct {
	Numbers []Number
}

// Number is one number of a publication.
type Number struct {
	Parts []Part
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

// Part is an atom of a sum. Times is 1 but where numbers are compared: the
// difference of two editions takes the atoms of the earlier one away.
type Part struct{ Atom, Times int }

// Complete hides numbers until no guarded one can be computed from those that are
// shown by any sums and differences, and returns the places of those it hid. Of
// the numbers by which a guarded one can be computed it hides the one with the
// fewest respondents. unprotected are guarded numbers that fixed ones give away.
func (p *Publication) Complete() (hid, unprotected []int) {
	lost := map[int]bool{}
	for {
		system := newSystem(p)
		solved := false
		for at := range p.Numbers {
			n := &p.Numbers[at]
			if !n.Guarded || n.Shown || lost[at] {
				continue
			}
			used, ok := system.solve(n.Parts)
			if !ok {
				continue
			}
			// One that was hidden for an earlier number of this round no longer counts.
			if slices.ContainsFunc(used, func(u int) bool { return !p.Numbers[u].Shown }) {
				solved = true
				continue
			}
			least := -1
			for _, u := range used {
				if m := &p.Numbers[u]; !m.Fixed && (least < 0 || m.Respondents < p.Numbers[least].Respondents) {
					least = u
				}
			}
			if least < 0 {
				lost[at] = true
				unprotected = append(unprotected, at)
				continue
			}
			solved = true
			hid = p.hide(least, hid)
		}
		if !solved {
			return hid, unprotected
		}
	}
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
