package estimation

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"hailong/analysis"
)

// RaoScott tests whether two categorical variables are independent in the
// population, from a sample with a design.
type RaoScott struct {
	ChiSquare  float64 // Pearson's X² of the estimated proportions at as many responses as the sample has
	F          float64
	NDF, DDF   float64
	P          float64 // of F
	FirstOrder float64 // p-value of X² divided by the mean design effect
}

// maxTableCells bounds the covariance matrix of a table's proportions.
const maxTableCells = 400

// RaoScottTest tests the independence of two columns of codes under a design;
// responses with code 0 in either are outside the table but stay in the design.
// With Δ the generalised design effects of the interaction contrasts,
//
//	F = X²/tr Δ with (tr Δ)²/tr Δ² and (tr Δ)²/tr Δ²·(PSUs − strata) degrees of freedom
//
// the second-order correction; the first order refers X²/(tr Δ/k) to chi-square
// with k = (rows−1)(columns−1). Small samples of clusters make both liberal. Its
// errors: slices of unlike length, fewer than two rows or columns, no degrees of
// freedom, a table with too many empty cells, and *DesignError.
//
// Source: Rao and Scott (1984), Ann. Statist. 12; R survey, svychisq().
func (d Design) RaoScottTest(rows, columns []uint32) (RaoScott, error) {
	if len(rows) != len(columns) || len(rows) == 0 {
		return RaoScott{}, errors.New("rows and columns need as many codes as there are responses, at least one")
	}
	s, err := d.check(len(rows))
	if err != nil {
		return RaoScott{}, err
	}
	table := newShareTable(s, rows, columns)
	nr, nc := table.rows, table.columns
	if nr < 2 || nc < 2 {
		return RaoScott{}, errors.New("a test of independence needs two categories of each variable")
	}
	if nr*nc > maxTableCells {
		return RaoScott{}, fmt.Errorf("a table of %d×%d cells is too large for a test of independence: join categories", nr, nc)
	}
	nu := -float64(len(s.strata))
	for _, h := range s.strata {
		nu += float64(h.psus)
	}
	if nu <= 0 {
		return RaoScott{}, errors.New("there are no more sampling units than strata")
	}
	n := float64(s.rows)
	var out RaoScott
	for i := range nr {
		for j := range nc {
			expected := table.share[i] * table.column[j]
			off := table.p[i*nc+j] - expected
			out.ChiSquare += n * off * off / expected
		}
	}
	v := s.covariance(table.linearised(s))
	contrasts := (nr - 1) * (nc - 1)
	c := mat.NewDense(nr*nc, contrasts, nil)
	for i := range nr - 1 {
		for j := range nc - 1 {
			k := i*(nc-1) + j
			c.Set(i*nc+j, k, 1)
			c.Set(i*nc+nc-1, k, -1)
			c.Set((nr-1)*nc+j, k, -1)
			c.Set(nr*nc-1, k, 1)
		}
	}
	// C' D⁻¹ V D⁻¹ C against its value n⁻¹·C' D⁻¹ C in a simple random sample.
	scaled := mat.NewDense(nr*nc, contrasts, nil)
	for cell, p := range table.p {
		for k := range contrasts {
			if p > 0 {
				scaled.Set(cell, k, c.At(cell, k)/p)
			}
		}
	}
	var simple, complexity, half, delta, square mat.Dense
	simple.Mul(c.T(), scaled)
	simple.Scale(1/n, &simple)
	vm := mat.NewDense(nr*nc, nr*nc, nil)
	for a := range v {
		vm.SetRow(a, v[a])
	}
	half.Mul(vm, scaled)
	complexity.Mul(scaled.T(), &half)
	if err := delta.Solve(&simple, &complexity); err != nil {
		return RaoScott{}, errors.New("the table has too many empty cells for a test of independence: join categories")
	}
	square.Mul(&delta, &delta)
	trace := mat.Trace(&delta)
	out.F = out.ChiSquare / trace
	out.NDF = trace * trace / mat.Trace(&square)
	out.DDF = out.NDF * nu
	out.P = analysis.FUpper(out.F, out.NDF, out.DDF)
	out.FirstOrder = analysis.ChiSquareUpper(out.ChiSquare/(trace/float64(contrasts)), float64(contrasts))
	return out, nil
}

// shareTable is a table of estimated proportions.
type shareTable struct {
	rows, columns int
	cellOf        []int // per response, -1 outside
	p             []float64
	share, column []float64
	total         float64
}

func newShareTable(s *sample, rows, columns []uint32) *shareTable {
	number := func(codes []uint32) map[uint32]int {
		known := map[uint32]int{}
		for row, code := range codes {
			if _, ok := known[code]; !ok && rows[row] != 0 && columns[row] != 0 && s.weightOf(row) > 0 {
				known[code] = len(known)
			}
		}
		return known
	}
	rowOf, columnOf := number(rows), number(columns)
	t := &shareTable{rows: len(rowOf), columns: len(columnOf), cellOf: make([]int, s.rows)}
	if t.rows*t.columns > maxTableCells {
		return t
	}
	t.p = make([]float64, t.rows*t.columns)
	t.share, t.column = make([]float64, t.rows), make([]float64, t.columns)
	for row := range t.cellOf {
		t.cellOf[row] = -1
		if w := s.weightOf(row); rows[row] != 0 && columns[row] != 0 && w > 0 {
			t.cellOf[row] = rowOf[rows[row]]*t.columns + columnOf[columns[row]]
			t.p[t.cellOf[row]] += w
			t.total += w
		}
	}
	for cell := range t.p {
		t.p[cell] /= t.total
		t.share[cell/t.columns] += t.p[cell]
		t.column[cell%t.columns] += t.p[cell]
	}
	return t
}

// linearised are the weighted residuals of the proportions, per cell and response.
func (t *shareTable) linearised(s *sample) [][]float64 {
	z := make([][]float64, len(t.p))
	for cell := range z {
		z[cell] = make([]float64, s.rows)
		for row, at := range t.cellOf {
			if at < 0 {
				continue
			}
			in := 0.0
			if at == cell {
				in = 1
			}
			z[cell][row] = s.weightOf(row) * (in - t.p[cell]) / t.total
		}
	}
	return z
}
