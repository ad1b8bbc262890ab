package disclosure

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/analysis/results/disclosure/disclosuretest"
)

// terms are atoms, each once.
func terms(atoms ...int) (list []Term) {
	for _, a := range atoms {
		list = append(list, Term{a, 1})
	}
	return list
}

// Which numbers are hidden, and why the others are not.
func TestComplete(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		numbers         []Number
		hid, unprotects []int
	}{
		"NothingToGuard": {[]Number{{Terms: terms(0), Shown: true}, {Terms: terms(1), Shown: true}}, nil, nil},
		"TheSmallestOfTheWhole": {[]Number{
			{Terms: terms(0, 1, 2), Shown: true, Respondents: 60},
			{Terms: terms(0), Guarded: true, Respondents: 3},
			{Terms: terms(1), Shown: true, Respondents: 40},
			{Terms: terms(2), Shown: true, Respondents: 17},
		}, []int{3}, nil},
		"AWholeThatIsSmallerThanItsOtherParts": {[]Number{ // told by two wholes that have one part in common
			{Terms: terms(0, 1), Shown: true, Respondents: 10},
			{Terms: terms(1), Shown: true, Respondents: 7},
			{Terms: terms(0), Guarded: true, Respondents: 3},
		}, []int{1}, nil},
		"WithItsDetails": {[]Number{
			{Terms: terms(0, 1, 2), Shown: true, Respondents: 60},
			{Terms: terms(0), Guarded: true, Respondents: 3},
			{Terms: terms(1, 2), Shown: true, Respondents: 57, Details: []int{3, 4}},
			{Terms: terms(5), Shown: true, Fixed: true, Respondents: 40},
			{Terms: terms(6), Shown: true, Respondents: 90},
		}, []int{2, 4}, nil}, // the detail that was shown before stays
		"WhatWasShownBefore": {[]Number{
			{Terms: terms(0, 1), Shown: true, Fixed: true, Respondents: 20},
			{Terms: terms(1), Shown: true, Fixed: true, Respondents: 17},
			{Terms: terms(0), Guarded: true, Respondents: 3},
		}, nil, []int{2}},
		"TheDifferenceOfTwoEditions": {[]Number{
			{Terms: terms(0), Shown: true, Fixed: true, Respondents: 20},
			{Terms: terms(1), Shown: true, Respondents: 21},
			{Terms: []Term{{1, 1}, {0, -1}}, Guarded: true, Respondents: 1},
		}, []int{1}, nil},
		"TwoOfAWholeAndOneInBoth": {[]Number{ // 2·x + y and y
			{Terms: []Term{{0, 2}, {1, 1}}, Shown: true, Respondents: 12},
			{Terms: terms(1), Shown: true, Respondents: 6},
			{Terms: terms(0), Guarded: true, Respondents: 3},
		}, []int{1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Publication{Numbers: c.numbers}
			hid, unprotected := p.Complete()
			if diff := cmp.Diff(c.hid, hid) + cmp.Diff(c.unprotects, unprotected); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// After Complete an attacker with another method (singular values, real numbers)
// computes no guarded number from the shown ones, and nothing that was fixed or
// hidden has changed.
func TestNothingGuardedIsComputed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		atoms := rapid.IntRange(2, 10).Draw(t, "atoms")
		count := make([]int64, atoms)
		for k := range count {
			count[k] = rapid.SampledFrom([]int64{0, 1, 2, 3, 5, 8, 20}).Draw(t, "count")
		}
		var p Publication
		for range rapid.IntRange(3, 25).Draw(t, "numbers") {
			n := Number{Fixed: rapid.IntRange(0, 9).Draw(t, "fixed") == 0}
			for a := range atoms {
				if rapid.IntRange(0, 2).Draw(t, "in") == 0 {
					n.Terms = append(n.Terms, Term{a, 1})
					n.Respondents += count[a]
				}
			}
			n.Guarded = 0 < n.Respondents && n.Respondents < 5
			n.Shown = n.Fixed || !n.Guarded && rapid.Bool().Draw(t, "shown")
			p.Numbers = append(p.Numbers, n)
		}
		before := append([]Number(nil), p.Numbers...)
		_, unprotected := p.Complete()
		attack := disclosuretest.Attacker{Atoms: atoms}
		for at, n := range p.Numbers {
			if n.Shown && !before[at].Shown || n.Fixed && n.Shown != before[at].Shown {
				t.Fatalf("number %d is shown %v, before %v, fixed %v", at, n.Shown, before[at].Shown, n.Fixed)
			}
			sum := make([]float64, atoms)
			for _, term := range n.Terms {
				sum[term.Atom] += float64(term.Times)
			}
			switch {
			case n.Shown:
				attack.Published = append(attack.Published, sum)
			case n.Guarded:
				attack.Hidden, attack.Names = append(attack.Hidden, sum), append(attack.Names, fmt.Sprint(at))
			}
		}
		allowed := map[string]bool{}
		for _, at := range unprotected {
			allowed[fmt.Sprint(at)] = true
		}
		for _, name := range attack.Solved() {
			if !allowed[name] {
				t.Errorf("number %s is computed from %+v", name, p.Numbers)
			}
		}
	})
}

// A reader who tries every table of whole numbers that agrees with what is shown
// comes to the same: what Complete takes to be computed has one value in all of them,
// and no guarded number has, where every hidden atom has enough people to lose some.
func TestCompleteAgreesWithEveryTable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		atoms := rapid.IntRange(2, 4).Draw(t, "atoms")
		count := make([]int, atoms)
		for k := range count {
			count[k] = rapid.IntRange(3, 6).Draw(t, "count")
		}
		var p Publication
		for range rapid.IntRange(2, 8).Draw(t, "numbers") {
			n := Number{Shown: rapid.IntRange(0, 3).Draw(t, "shown") > 0}
			for a := range atoms {
				if rapid.Bool().Draw(t, "in") {
					n.Terms = append(n.Terms, Term{a, 1})
					n.Respondents += int64(count[a])
				}
			}
			n.Guarded = !n.Shown && len(n.Terms) > 0
			p.Numbers = append(p.Numbers, n)
		}
		_, unprotected := p.Complete()
		if len(unprotected) > 0 {
			t.Fatalf("%v are given up although nothing is fixed", unprotected)
		}
		of := func(table []int, n *Number) (sum int) {
			for _, term := range n.Terms {
				sum += term.Times * table[term.Atom]
			}
			return sum
		}
		values := make([]map[int]bool, len(p.Numbers))
		for k := range values {
			values[k] = map[int]bool{}
		}
		table := make([]int, atoms)
		var try func(atom int)
		try = func(atom int) {
			if atom < atoms {
				for table[atom] = 0; table[atom] <= 9; table[atom]++ {
					try(atom + 1)
				}
				return
			}
			for k := range p.Numbers {
				if n := &p.Numbers[k]; n.Shown && of(table, n) != of(count, n) {
					return
				}
			}
			for k := range p.Numbers {
				values[k][of(table, &p.Numbers[k])] = true
			}
		}
		try(0)
		system := newSystem(&p, nil).withHideable()
		for k := range p.Numbers {
			n := &p.Numbers[k]
			_, solved := system.solve(n.Terms)
			if solved && len(values[k]) > 1 {
				t.Errorf("number %d is taken to be computed and has %d values", k, len(values[k]))
			}
			if n.Guarded && len(values[k]) < 2 {
				t.Errorf("guarded number %d of %v has one value, shown: %+v", k, count, p.Numbers)
			}
		}
	})
}
