package tables

import (
	"slices"

	"hailong/analysis/results/disclosure"
	"hailong/survey"
)

// measuredFigures computes the figures of a measure.
type measuredFigures struct {
	*tabulation
	measure measure
	groups  *disclosure.Protected
	factors [2]*disclosure.Protected // factors not shown by the rows and columns; nil where that does not matter
	all     *disclosure.Protected    // the groups of all, where these are the verified alone
}

func (a *tabulation) measuring(m measure, g *disclosure.Protected) (*measuredFigures, error) {
	k := &measuredFigures{tabulation: a, measure: m, groups: g}
	var err error
	if a.everybody != nil {
		cols := a.cols
		if cols.axis == items {
			cols = axisQuery{}
		}
		if k.all, err = a.everybody.protect(m, a.rows, cols); err != nil {
			return nil, err
		}
	}
	if !m.index || a.method.Pooling != survey.PoolFactors || a.rule == forOffice {
		return k, nil
	}
	if k.factors[0], err = a.protectItems(m, a.rows); err != nil {
		return nil, err
	}
	if a.cols.axis != noAxis && a.cols.axis != items {
		k.factors[1], err = a.protectItems(m, a.cols)
	}
	return k, err
}

// figure is the figure of a cell.
func (m *measuredFigures) figure(row, col disclosure.Category) (Figure, error) {
	switch {
	case m.groups.Hidden(row, col):
		return suppressed(), nil
	case m.groups.Counts(row, col).Respondents() == 0:
		return NoFigure(), nil
	}
	by := slices.Concat(m.by(m.rows.axis, row.Level), m.by(m.cols.axis, col.Level))
	ix := m.measure.indexUnder(m.Layout, m.method)
	sums, err := m.sum(ix, by)
	if err != nil {
		return NoFigure(), err
	}
	cell, ok := m.at(sums.Grid, by, row.Number, col.Number)
	if !ok {
		return NoFigure(), nil
	}
	f := figureOf(sums.Estimate(cell, m.method.Confidence))
	if small := m.small(row, col); len(small) > 0 {
		if m.all != nil {
			return suppressed(), nil // a mean of other factors could not be compared
		}
		kept := ix
		kept.Factors = nil
		for i, items := range ix.Factors {
			if !slices.Contains(small, i) {
				kept.Factors = append(kept.Factors, items)
			}
		}
		if len(kept.Factors) == 0 {
			return suppressed(), nil
		}
		if sums, err = m.sum(kept, by); err != nil {
			return NoFigure(), err
		}
		n := f.N
		f = figureOf(sums.Estimate(cell, m.method.Confidence))
		f.N = n
	}
	return f, nil
}

// factorHidden reports whether a factor is not shown of a group of the rows (0) or
// the columns (1).
func (m *measuredFigures) factorHidden(side int, group, factor disclosure.Category) bool {
	return m.factors[side] != nil && m.factors[side].Hidden(group, factor)
}

// small lists the factors that stay out of a group's mean of factors: those
// that too few of its respondents answered, and those not shown for the group
// or, of a cell, for its row and column.
// A mean with the others known would tell them.
func (m *measuredFigures) small(row, col disclosure.Category) []int {
	if !m.measure.index || m.method.Pooling != survey.PoolFactors {
		return nil
	}
	answered := m.groups.Counts(row, col)
	var small []int
	i := 0
	for f := range m.Layout.Factors {
		width := len(m.Layout.Factors[f].Items)
		of := answered[i : i+width]
		all := of
		if m.all != nil {
			all = m.all.Counts(row, col)[i : i+width]
		}
		i += width
		factor := disclosure.Category{Level: 1, Number: f}
		if fewBeside(all, of, m.groups.Threshold) || m.factorHidden(0, row, factor) || m.factorHidden(1, col, factor) {
			small = append(small, f)
		}
	}
	return small
}
