package tables

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

// width is how many answers of one respondent are counted apart: those to every item of
// the index; of several overall questions a respondent answered one.
func (k measure) width() int {
	if k.index {
		return len(k.columns)
	}
	return 1
}

// respondents is the measure that every other one hides at least as much as.
var respondents = measure{}

// measureOf is what a campaign is measured by under a method.
func measureOf(layout *columns.ItemLayout, m survey.Method) measure {
	if m.Pooling == survey.PoolOverall || len(layout.Factors) == 0 {
		return measure{columns: layout.Overall}
	}
	k := measure{index: true}
	for _, f := range layout.Factors {
		k.columns = append(k.columns, f.Items...)
	}
	return k
}

// factorIndex is the campaign's index of its factors under a method.
func factorIndex(layout *columns.ItemLayout, m survey.Method) analysis.Index {
	ix := analysis.Index{Pooling: analysis.PoolAnswers}
	if m.Pooling == survey.PoolFactors {
		ix.Pooling = analysis.PoolFactors
	}
	for _, f := range layout.Factors {
		ix.Factors = append(ix.Factors, f.Items)
	}
	if len(layout.Factors) > 0 {
		ix.Scoring = scoring(m.Formula, layout.Items[layout.Factors[0].Items[0]])
	}
	return ix
}

// indexUnder is what the figures of a measure are computed by under a method.
func (k measure) indexUnder(layout *columns.ItemLayout, m survey.Method) analysis.Index {
	if k.index {
		return factorIndex(layout, m)
	}
	return analysis.Index{Factors: [][]int{k.columns}, Scoring: scoring(m.Formula, layout.Items[k.columns[0]])}
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
func itemGroups(layout *columns.ItemLayout, by Dimension) []itemGroup {
	var list []itemGroup
	if by == ByFactor {
		for f := range layout.Factors {
			list = append(list, itemGroup{number: f, factor: f, item: -1, measure: pooled(layout), group: disclosure.Category{Level: 1, Number: f}})
		}
		return list
	}
	for col, it := range layout.Items {
		g := itemGroup{number: col, factor: it.Factor, item: col, measure: measure{columns: []int{col}}}
		switch {
		case it.Factor >= 0:
			g.measure = pooled(layout)
		case slices.Contains(layout.Overall, col):
			g.measure = measureOf(layout, survey.Method{Pooling: survey.PoolOverall})
		}
		g.group = disclosure.Category{Level: g.measure.hierarchy(layout).Finest(), Number: slices.Index(g.measure.columns, col)}
		list = append(list, g)
	}
	return list
}

// hierarchy divides a measure into its items, the index by factor.
func (k measure) hierarchy(layout *columns.ItemLayout) disclosure.Hierarchy {
	if !k.index {
		return disclosure.Hierarchy{disclosure.Everybody(), {Parent: make([]int, len(k.columns))}}
	}
	factors, items := disclosure.Level{Parent: make([]int, len(layout.Factors))}, disclosure.Level{}
	for _, col := range k.columns {
		items.Parent = append(items.Parent, layout.Items[col].Factor)
	}
	return disclosure.Hierarchy{disclosure.Everybody(), factors, items}
}

// pooled is the measure of all items of the index.
func pooled(layout *columns.ItemLayout) measure {
	return measureOf(layout, survey.Method{Pooling: survey.PoolAnswers})
}

// CountedAhead lists the indexes that most questions ask for: those of the
// campaign's own method and of all its items.
func CountedAhead(layout *columns.ItemLayout) []analysis.Index {
	var list []analysis.Index
	for _, k := range []measure{measureOf(layout, layout.Campaign.Method), pooled(layout)} {
		if len(k.columns) > 0 {
			list = append(list, k.indexUnder(layout, layout.Campaign.Method))
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
