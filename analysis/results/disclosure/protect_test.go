package disclosure

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/analysis/results/disclosure/disclosuretest"
)

// flat is a hierarchy of one division.
func flat(groups int) Hierarchy { return Hierarchy{Everybody(), {Parent: make([]int, groups)}} }

// respondents are counts of one number each.
func respondents(finest [][]int64) [][]Counts {
	counts := make([][]Counts, len(finest))
	for r := range finest {
		for _, n := range finest[r] {
			counts[r] = append(counts[r], Counts{n})
		}
	}
	return counts
}

// draw shows a table of one row or column per string: # hidden, . shown.
func draw(p *Protected) string {
	got := ""
	for r := range p.Rows[p.Rows.Finest()].Size() {
		if r > 0 {
			got += " "
		}
		for c := range p.Columns[p.Columns.Finest()].Size() {
			hidden := p.Hidden(Category{p.Rows.Finest(), r}, Category{p.Columns.Finest(), c})
			got += map[bool]string{true: "#", false: "."}[hidden]
		}
	}
	return got
}

func TestProtectHidesWhatSubtractionWouldTell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		counts [][]int64
		want   string // of the finest table, row by row: # hidden, . shown
	}{
		"NothingSmall":              {[][]int64{{9, 8}, {7, 6}}, ".. .."},
		"ASmallOneTakesASecond":     {[][]int64{{3}, {40}, {12}}, "# . #"},
		"TwoSmallOnesOfTooFew":      {[][]int64{{1}, {2}, {12}, {40}}, "# # # ."},
		"TwoSmallOnesAreEnough":     {[][]int64{{3}, {4}, {12}}, "# # ."},
		"ARectangle":                {[][]int64{{3, 20, 9}, {30, 40, 9}, {30, 40, 9}}, "#.# #.# ..."},
		"AHiddenRowIsHiddenWhole":   {[][]int64{{0, 4}, {2, 1}, {30, 40}, {30, 50}}, "## ## ## .."},
		"EverythingOfTooFew":        {[][]int64{{1, 1}, {1, 1}}, "## ##"},
		"ATinyRemainderInAShownRow": {[][]int64{{1, 2, 20, 20}, {0, 0, 20, 20}, {0, 2, 20, 20}}, "###. ##.. ###."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, cols := flat(len(c.counts)), flat(len(c.counts[0]))
			if len(c.counts[0]) == 1 {
				cols = Hierarchy{Everybody()}
			}
			got := draw(Protect(TwoWay{Rows: rows, Columns: cols, Threshold: 5, Counts: respondents(c.counts)}))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNoHiddenCellIsSolved draws respondents over three axes, two of them of
// two tiers, publishes every table of one and two axes at every pair of tiers,
// and lets an attacker solve for the hidden cells from all of them together.
func TestNoHiddenCellIsSolved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		axes := []Hierarchy{
			drawHierarchy(t, "units", 5),
			drawHierarchy(t, "sectors", 4),
			flat(rapid.IntRange(1, 3).Draw(t, "months")),
		}
		fine := make([]int, len(axes)) // size of each finest tier
		atoms := 1
		for k, a := range axes {
			fine[k] = a[a.Finest()].Size()
			atoms *= fine[k]
		}
		n := rapid.SliceOfN(rapid.SampledFrom([]int64{0, 0, 0, 1, 1, 2, 3, 4, 6, 9, 15}), atoms, atoms).Draw(t, "respondents")
		const threshold = 5
		attack := disclosuretest.Attacker{Atoms: atoms}
		for a := range axes {
			for b := a + 1; b < len(axes); b++ {
				at := func(atom int) (int, int) {
					codes := make([]int, len(axes))
					for k := len(axes) - 1; k >= 0; k-- {
						codes[k] = atom % fine[k]
						atom /= fine[k]
					}
					return codes[a], codes[b]
				}
				finest := make([][]int64, fine[a])
				for r := range finest {
					finest[r] = make([]int64, fine[b])
				}
				for atom := range n {
					r, c := at(atom)
					finest[r][c] += n[atom]
				}
				p := Protect(TwoWay{Rows: axes[a], Columns: axes[b], Threshold: threshold, Counts: respondents(finest)})
				for _, cell := range cellsOf(p) {
					sum := make([]float64, atoms)
					for atom := range sum {
						fr, fc := at(atom)
						if axes[a].Ancestor(Category{axes[a].Finest(), fr}, cell.row.Level) == cell.row && axes[b].Ancestor(Category{axes[b].Finest(), fc}, cell.column.Level) == cell.column {
							sum[atom] = 1
						}
					}
					if !p.Hidden(cell.row, cell.column) {
						if count := p.Counts(cell.row, cell.column).Respondents(); 0 < count && count < threshold {
							t.Fatalf("%d respondents are shown", count)
						}
						attack.Published = append(attack.Published, sum)
						continue
					}
					attack.Hidden = append(attack.Hidden, sum)
					attack.Names = append(attack.Names, fmt.Sprintf("axes %d and %d, cell %+v", a, b, cell))
				}
			}
		}
		for _, name := range attack.Solved() {
			t.Errorf("solved: %s", name)
		}
	})
}

// groupPair is a cell by its groups.
type groupPair struct{ row, column Category }

// cellsOf lists the cells of a table at all levels.
func cellsOf(p *Protected) []groupPair {
	var cells []groupPair
	for i := range p.Rows {
		for j := range p.Columns {
			for r := range p.Rows[i].Size() {
				for c := range p.Columns[j].Size() {
					cells = append(cells, groupPair{Category{i, r}, Category{j, c}})
				}
			}
		}
	}
	return cells
}

func drawHierarchy(t *rapid.T, name string, most int) Hierarchy {
	top := flat(rapid.IntRange(1, 2).Draw(t, name+" groups"))
	fine := Level{}
	for range rapid.IntRange(1, most).Draw(t, name) {
		fine.Parent = append(fine.Parent, rapid.IntRange(0, top[1].Size()-1).Draw(t, name+" within"))
	}
	return append(top, fine)
}
