package tables

import (
	"slices"
	"strings"

	"hailong/analysis/results/columns"
	"hailong/survey"
)

// Dimension is a way to divide respondents or items into groups. Its values
// are part of the interface for programs.
type Dimension string

// The dimensions.
const (
	ByUnit    Dimension = "unit"         // commune or department, in the campaign's frame
	BySchool  Dimension = "school"       // school
	ByLevel   Dimension = "school_level" // level of education that the form asks about
	ByForm    Dimension = "form"         // questionnaire
	ByGroup   Dimension = "sector_group" // group of sectors
	BySector  Dimension = "sector"       // field of procedures
	ByChannel Dimension = "channel"      // the way the response came in
	ByMonth   Dimension = "month"        // of the answer, YYYY-MM
	ByFactor  Dimension = "factor"       // of satisfaction
	ByItem    Dimension = "item"         // question
)

// Dimensions lists all of them.
var Dimensions = []Dimension{ByUnit, BySchool, ByLevel, ByForm, ByGroup, BySector, ByChannel, ByMonth, ByFactor, ByItem}

// axis is what a dimension divides by, more or less finely. Two dimensions of one
// axis lie within each other and are never crossed. Of two axes in a table the
// lesser makes the rows when it is decided what to hide; items are always the
// columns.
type axis int

const (
	noAxis axis = iota
	places
	forms
	topics
	channels
	months
	items
)

// positions says where the groups of a dimension are: on which axis, at which
// level of it, counted from the group of all, and in which column.
var positions = map[Dimension]struct {
	axis   axis
	level  int
	column int
}{
	ByUnit:    {places, 1, columns.Unit},
	BySchool:  {places, 3, columns.School},
	ByLevel:   {forms, 1, columns.Level},
	ByForm:    {forms, 2, columns.Form},
	ByGroup:   {topics, 1, columns.Group},
	BySector:  {topics, 2, columns.Sector},
	ByChannel: {channels, 1, columns.Channel},
	ByMonth:   {months, 1, columns.Month},
	ByFactor:  {items, 1, -1},
	ByItem:    {items, 2, -1},
}

// None is the key of the group of those that belong to no other: responses
// without a sector, sectors without a group.
const None = "none"

// Filter keeps the respondents of one group.
type Filter struct {
	Dimension Dimension
	Key       string
}

// Query asks for a table of figures.
//
// By and Where together may touch two axes, not more: with three, what is hidden
// from everybody in one table could be computed from others. There is no
// filter by a period other than a month, for the same reason: two periods that
// differ by a day would show that day.
type Query struct {
	Campaign survey.CampaignID
	By       []Dimension
	Where    []Filter
	Formula  survey.Formula // empty: the campaign's
	Pooling  survey.Pooling // empty: the campaign's
}

// OnlyPlaces reports whether a query keeps respondents by nothing but units and schools.
func (q Query) OnlyPlaces() bool {
	return !slices.ContainsFunc(q.Where, func(f Filter) bool { return positions[f.Dimension].axis != places })
}

// Includes reports whether a unit lies in the units and schools that the query's
// filters name.
func (q Query) Includes(catalog *survey.Catalog, unit survey.UnitID) bool {
	return !slices.ContainsFunc(q.Where, func(f Filter) bool {
		return positions[f.Dimension].axis == places && !catalog.Within(unit, survey.UnitID(f.Key))
	})
}

// axisQuery is what a query asks of one axis.
type axisQuery struct {
	axis  axis
	by    Dimension // empty: not divided
	where *Filter   // nil: not filtered
}

// deepest is the finest dimension asked for; empty where nothing is.
func (q axisQuery) deepest() Dimension {
	if q.by == "" && q.where != nil {
		return q.where.Dimension
	}
	return q.by
}

func invalid(key string, args ...any) error {
	return &survey.Error{Kind: survey.Invalid, Op: "ask for figures", Key: key, Args: args}
}

// axes sorts out what a query divides and filters by. The order is that of By,
// so that groups come in the order asked for.
func (q Query) axes(r rule) ([]axisQuery, error) {
	var axes []axisQuery
	of := func(d Dimension) (*axisQuery, error) {
		at, known := positions[d]
		if !known {
			names := strings.Join(keysOf(Dimensions, func(d Dimension) string { return string(d) }), ", ")
			return nil, invalid("results.unknown_dimension", string(d), names)
		}
		i := slices.IndexFunc(axes, func(q axisQuery) bool { return q.axis == at.axis })
		if i < 0 {
			i = len(axes)
			axes = append(axes, axisQuery{axis: at.axis})
		}
		return &axes[i], nil
	}
	for _, d := range q.By {
		s, err := of(d)
		if err != nil {
			return nil, err
		}
		if s.by != "" {
			return nil, invalid("results.nested", string(s.by), string(d))
		}
		s.by = d
	}
	for _, f := range q.Where {
		s, err := of(f.Dimension)
		if err != nil {
			return nil, err
		}
		if s.axis == items {
			return nil, invalid("results.filter_items", string(f.Dimension))
		}
		if s.where != nil || s.by != "" && positions[s.by].level < positions[f.Dimension].level {
			return nil, invalid("results.nested_filter", string(f.Dimension))
		}
		s.where = &f
	}
	return axes, checkCrossed(axes, r)
}

// checkCrossed returns Invalid if axes must not be crossed.
func checkCrossed(axes []axisQuery, r rule) error {
	if len(axes) > 2 {
		return invalid("results.too_many")
	}
	if r == forOffice {
		return nil
	}
	crosses := func(a axis) bool { return slices.ContainsFunc(axes, func(q axisQuery) bool { return q.axis == a }) }
	// Of an item that a single form asks, the figure of all is that form's; with
	// items by form, what few answered could be computed from such.
	if crosses(forms) && crosses(items) {
		return invalid("results.items_by_form")
	}
	// A school teaches given levels, so that tables by level are sums over
	// schools too. Crossed with anything else, schools that are suppressed
	// could be computed from the two.
	if len(axes) > 1 && slices.ContainsFunc(axes, func(q axisQuery) bool { return q.deepest() == BySchool }) {
		return invalid("results.school_alone")
	}
	return nil
}

// method is the campaign's method with what the query asks otherwise.
func (q Query) method(campaign *survey.Campaign) (survey.Method, error) {
	m := campaign.Method
	if q.Formula != "" {
		m.Formula = q.Formula
	}
	if q.Pooling != "" {
		m.Pooling = q.Pooling
	}
	if !slices.Contains([]survey.Formula{survey.Top2, survey.Mean100, survey.Mean0}, m.Formula) {
		return m, invalid("results.unknown_formula", string(m.Formula))
	}
	if !slices.Contains([]survey.Pooling{survey.PoolAnswers, survey.PoolFactors, survey.PoolOverall}, m.Pooling) {
		return m, invalid("results.unknown_pooling", string(m.Pooling))
	}
	if !(m.Confidence > 0 && m.Confidence < 1) {
		m.Confidence = 0.95
	}
	return m, nil
}
