package results

import (
	"slices"

	"hailong/analysis"
	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
	"hailong/survey"
)

// measure is what a figure is computed from: the columns whose answers count;
// none for the respondents themselves, whatever they answered.
//
// What the counts of respondents hide is hidden for every measure: most people
// answer everything, so that what one measure shows tells of another. A measure
// hides more where too few answered it, and nothing that depends on the formula.
type measure struct {
	columns []int
	index   bool // all items of the index, by factor
}

// respondents is the measure that every other one hides at least as much as.
var respondents = measure{}

// measureOf is what a campaign is measured by under a method.
func measureOf(p *columns.ItemLayout, m survey.Method) measure {
	if m.Pooling == survey.PoolOverall || len(p.Factors) == 0 {
		return measure{columns: p.Overall}
	}
	k := measure{index: true}
	for _, f := range p.Factors {
		k.columns = append(k.columns, f.Items...)
	}
	return k
}

// factorIndex is the campaign's index of its factors under a method.
func factorIndex(p *columns.ItemLayout, m survey.Method) analysis.Index {
	ix := analysis.Index{Pooling: analysis.PoolAnswers}
	if m.Pooling == survey.PoolFactors {
		ix.Pooling = analysis.PoolFactors
	}
	for _, f := range p.Factors {
		ix.Factors = append(ix.Factors, f.Items)
	}
	if len(p.Factors) > 0 {
		ix.Scoring = scoring(m.Formula, p.Items[p.Factors[0].Items[0]])
	}
	return ix
}

// indexUnder is what the figures of a measure are computed by under a method.
func (k measure) indexUnder(p *columns.ItemLayout, m survey.Method) analysis.Index {
	if k.index {
		return factorIndex(p, m)
	}
	return analysis.Index{Factors: [][]int{k.columns}, Scoring: scoring(m.Formula, p.Items[k.columns[0]])}
}

// itemGroup is a factor or item as a group of a table.
type itemGroup struct {
	number int // among the groups of its dimension
	factor int // of the index, -1 outside it
	item   int // column, -1 for a factor
	// measure is what the group is a part of: the index, the overall questions or
	// the item alone; group is its place in the hierarchy of that measure.
	measure measure
	group   disclosure.Category
}

// itemGroups lists the groups of a dimension of items.
func itemGroups(p *columns.ItemLayout, by Dimension) []itemGroup {
	var list []itemGroup
	if by == ByFactor {
		for f := range p.Factors {
			list = append(list, itemGroup{number: f, factor: f, item: -1, measure: pooled(p), group: disclosure.Category{Level: 1, Number: f}})
		}
		return list
	}
	for col, it := range p.Items {
		g := itemGroup{number: col, factor: it.Factor, item: col, measure: measure{columns: []int{col}}}
		switch {
		case it.Factor >= 0:
			g.measure = pooled(p)
		case slices.Contains(p.Overall, col):
			g.measure = measureOf(p, survey.Method{Pooling: survey.PoolOverall})
		}
		g.group = disclosure.Category{Level: g.measure.hierarchy(p).Finest(), Number: slices.Index(g.measure.columns, col)}
		list = append(list, g)
	}
	return list
}

// hierarchy divides a measure into its items, the index by factor.
func (k measure) hierarchy(p *columns.ItemLayout) disclosure.Hierarchy {
	if !k.index {
		return disclosure.Hierarchy{disclosure.Everybody(), {Parent: make([]int, len(k.columns))}}
	}
	factors, items := disclosure.Level{Parent: make([]int, len(p.Factors))}, disclosure.Level{}
	for _, col := range k.columns {
		items.Parent = append(items.Parent, p.Items[col].Factor)
	}
	return disclosure.Hierarchy{disclosure.Everybody(), factors, items}
}

// pooled is the measure of all items of the index.
func pooled(p *columns.ItemLayout) measure {
	return measureOf(p, survey.Method{Pooling: survey.PoolAnswers})
}

// countedAhead are the indexes that most questions ask for: those of the
// campaign's own method and of all its items.
func countedAhead(p *columns.ItemLayout) []analysis.Index {
	var list []analysis.Index
	for _, k := range []measure{measureOf(p, p.Campaign.Method), pooled(p)} {
		if len(k.columns) > 0 {
			list = append(list, k.indexUnder(p, p.Campaign.Method))
		}
	}
	return list
}

// scoring is how a formula scores the answers to an item.
func scoring(f survey.Formula, it columns.ItemColumn) analysis.Scoring {
	codes := int(it.Codes)
	switch f {
	case survey.Mean100:
		return analysis.Mean100(codes)
	case survey.Mean0:
		return analysis.Mean0(codes)
	case survey.Top2:
	}
	return analysis.Top2(codes, it.Scale.Satisfied...)
}
