package results

import (
	"cmp"
	"errors"
	"slices"

	"hailong/survey"
)

// key is the value of a group of a dimension.
func (v view) key(d Dimension, code int) string {
	var key string
	switch d {
	case BySchool:
		key = string(v.spots[code].school)
	case ByFactor:
		return v.plan.factors[code].code
	case ByItem:
		return v.plan.items[code].code
	case ByUnit, ByLevel, ByForm, ByGroup, BySector, ByChannel, ByMonth:
		key = v.keys[spread[d].column][code]
	}
	if key == "" {
		return None
	}
	return key
}

// code is the group that a filter names, the group of all without one. It is
// false where nobody answered in such a group.
func (v view) code(f *Filter) (int, bool) {
	if f == nil {
		return 0, true
	}
	size := len(v.spots)
	if f.Dimension != BySchool {
		size = len(v.keys[spread[f.Dimension].column])
	}
	for code := range size {
		if v.key(f.Dimension, code) == f.Key && (f.Dimension != BySchool || f.Key != None) {
			return code, true
		}
	}
	return 0, false
}

// ErrUnknownValue is the cause of an error about a filter by a value that its
// dimension does not have.
var ErrUnknownValue = errors.New("the dimension has no such value")

// nobody is the error of a filter under which there are no responses: none if
// there could be some.
func (v view) nobody(f Filter) error {
	_, known := v.order(f.Dimension)[f.Key]
	if f.Dimension == ByMonth {
		_, err := survey.ParseDate(f.Key + "-01")
		known = err == nil
	}
	if !known {
		return &survey.Error{
			Kind: survey.Invalid, Op: "ask for figures", Key: "results.unknown_value", Args: []any{string(f.Dimension), f.Key}, Err: ErrUnknownValue,
		}
	}
	return nil
}

// order ranks the keys of a dimension as they are shown: as in the catalogue,
// units by name, None last.
func (v view) order(d Dimension) map[string]int {
	var keys []string
	switch d {
	case ByUnit, BySchool:
		var units []*survey.Unit
		for i := range v.catalog.Units {
			units = append(units, &v.catalog.Units[i])
		}
		slices.SortStableFunc(units, func(a, b *survey.Unit) int {
			return cmp.Or(slices.Index(survey.UnitKinds, a.Kind)-slices.Index(survey.UnitKinds, b.Kind),
				cmp.Compare(a.Name.In(survey.Vietnamese), b.Name.In(survey.Vietnamese)))
		})
		for _, u := range units {
			keys = append(keys, string(u.ID))
		}
	case ByLevel:
		for _, l := range survey.SchoolLevels {
			keys = append(keys, string(l))
		}
	case ByForm:
		for _, f := range v.plan.forms {
			keys = append(keys, string(f.Code))
		}
	case ByGroup, BySector:
		for _, s := range v.catalog.Sectors {
			if d == ByGroup {
				keys = append(keys, string(s.Group))
			} else {
				keys = append(keys, string(s.ID))
			}
		}
	case ByChannel:
		for _, c := range survey.Channels {
			keys = append(keys, string(c))
		}
	case ByMonth:
		keys = slices.Sorted(slices.Values(v.keys[colMonth]))
	case ByFactor:
		for _, f := range v.plan.factors {
			keys = append(keys, f.code)
		}
	case ByItem:
		for _, it := range v.plan.items {
			keys = append(keys, it.code)
		}
	}
	order := map[string]int{None: len(keys) + 1}
	for i, key := range keys {
		if _, known := order[key]; !known && key != "" {
			order[key] = i
		}
	}
	return order
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
		p := newPlan(catalog, campaign)
		for _, f := range p.factors {
			if d == ByFactor && f.code == key {
				return f.name
			}
		}
		if col, ok := p.column[key]; ok && d == ByItem {
			return p.items[col].label
		}
	case ByLevel, ByGroup, ByChannel, ByMonth:
	}
	return nil
}
