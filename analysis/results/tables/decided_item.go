package tables

import (
	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
	"hailong/survey"
)

// DecidedItems lists the items and factors that an edition's tables decide on within
// the groups that are shown: of all and of each unit, which have tables by item; and of
// the groups of other dimensions their factors, since a mean of factors that are shown
// tells of one that is not.
func (v *CampaignTables) DecidedItems(divisions []Dimension) ([]DecidedGroup, error) {
	list, err := v.decidedItems(nil, axisQuery{}, ByFactor, ByItem)
	for _, by := range divisions {
		rows := axisQuery{axis: positions[by].axis, by: by}
		switch {
		case err != nil || rows.axis == items:
		case by == ByUnit:
			list, err = v.decidedItems(list, rows, ByFactor, ByItem)
		default:
			list, err = v.decidedItems(list, rows, ByFactor)
		}
	}
	return list, err
}

// decidedItems adds the parts of some dimensions in the groups of an axis.
func (v *CampaignTables) decidedItems(list []DecidedGroup, rows axisQuery, dimensions ...Dimension) ([]DecidedGroup, error) {
	for _, by := range dimensions {
		for _, part := range itemGroups(v.Layout, by) {
			p, err := v.protectItems(part.measure, rows)
			if err != nil {
				return nil, err
			}
			for row := range groups(p.Rows) {
				if g, ok := v.decidedItem(p, rows.axis, row, by, part); ok {
					list = append(list, g)
				}
			}
		}
	}
	return list, nil
}

// decidedItem is an item or factor in a group of the rows; ok is false where no table
// shows the group.
func (v *CampaignTables) decidedItem(p *disclosure.Protected, rows axis, row disclosure.Category, by Dimension, part itemGroup) (g DecidedGroup, ok bool) {
	keys, within, ok := v.groupOf(rows, row)
	here := GroupKeys{by: v.itemKey(by, part)}
	g = DecidedGroup{
		Keys: keys.With(here), Respondents: p.Counts(row, part.group).Respondents(), Hidden: p.Hidden(row, part.group),
		Decision: Decision{p, row, part.group},
	}
	for _, whole := range within {
		g.Within = append(g.Within, whole.With(here))
	}
	if factor := v.Layout.FactorOf(part.item); by == ByItem && factor != "" {
		g.Within = append(g.Within, keys.With(GroupKeys{ByFactor: factor}))
	}
	return g, ok
}

func (v *CampaignTables) itemKey(by Dimension, part itemGroup) string {
	if by == ByFactor {
		return v.Layout.Factors[part.factor].Code
	}
	return v.Layout.Items[part.item].Code
}

// EachAnswer calls visit with who answered each item, and each factor at all, in each
// unit. Small groups are told too.
func (v *CampaignTables) EachAnswer(visit func(of GroupKeys, answered columns.Respondents)) {
	by := []int{columns.Unit}
	for _, d := range []Dimension{ByFactor, ByItem} {
		for _, part := range itemGroups(v.Layout, d) {
			asked := []int{part.item}
			if d == ByFactor {
				asked = v.Layout.Factors[part.factor].Items
			}
			answered := v.people(by, asked...)
			for unit := range v.Keys[columns.Unit] {
				visit(GroupKeys{ByUnit: v.Key(ByUnit, unit), d: v.itemKey(d, part)}, answered(unit, 0))
			}
		}
	}
}

// MeasuredItems are the items whose answers the figure of a group adds up, whatever is
// shown of each; none where it is a mean of the factors that are shown.
func (v *CampaignTables) MeasuredItems() map[string]bool {
	measured := map[string]bool{}
	_, method, _ := v.understood(Query{Campaign: v.Layout.Campaign.ID}) // always offered
	m := measureOf(v.Layout, method)
	if m.index && method.Pooling == survey.PoolFactors {
		return measured
	}
	for _, col := range m.columns {
		measured[v.Layout.Items[col].Code] = true
	}
	return measured
}
