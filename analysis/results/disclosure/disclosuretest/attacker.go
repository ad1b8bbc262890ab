// Package disclosuretest attacks published tables, for the tests of what they
// hide.
//
// It owns the linear attack and must not know how cells were hidden.
package disclosuretest

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Attacker solves for hidden cells with every published number of several
// tables over the same respondents.
type Attacker struct {
	Atoms     int
	Published [][]float64 // sums over atoms
	Hidden    [][]float64
	Names     []string // of hidden
}

// Solved names the hidden sums that are combinations of published ones: those
// that lie in the row space of the published sums.
func (a *Attacker) Solved() []string {
	if len(a.Hidden) == 0 || len(a.Published) == 0 {
		return nil
	}
	m := mat.NewDense(len(a.Published), a.Atoms, nil)
	for i, sum := range a.Published {
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
	for k, target := range a.Hidden {
		residual := mat.NewVecDense(a.Atoms, append([]float64(nil), target...))
		for c, s := range values {
			if s > 1e-9 {
				col := v.ColView(c)
				residual.AddScaledVec(residual, -mat.Dot(col, mat.NewVecDense(a.Atoms, target)), col)
			}
		}
		if mat.Norm(residual, 2) < 1e-6*math.Sqrt(mat.Norm(mat.NewVecDense(a.Atoms, target), 2)) {
			solved = append(solved, a.Names[k])
		}
	}
	return solved
}
