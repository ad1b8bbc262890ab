package disclosure

// protectAroundKnownZeros hides further cells until no hidden cell can be computed
// by a reader who knows the zeros. Known zeros bar the ways around which Protect
// moves respondents, so here every hidden cell is tried by solving for it.
func protectAroundKnownZeros(t TwoWay) *Protected {
	hidden := NewCells(t.Rows, t.Columns)
	if t.Hidden != nil {
		hidden.AddAll(t.Hidden)
	}
	t.Hidden = hidden
	for {
		p := protectOnce(&t)
		solved := p.solved(&t)
		if len(solved) == 0 {
			return p
		}
		for _, at := range solved {
			p.hideBeside(at, hidden)
		}
	}
}

// crossed is a cell by its row and column.
type crossed struct{ row, column Category }

// hideBeside hides one more cell, so that another one can no longer be solved:
// the smallest that is shown of the same whole, and where there is none a whole.
func (p *Protected) hideBeside(at crossed, hidden *Cells) {
	var best *crossed
	try := func(other crossed) {
		n := p.Counts(other.row, other.column).Respondents()
		if !p.Hidden(other.row, other.column) && n > 0 &&
			(best == nil || n < p.Counts(best.row, best.column).Respondents()) {
			best = &other
		}
	}
	for _, row := range p.Rows.siblings(at.row) {
		try(crossed{row, at.column})
	}
	for _, column := range p.Columns.siblings(at.column) {
		try(crossed{at.row, column})
	}
	if best == nil {
		best = p.shownWhole(at)
	}
	hidden.Add(best.row, best.column)
}

// siblings lists the groups that lie in the same group above.
func (h Hierarchy) siblings(g Category) []Category {
	var list []Category
	for number, parent := range h[g.Level].Parent {
		if parent == h[g.Level].Parent[g.Number] {
			list = append(list, Category{g.Level, number})
		}
	}
	return list
}

// shownWhole is a smallest whole of a cell that is shown; that of all where none
// is.
func (p *Protected) shownWhole(at crossed) *crossed {
	for up := 1; up <= at.row.Level+at.column.Level; up++ {
		for rows := 0; rows <= up; rows++ {
			i, j := at.row.Level-rows, at.column.Level-(up-rows)
			if i < 0 || j < 0 {
				continue
			}
			whole := crossed{p.Rows.Ancestor(at.row, i), p.Columns.Ancestor(at.column, j)}
			if !p.Hidden(whole.row, whole.column) {
				return &whole
			}
		}
	}
	return &crossed{}
}

// solved lists the hidden cells with somebody in them that are sums and
// differences of shown cells and known zeros.
func (p *Protected) solved(t *TwoWay) []crossed {
	var hidden []crossed
	var known linearSpan
	for i := range p.Rows {
		for j := range p.Columns {
			for r := range p.Rows[i].Size() {
				for c := range p.Columns[j].Size() {
					at := crossed{Category{i, r}, Category{j, c}}
					switch {
					case !p.Hidden(at.row, at.column):
						known.add(p.parts(t, at))
					case p.Counts(at.row, at.column).Respondents() > 0:
						hidden = append(hidden, at)
					}
				}
			}
		}
	}
	var solved []crossed
	for _, at := range hidden {
		if known.holds(p.parts(t, at)) {
			solved = append(solved, at)
		}
	}
	return solved
}

// parts marks the finest cells of a cell that are not known to be empty.
func (p *Protected) parts(t *TwoWay, at crossed) []uint64 {
	var parts []uint64
	for r := range t.Counts {
		inRow := p.Rows.Ancestor(Category{p.Rows.Finest(), r}, at.row.Level) == at.row
		for c := range t.Counts[r] {
			part := uint64(0)
			if inRow && !t.KnownZeros[r][c] && p.Columns.Ancestor(Category{p.Columns.Finest(), c}, at.column.Level) == at.column {
				part = 1
			}
			parts = append(parts, part)
		}
	}
	return parts
}

// linearSpan is what can be computed from sums by adding and subtracting them in
// any multiple. Numbers are taken modulo a prime, which makes the elimination
// exact; that a sum is held modulo the prime alone has a chance of about one in
// two thousand million, and would hide a cell more.
type linearSpan struct {
	basis [][]uint64
	lead  []int // by vector of the basis: its first part, which is 1
}

const prime = 1<<31 - 1

// add puts a sum into the span.
func (s *linearSpan) add(sum []uint64) {
	sum = s.rest(sum)
	for lead, v := range sum {
		if v == 0 {
			continue
		}
		inverse := power(v, prime-2)
		for k := range sum {
			sum[k] = sum[k] * inverse % prime
		}
		s.basis, s.lead = append(s.basis, sum), append(s.lead, lead)
		return
	}
}

// holds reports whether a sum can be computed.
func (s *linearSpan) holds(sum []uint64) bool {
	for _, v := range s.rest(sum) {
		if v != 0 {
			return false
		}
	}
	return true
}

// rest takes from a sum what the span holds of it.
func (s *linearSpan) rest(sum []uint64) []uint64 {
	rest := append([]uint64(nil), sum...)
	for i, vector := range s.basis {
		factor := rest[s.lead[i]]
		if factor == 0 {
			continue
		}
		for k, v := range vector {
			rest[k] = (rest[k] + (prime-factor)*v) % prime
		}
	}
	return rest
}

func power(base, exponent uint64) uint64 {
	result := uint64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			result = result * base % prime
		}
		base = base * base % prime
	}
	return result
}
