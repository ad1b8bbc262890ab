package results

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// flat is an axis of one division.
func flat(groups int) axis { return axis{all, {up: make([]int, groups)}} }

// counts makes the cells of a grid from its finest table.
func counts(rows, cols axis, finest [][]int64) func(i, j int) [][]tally {
	return func(i, j int) [][]tally {
		cells := make([][]tally, rows[i].size())
		for r := range cells {
			cells[r] = make([]tally, cols[j].size())
			for c := range cells[r] {
				cells[r][c] = tally{0}
			}
		}
		for r := range finest {
			for c, n := range finest[r] {
				cells[rows.lift(len(rows)-1, i, r)][cols.lift(len(cols)-1, j, c)][0] += n
			}
		}
		return cells
	}
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
				cols = axis{all}
			}
			g := grid{rows: rows, cols: cols, threshold: 5, at: counts(rows, cols, c.counts)}
			g.protect()
			got := ""
			for r, line := range g.hidden[len(rows)-1][len(cols)-1] {
				if r > 0 {
					got += " "
				}
				for _, h := range line {
					got += map[bool]string{true: "#", false: "."}[h]
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// attacker solves for hidden cells with every published number of several
// tables over the same respondents.
type attacker struct {
	atoms     int
	published [][]float64 // sums over atoms
	hidden    [][]float64
	names     []string // of hidden
}

// solved returns the hidden sums that are combinations of published ones: those
// that lie in the row space of the published sums.
func (a *attacker) solved() []string {
	if len(a.hidden) == 0 || len(a.published) == 0 {
		return nil
	}
	m := mat.NewDense(len(a.published), a.atoms, nil)
	for i, sum := range a.published {
		m.SetRow(i, sum)
	}
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThin) {
		return []string{"no decomposition"}
	}
	var v mat.Dense
	svd.VTo(&v)
	values := svd.Values(nil)
	var solved []string
	for k, target := range a.hidden {
		residual := mat.NewVecDense(a.atoms, append([]float64(nil), target...))
		for c, s := range values {
			if s > 1e-9 {
				col := v.ColView(c)
				residual.AddScaledVec(residual, -mat.Dot(col, mat.NewVecDense(a.atoms, target)), col)
			}
		}
		if mat.Norm(residual, 2) < 1e-6*math.Sqrt(mat.Norm(mat.NewVecDense(a.atoms, target), 2)) {
			solved = append(solved, a.names[k])
		}
	}
	return solved
}

// TestNoHiddenCellIsSolved draws respondents over three axes, two of them of
// two tiers, publishes every table of one and two axes at every pair of tiers,
// and lets an attacker solve for the hidden cells from all of them together.
func TestNoHiddenCellIsSolved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		axes := []axis{
			drawAxis(t, "units", 5),
			drawAxis(t, "sectors", 4),
			flat(rapid.IntRange(1, 3).Draw(t, "months")),
		}
		fine := make([]int, len(axes)) // size of each finest tier
		atoms := 1
		for k, a := range axes {
			fine[k] = a[len(a)-1].size()
			atoms *= fine[k]
		}
		n := rapid.SliceOfN(rapid.SampledFrom([]int64{0, 0, 0, 1, 1, 2, 3, 4, 6, 9, 15}), atoms, atoms).Draw(t, "respondents")
		const threshold = 5
		attack := attacker{atoms: atoms}
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
				g := grid{rows: axes[a], cols: axes[b], threshold: threshold, at: counts(axes[a], axes[b], finest)}
				g.protect()
				for i := range g.hidden {
					for j := range g.hidden[i] {
						for r := range g.hidden[i][j] {
							for c, hidden := range g.hidden[i][j][r] {
								sum := make([]float64, atoms)
								for atom := range sum {
									fr, fc := at(atom)
									if axes[a].lift(len(axes[a])-1, i, fr) == r && axes[b].lift(len(axes[b])-1, j, fc) == c {
										sum[atom] = 1
									}
								}
								if !hidden {
									if count := g.cells[i][j][r][c].reach(); 0 < count && count < threshold {
										t.Fatalf("%d respondents are shown", count)
									}
									attack.published = append(attack.published, sum)
									continue
								}
								attack.hidden = append(attack.hidden, sum)
								attack.names = append(attack.names, fmt.Sprintf("axes %d and %d, tiers %d and %d, cell %d,%d", a, b, i, j, r, c))
							}
						}
					}
				}
			}
		}
		for _, name := range attack.solved() {
			t.Errorf("solved: %s", name)
		}
	})
}

func drawAxis(t *rapid.T, name string, most int) axis {
	top := flat(rapid.IntRange(1, 2).Draw(t, name+" groups"))
	fine := tier{}
	for range rapid.IntRange(1, most).Draw(t, name) {
		fine.up = append(fine.up, rapid.IntRange(0, top[1].size()-1).Draw(t, name+" within"))
	}
	return append(top, fine)
}
