package catalog

import (
	"fmt"
	"regexp"
	"slices"

	"hailong/survey"
)

// itemCode is the shape of an item's code: it is a key in documents and forms.
var itemCode = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// formChecker checks questionnaires one after the other, each also against the
// ones before it.
type formChecker struct {
	alone  bool // a form by itself, which carries its scales
	scales []survey.Scale
	ids    map[string]string       // questionnaire version -> file
	orders map[int]survey.FormCode // place in lists -> form
	shapes map[string]shape        // family and item code -> its shape
}

// shape is what must be the same wherever an item code stands in a family.
type shape struct {
	kind, where string
}

func (c *formChecker) check(f *file, q *survey.Questionnaire) {
	if c.ids == nil {
		c.ids, c.orders, c.shapes = map[string]string{}, map[int]survey.FormCode{}, map[string]shape{}
	}
	c.head(f, q)
	one := &form{file: f, q: q, scales: c.scales, earlier: map[string]*survey.Item{}, used: map[string]bool{}}
	one.check()
	for s := range q.Sections {
		for i := range q.Sections[s].Items {
			it := &q.Sections[s].Items[i]
			key := string(q.Family) + " " + it.Code
			kind := describe(it)
			if known, ok := c.shapes[key]; !ok {
				c.shapes[key] = shape{kind, f.name}
			} else if known.kind != kind {
				f.at("sections[%d].items[%d].code", s, i).wrong("code_meaning", it.Code, kind, known.kind, known.where)
			}
		}
	}
}

func describe(it *survey.Item) string {
	s := string(it.Type)
	if it.Scale != "" {
		s += " " + it.Scale
	}
	if it.Factor != "" {
		s += " of factor " + it.Factor
	}
	if it.Overall {
		s += ", overall"
	}
	if len(it.Options) > 0 {
		var codes []int
		for _, o := range it.Options {
			codes = append(codes, o.Code)
		}
		s += fmt.Sprint(" of ", codes)
	}
	return s
}

func (c *formChecker) head(f *file, q *survey.Questionnaire) {
	if !slug.MatchString(string(q.Code)) {
		f.at("code").wrong("bad_code", q.Code)
	}
	if q.Version < 1 {
		f.at("version").wrong("bad_version", q.Version)
	}
	if other, ok := c.ids[q.Ref().ID()]; ok {
		f.at("version").wrong("version_twice", q.Version, q.Code, other)
	}
	c.ids[q.Ref().ID()] = f.name
	if other, ok := c.orders[q.Order]; q.Order < 1 || ok && other != q.Code {
		f.at("order").wrong("bad_order", q.Order)
	}
	c.orders[q.Order] = q.Code
	if !slices.Contains(survey.Families, q.Family) {
		f.at("family").wrong("unknown_family", q.Family)
	}
	if q.Level != "" && !slices.Contains(survey.SchoolLevels, q.Level) {
		f.at("level").wrong("unknown_level", q.Level)
	}
	if (q.Family == survey.Education) != (q.Level != "") {
		f.at("level").wrong("level_family", survey.Education)
	}
	f.at("title").need(q.Title)
	f.at("intro").need(q.Intro)
	f.at("source").need(q.Source)
	if len(q.Scales) > 0 && !c.alone {
		f.at("scales").wrong("scales_apart")
	}
}

// form checks one questionnaire.
type form struct {
	file    *file
	q       *survey.Questionnaire
	scales  []survey.Scale
	earlier map[string]*survey.Item
	used    map[string]bool // scales and factors
	points  int             // of the scales of index items
	overall int
	sectors int
}

func (c *form) check() {
	factors := map[string]bool{}
	for i, f := range c.q.Factors {
		at := c.file.at("factors[%d]", i)
		if !slug.MatchString(f.Code) {
			at.in(".code").wrong("bad_code", f.Code)
		}
		if factors[f.Code] {
			at.in(".code").wrong("factor_twice", f.Code)
		}
		factors[f.Code] = true
		at.in(".name").need(f.Name)
	}
	sections := map[string]bool{}
	for s := range c.q.Sections {
		section := &c.q.Sections[s]
		at := c.file.at("sections[%d]", s)
		if section.Code == "" {
			at.wrong("section_no_code")
		}
		if sections[section.Code] {
			at.in(".code").wrong("section_twice", section.Code)
		}
		sections[section.Code] = true
		at.in(".title").need(section.Title)
		at.in(".lead").may(section.Lead)
		if len(section.Items) == 0 {
			at.wrong("section_empty", section.Code)
		}
		for i := range section.Items {
			it := &section.Items[i]
			c.item(at.nth(".items", i), it, factors)
			c.earlier[it.Code] = it
		}
	}
	for i, f := range c.q.Factors {
		if !c.used["factor "+f.Code] {
			c.file.at("factors[%d]", i).wrong("factor_unused", f.Code)
		}
	}
	if c.overall != 1 {
		c.file.at("sections").wrong("overall_count", c.overall)
	}
	if c.sectors > 1 {
		c.file.at("sections").wrong("sector_count", c.sectors)
	}
	// A stored version holds everything it needs, so it carries its scales.
	for _, s := range c.scales {
		if c.used["scale "+s.ID] {
			c.q.Scales = append(c.q.Scales, s)
		}
	}
}

func (c *form) item(at place, it *survey.Item, factors map[string]bool) {
	if !itemCode.MatchString(it.Code) {
		at.in(".code").wrong("item_code", it.Code)
	}
	if c.earlier[it.Code] != nil {
		at.in(".code").wrong("item_twice", it.Code)
	}
	at.in(".label").need(it.Label)
	at.in(".hint").may(it.Hint)
	at.in(".na").may(it.NA)
	c.kind(at, it)
	c.options(at, it)
	c.index(at, it, factors)
	c.conditions(at, it)
}

// kind checks that an item has what its type needs and nothing that another type needs.
func (c *form) kind(at place, it *survey.Item) {
	var scale, options, bounds, max, na bool
	switch it.Type {
	case survey.ScaleItem:
		scale, na = true, true
	case survey.SingleItem:
		options, na = true, true
	case survey.MultipleItem:
		options, max, na = true, true, true
	case survey.NumberItem:
		bounds, max, na = true, true, true
	case survey.SectorItem:
		c.sectors++
	case survey.TextItem, survey.ConsentItem:
	default:
		at.in(".type").wrong("unknown_type", it.Type)
		return
	}
	misplaced := func(part string, allowed, present bool) {
		if present && !allowed {
			at.in("."+part).wrong("misplaced", it.Type, part)
		}
	}
	misplaced("scale", scale, it.Scale != "")
	misplaced("options", options, len(it.Options) > 0)
	misplaced("min", bounds, it.Min != 0)
	misplaced("max", max, it.Max != 0)
	misplaced("na", na, len(it.NA) > 0)
	misplaced("required", it.Type != survey.ConsentItem, it.Required)
	if bounds && !(it.Min < it.Max) {
		at.in(".max").wrong("max_min", it.Max, it.Min)
	}
	if it.Type == survey.MultipleItem && (it.Max < 0 || it.Max != float64(int(it.Max)) || int(it.Max) > len(it.Options)) {
		at.in(".max").wrong("max_options", it.Max, len(it.Options))
	}
	if scale {
		if !slices.ContainsFunc(c.scales, func(s survey.Scale) bool { return s.ID == it.Scale }) {
			at.in(".scale").wrong("unknown_scale", it.Scale)
		}
		c.used["scale "+it.Scale] = true
	}
}

func (c *form) options(at place, it *survey.Item) {
	if (it.Type == survey.SingleItem || it.Type == survey.MultipleItem) && len(it.Options) < 2 {
		at.in(".options").wrong("few_options", it.Code)
	}
	codes := map[int]bool{}
	for i, o := range it.Options {
		at := at.nth(".options", i)
		at.in(".label").need(o.Label)
		if o.Code < 1 || o.Code > survey.MaxCode {
			at.in(".code").wrong("option_range", o.Code, survey.MaxCode)
		}
		if codes[o.Code] {
			at.in(".code").wrong("option_twice", o.Code)
		}
		codes[o.Code] = true
	}
}

func (c *form) index(at place, it *survey.Item, factors map[string]bool) {
	if it.Overall {
		c.overall++
	}
	if it.Factor == "" && !it.Overall {
		return
	}
	if it.Factor != "" && it.Overall {
		at.in(".factor").wrong("overall_factor")
	}
	if it.Factor != "" && !factors[it.Factor] {
		at.in(".factor").wrong("unknown_factor", it.Factor)
	}
	c.used["factor "+it.Factor] = true
	if it.Type != survey.ScaleItem {
		at.in(".type").wrong("index_type")
		return
	}
	for _, s := range c.scales {
		switch {
		case s.ID != it.Scale:
		case c.points == 0:
			c.points = len(s.Points)
		case c.points != len(s.Points):
			at.in(".scale").wrong("index_points", s.ID, len(s.Points), c.points)
		}
	}
}

func (c *form) conditions(at place, it *survey.Item) {
	consented := false
	for i, when := range it.ShowIf {
		at := at.nth(".show_if", i)
		on := c.earlier[when.Item]
		if on == nil {
			at.in(".item").wrong("show_item", when.Item)
			continue
		}
		consented = consented || on.Type == survey.ConsentItem
		if len(when.In) == 0 {
			at.wrong("show_codes", when.Item)
		}
		for j, code := range when.In {
			if !c.has(on, code) {
				at.nth(".in", j).wrong("show_code", when.Item, code)
			}
		}
	}
	if it.Sensitive && !consented {
		at.in(".sensitive").wrong("sensitive", it.Code)
	}
}

func (c *form) has(it *survey.Item, code int) bool {
	if code == survey.NotApplicable {
		return len(it.NA) > 0
	}
	withScales := survey.Questionnaire{Scales: c.scales}
	return slices.ContainsFunc(withScales.Choices(it), func(o survey.Option) bool { return o.Code == code })
}
