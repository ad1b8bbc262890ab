package disclosure

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/analysis/results/disclosure/disclosuretest"
)

// A reader who knows which cells nobody can be in solves for the hidden ones with
// everything that is shown.
func TestNoHiddenCellIsSolvedByKnownZeros(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := TwoWay{Rows: smallHierarchy(t, "rows"), Columns: smallHierarchy(t, "columns"), Threshold: 3}
		for range table.Rows[table.Rows.Finest()].Size() {
			var row []Counts
			var zeros []bool
			for range table.Columns[table.Columns.Finest()].Size() {
				n := rapid.SampledFrom([]int64{0, 0, 0, 1, 2, 3, 4, 5}).Draw(t, "n")
				row = append(row, Counts{n})
				zeros = append(zeros, n == 0 && rapid.Bool().Draw(t, "known"))
			}
			table.Counts, table.KnownZeros = append(table.Counts, row), append(table.KnownZeros, zeros)
		}
		p := Protect(table)
		columns := table.Columns[table.Columns.Finest()].Size()
		attack := disclosuretest.Attacker{Atoms: len(table.Counts) * columns}
		sumOf := func(cell groupPair) []float64 {
			sum := make([]float64, attack.Atoms)
			for atom := range sum {
				at := groupPair{Category{table.Rows.Finest(), atom / columns}, Category{table.Columns.Finest(), atom % columns}}
				if p.within(at, cell) {
					sum[atom] = 1
				}
			}
			return sum
		}
		for r := range table.KnownZeros {
			for c, zero := range table.KnownZeros[r] {
				if zero {
					attack.Published = append(attack.Published, sumOf(groupPair{Category{table.Rows.Finest(), r}, Category{table.Columns.Finest(), c}}))
				}
			}
		}
		for _, cell := range cellsOf(p) {
			n := p.Counts(cell.row, cell.column).Respondents()
			switch {
			case !p.Hidden(cell.row, cell.column):
				if 0 < n && n < table.Threshold {
					t.Fatalf("%+v shows %d respondents", cell, n)
				}
				attack.Published = append(attack.Published, sumOf(cell))
			case n > 0:
				attack.Hidden = append(attack.Hidden, sumOf(cell))
				attack.Names = append(attack.Names, fmt.Sprint(cell))
			}
		}
		for _, name := range attack.Solved() {
			t.Errorf("%v with the known zeros %v: solved: %s", table.Counts, table.KnownZeros, name)
		}
	})
}

// What nobody can do in an office must not protect the few who did something else.
func TestKnownZerosProtectNobody(t *testing.T) {
	t.Parallel()
	// By rows of offices and columns of procedures: without known zeros the
	// rectangle of the small cell has a corner where nobody was.
	counts := respondents([][]int64{{3, 9, 30}, {9, 0, 30}, {30, 30, 30}})
	zeros := [][]bool{{false, false, false}, {false, true, false}, {false, false, false}}
	for name, c := range map[string]struct {
		zeros [][]bool
		want  string
	}{
		"Unknown": {nil, "##. ##. ..."},
		"Known":   {zeros, "##. ... ##."},
	} {
		p := Protect(TwoWay{Rows: flat(3), Columns: flat(3), Threshold: 5, Counts: counts, KnownZeros: c.zeros})
		if diff := cmp.Diff(c.want, draw(p)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// Where an office has one procedure, its total tells; where it is the only one
	// with that procedure, so does the procedure's.
	alone := Protect(TwoWay{
		Rows: flat(2), Columns: flat(2), Threshold: 5,
		Counts:     respondents([][]int64{{3, 0}, {0, 40}}),
		KnownZeros: [][]bool{{false, true}, {true, false}},
	})
	if !alone.Hidden(Category{1, 0}, Category{}) || !alone.Hidden(Category{}, Category{1, 0}) {
		t.Error("a total of three is shown")
	}
}
