package tables

import (
	"cmp"
	"errors"
	"slices"

	"hailong/analysis/results/columns"
	"hailong/survey"
)

// Key is the value of a group of a dimension, by its code; None for those that belong to
// no other group.
func (v *CampaignTables) Key(d Dimension, code int) string {
	var key string
	switch d {
	case BySchool:
		key = string(v.SchoolGroups[code].School)
	case ByFactor:
		return v.Layout.Factors[code].Code
	case ByItem:
		return v.Layout.Items[code].Code
	case ByUnit, ByLevel, ByForm, ByGroup, BySector, ByChannel, ByMonth:
		key = v.Keys[positions[d].column][code]
	}
	if key == "" {
		return None
	}
	return key
}

// code is the group that a filter names, the group of all without one. It is
// false where nobody answered in such a group.
func (v *CampaignTables) code(f *Filter) (int, bool) {
	if f == nil {
		return 0, true
	}
	size := len(v.SchoolGroups)
	if f.Dimension != BySchool {
		size = len(v.Keys[positions[f.Dimension].column])
	}
	for code := range size {
		if v.Key(f.Dimension, code) == f.Key && (f.Dimension != BySchool || f.Key != None) {
			return code, true
		}
	}
	return 0, false
}

// ErrUnknownGroup is the cause of the error of a filter by a key that its
// dimension does not have.
var ErrUnknownGroup = errors.New("there is no such group")

// emptyGroup is the error of a filter under which there are no responses: none if
// there could be some. What is answered at an office of a commune counts for the
// commune, and what was answered in one that ended for its successor: to say that
// nobody answered there would be wrong.
func (v *CampaignTables) emptyGroup(f Filter) error {
	_, known := v.order(f.Dimension)[f.Key]
	if f.Dimension == ByMonth {
		_, err := survey.ParseDate(f.Key + "-01")
		known = err == nil
	}
	if !known {
		return &survey.Error{
			Kind: survey.Invalid, Op: "ask for figures", Key: "results.unknown_value", Args: []any{string(f.Dimension), f.Key}, Err: ErrUnknownGroup,
		}
	}
	if unit := survey.UnitID(f.Key); f.Dimension == ByUnit {
		if counts := columns.UnitOf(v.Catalog, v.Layout.Campaign, unit); counts != unit {
			return &survey.Error{
				Kind: survey.Invalid, Op: "ask for figures", Key: "results.unit_within", Args: []any{f.Key, string(counts)}, Err: ErrUnknownGroup,
			}
		}
	}
	return nil
}

// order ranks the keys of a dimension as they are shown, None last.
func (v *CampaignTables) order(d Dimension) map[string]int {
	keys := v.keysInOrder(d)
	order := map[string]int{None: len(keys) + 1}
	for i, key := range keys {
		if _, known := order[key]; !known && key != "" {
			order[key] = i
		}
	}
	return order
}

// keysInOrder are the keys of a dimension as in the catalogue, units by name.
// A key may come more than once, or be empty.
func (v *CampaignTables) keysInOrder(d Dimension) []string {
	switch d {
	case ByUnit, BySchool:
		return v.unitKeys()
	case ByLevel:
		return keysOf(survey.SchoolLevels, func(l survey.SchoolLevel) string { return string(l) })
	case ByForm:
		return keysOf(v.Layout.Forms, func(q *survey.Questionnaire) string { return string(q.Code) })
	case ByGroup:
		return keysOf(v.Catalog.Sectors, func(s survey.Sector) string { return string(s.Group) })
	case BySector:
		return keysOf(v.Catalog.Sectors, func(s survey.Sector) string { return string(s.ID) })
	case ByChannel:
		return keysOf(survey.Channels, func(c survey.Channel) string { return string(c) })
	case ByMonth:
		return slices.Sorted(slices.Values(v.Keys[columns.Month]))
	case ByFactor:
		return keysOf(v.Layout.Factors, func(f columns.IndexFactor) string { return f.Code })
	case ByItem:
		return keysOf(v.Layout.Items, func(it columns.ItemColumn) string { return it.Code })
	}
	return nil
}

func keysOf[T any](list []T, key func(T) string) []string {
	keys := make([]string, len(list))
	for i, x := range list {
		keys[i] = key(x)
	}
	return keys
}

// unitKeys are the ids of the units, by kind and name.
func (v *CampaignTables) unitKeys() []string {
	units := make([]*survey.Unit, len(v.Catalog.Units))
	for i := range v.Catalog.Units {
		units[i] = &v.Catalog.Units[i]
	}
	slices.SortStableFunc(units, func(a, b *survey.Unit) int {
		return cmp.Or(slices.Index(survey.UnitKinds, a.Kind)-slices.Index(survey.UnitKinds, b.Kind),
			cmp.Compare(a.Name.In(survey.Vietnamese), b.Name.In(survey.Vietnamese)))
	})
	return keysOf(units, func(u *survey.Unit) string { return string(u.ID) })
}

// Name is what a key of a dimension is called in the catalogue, nil where the
// catalogue has no word for it: channels, months, levels, groups of sectors and
// None are named by who shows them.
func Name(catalog *survey.Catalog, campaign *survey.Campaign, d Dimension, key string) survey.Text {
	switch d {
	case ByUnit, BySchool:
		if u := catalog.Unit(survey.UnitID(key)); u != nil {
			return u.Name
		}
	case BySector:
		if s := catalog.Sector(survey.SectorID(key)); s != nil {
			return s.Name
		}
	case ByForm:
		if q := catalog.Latest(survey.FormCode(key)); q != nil {
			return q.Title
		}
	case ByFactor, ByItem:
		return itemName(columns.NewItemLayout(catalog, campaign), d, key)
	case ByLevel, ByGroup, ByChannel, ByMonth:
	}
	return nil
}

// itemName is what a factor or an item is called, nil where there is none.
func itemName(layout *columns.ItemLayout, d Dimension, key string) survey.Text {
	if d == ByItem {
		if col, ok := layout.Column[key]; ok {
			return layout.Items[col].Label
		}
		return nil
	}
	for _, f := range layout.Factors {
		if f.Code == key {
			return f.Name
		}
	}
	return nil
}
