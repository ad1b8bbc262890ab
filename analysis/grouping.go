package analysis

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Grouping says how responses are grouped and which of them count.
type Grouping struct {
	By    []int   // up to three domain columns, crossed; empty = one cell of all
	Where []Where // all must hold
	Omit  []bool  // rows to leave out (voided, quarantined, flagged); may be shorter than the rows
	// Regroup, if it is not nil, takes the place of By.
	Regroup *Regrouping
}

// grid is the grid of the cells of q.
func (q Grouping) grid(s FixedRows) (Grid, error) {
	switch {
	case q.Regroup == nil:
		return newGrid(s, q.By)
	case len(q.By) > 0:
		return Grid{}, errors.New("a query is by domain columns or regroups the codes of one, not both")
	case q.Regroup.Domain < 0 || q.Regroup.Domain >= len(s.domains):
		return Grid{}, fmt.Errorf("there is no domain column %d", q.Regroup.Domain)
	}
	return q.Regroup.Grid, q.Regroup.check(s.sizes[q.Regroup.Domain])
}

// Where keeps the responses whose code of a domain is marked. Codes beyond the
// end of Keep are left out.
type Where struct {
	Domain int
	Keep   []bool
}

const (
	maxCrossed = 3
	// MaxCounters bounds a table to half a gigabyte, far above any table a
	// person reads; it catches a domain whose codes are not dense.
	MaxCounters = 1 << 26
	// blockRows is how many rows a worker groups before it counts their answers:
	// its scratch then stays in the first-level cache.
	blockRows = 4096
)

// Grid numbers the cells of up to three crossed domain columns: cell 0 is code 0
// of each, the last column runs fastest.
type Grid struct {
	By   []int // the domain columns
	Size []int // codes per column, code 0 included
}

func newGrid(s FixedRows, by []int) (Grid, error) {
	if len(by) > maxCrossed {
		return Grid{}, fmt.Errorf("%d domain columns crossed: at most %d", len(by), maxCrossed)
	}
	g := Grid{By: slices.Clone(by), Size: make([]int, len(by))}
	cells := 1
	for k, d := range by {
		if d < 0 || d >= len(s.domains) {
			return Grid{}, fmt.Errorf("there is no domain column %d", d)
		}
		g.Size[k] = s.sizes[d]
		if cells *= g.Size[k]; cells > MaxCounters {
			return Grid{}, fmt.Errorf("the crossed domains make more than %d cells", MaxCounters)
		}
	}
	return g, nil
}

// Cells is the number of cells, empty ones included.
func (g Grid) Cells() int {
	cells := 1
	for _, n := range g.Size {
		cells *= n
	}
	return cells
}

// Cell is the number of the cell with these codes, one per crossed column, and
// false where the grid does not reach that far (no response had such a code).
func (g Grid) Cell(codes ...uint32) (int, bool) {
	if len(codes) != len(g.Size) {
		return 0, false
	}
	cell := 0
	for k, code := range codes {
		if int(code) >= g.Size[k] {
			return 0, false
		}
		cell = cell*g.Size[k] + int(code)
	}
	return cell, true
}

// Codes are the codes of a cell, one per crossed column.
func (g Grid) Codes(cell int) []uint32 {
	codes := make([]uint32, len(g.Size))
	for k := len(g.Size) - 1; k >= 0; k-- {
		codes[k] = uint32(cell % g.Size[k]) //nolint:gosec // below Size, which Check bounds
		cell /= g.Size[k]
	}
	return codes
}

// union is the smallest grid that holds both; false if they cross different columns.
func (g Grid) union(o Grid) (Grid, bool) {
	if !slices.Equal(g.By, o.By) {
		return Grid{}, false
	}
	u := Grid{By: g.By, Size: slices.Clone(g.Size)}
	for k := range u.Size {
		u.Size[k] = max(u.Size[k], o.Size[k])
	}
	return u, true
}

// check reports a Where on a column that does not exist.
func (q Grouping) check(s FixedRows) error {
	for _, w := range q.Where {
		if w.Domain < 0 || w.Domain >= len(s.domains) {
			return fmt.Errorf("there is no domain column %d", w.Domain)
		}
	}
	return nil
}

// place writes the cell of each row of a block, or outside for rows left out,
// and returns how many rows were kept.
func (q Grouping) place(s FixedRows, g Grid, low int, cells []uint32, outside uint32) int {
	clear(cells)
	if q.Regroup != nil {
		for i, code := range s.domains[q.Regroup.Domain][low : low+len(cells)] {
			cells[i] = q.Regroup.Cell[code]
		}
	} else {
		for k, d := range g.By {
			size := uint32(g.Size[k]) //nolint:gosec // Check bounds it
			for i, code := range s.domains[d][low : low+len(cells)] {
				cells[i] = cells[i]*size + code
			}
		}
	}
	kept := len(cells)
	drop := func(i int) {
		if cells[i] != outside {
			cells[i] = outside
			kept--
		}
	}
	for _, w := range q.Where {
		for i, code := range s.domains[w.Domain][low : low+len(cells)] {
			if int(code) >= len(w.Keep) || !w.Keep[code] {
				drop(i)
			}
		}
	}
	if low < len(q.Omit) {
		for i, omit := range q.Omit[low:min(len(q.Omit), low+len(cells))] {
			if omit {
				drop(i)
			}
		}
	}
	return kept
}

// eachBlock runs work over blocks of the rows on all cores. Every worker makes
// its own accumulator with start and hands it to finish, one at a time. What is
// accumulated must not depend on the order of blocks.
func eachBlock[A any](rows int, start func() A, work func(acc A, low, high int), finish func(A)) {
	blocks := (rows + blockRows - 1) / blockRows
	workers := max(1, min(runtime.GOMAXPROCS(0), blocks/8))
	var next atomic.Int64
	run := func() A {
		acc := start()
		for {
			low := int(next.Add(1)-1) * blockRows
			if low >= rows {
				return acc
			}
			work(acc, low, min(low+blockRows, rows))
		}
	}
	if workers == 1 {
		finish(run())
		return
	}
	var wait sync.WaitGroup
	var lock sync.Mutex
	for range workers {
		wait.Go(func() {
			acc := run()
			lock.Lock()
			defer lock.Unlock()
			finish(acc)
		})
	}
	wait.Wait()
}
