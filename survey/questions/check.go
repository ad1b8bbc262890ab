package questions

import (
	"fmt"
	"slices"

	"hailong/survey"
	"hailong/survey/source"
)

// CheckScales reports what is wrong with the scales of a file.
func CheckScales(f *source.File, scales []survey.Scale) {
	seen := map[string]bool{}
	for i, s := range scales {
		at := f.At("scales[%d]", i)
		if !source.Slug.MatchString(s.ID) {
			at.Field("id").Report("id %q: write small letters, digits and hyphens", s.ID)
		}
		if seen[s.ID] {
			at.Field("id").Report("id %q stands twice", s.ID)
		}
		seen[s.ID] = true
		if len(s.Points) < 2 {
			at.Field("points").Report("a scale needs at least two points")
		}
		for j, p := range s.Points {
			at := at.Element("points", j)
			at.Field("label").RequireText(p.Label)
			if p.Code != j+1 {
				at.Field("code").Report("code %d: the points of a scale are 1, 2, 3…, from the worst", p.Code)
			}
			if p.Write {
				at.Field("write").Report("a point of a scale asks for no words")
			}
		}
		if len(s.Satisfied) == 0 || len(s.Satisfied) >= len(s.Points) {
			at.Field("satisfied").Report("some, not all points must count as satisfied")
		}
		for j, code := range s.Satisfied {
			if want := len(s.Points) - len(s.Satisfied) + 1 + j; code != want {
				at.Element("satisfied", j).Report("satisfied must be the upper end of the scale in rising order: %d stands where %d belongs", code, want)
			}
		}
	}
}

// FormChecker checks questionnaires one after the other, each also against the
// ones before it.
type FormChecker struct {
	alone  bool // a form by itself, which carries its scales
	Scales []survey.Scale
	ids    map[string]string       // questionnaire version -> file
	orders map[int]survey.FormCode // place in lists -> form
	shapes map[string]shape        // family and item code -> its shape
}

// shape is what must be the same wherever an item code stands in a family.
type shape struct {
	kind, where string
}

// Check reports what is wrong with the questionnaire of a file, and gives it the
// scales that it uses.
func (c *FormChecker) Check(f *source.File, q *survey.Questionnaire) {
	if c.ids == nil {
		c.ids, c.orders, c.shapes = map[string]string{}, map[int]survey.FormCode{}, map[string]shape{}
	}
	c.head(f, q)
	one := &questionnaireCheck{file: f, q: q, scales: c.Scales, earlier: map[string]*survey.Item{}, used: map[string]bool{}}
	one.check()
	for s := range q.Sections {
		for i := range q.Sections[s].Items {
			it := &q.Sections[s].Items[i]
			key := string(q.Family) + " " + it.Code
			kind := describe(it)
			if known, ok := c.shapes[key]; !ok {
				c.shapes[key] = shape{kind, f.Name}
			} else if known.kind != kind {
				f.At("sections[%d].items[%d].code", s, i).BreaksRule("code_meaning", it.Code, kind, known.kind, known.where)
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

func (c *FormChecker) head(f *source.File, q *survey.Questionnaire) {
	if !source.Slug.MatchString(string(q.Code)) {
		f.At("code").BreaksRule("bad_code", q.Code)
	}
	if q.Version < 1 {
		f.At("version").BreaksRule("bad_version", q.Version)
	}
	if other, ok := c.ids[q.Ref().ID()]; ok {
		f.At("version").BreaksRule("version_twice", q.Version, q.Code, other)
	}
	c.ids[q.Ref().ID()] = f.Name
	if other, ok := c.orders[q.Order]; q.Order < 1 || ok && other != q.Code {
		f.At("order").BreaksRule("bad_order", q.Order)
	}
	c.orders[q.Order] = q.Code
	if !slices.Contains(survey.Families, q.Family) {
		f.At("family").BreaksRule("unknown_family", q.Family)
	}
	if q.Level != "" && !slices.Contains(survey.SchoolLevels, q.Level) {
		f.At("level").BreaksRule("unknown_level", q.Level)
	}
	if (q.Family == survey.Education) != (q.Level != "") {
		f.At("level").BreaksRule("level_family", survey.Education)
	}
	f.At("title").RequireText(q.Title)
	f.At("intro").RequireText(q.Intro)
	f.At("source").RequireText(q.Source)
	if len(q.Scales) > 0 && !c.alone {
		f.At("scales").BreaksRule("scales_apart")
	}
}

// questionnaireCheck checks one questionnaire.
type questionnaireCheck struct {
	file    *source.File
	q       *survey.Questionnaire
	scales  []survey.Scale
	earlier map[string]*survey.Item
	used    map[string]bool // scales and factors
	points  int             // of the scales of index items
	overall int
	sectors int
}

func (c *questionnaireCheck) check() {
	factors := map[string]bool{}
	for i, f := range c.q.Factors {
		at := c.file.At("factors[%d]", i)
		if !source.Slug.MatchString(f.Code) {
			at.Field("code").BreaksRule("bad_code", f.Code)
		}
		if factors[f.Code] {
			at.Field("code").BreaksRule("factor_twice", f.Code)
		}
		factors[f.Code] = true
		at.Field("name").RequireText(f.Name)
	}
	sections := map[string]bool{}
	for s := range c.q.Sections {
		section := &c.q.Sections[s]
		at := c.file.At("sections[%d]", s)
		if section.Code == "" {
			at.BreaksRule("section_no_code")
		}
		if sections[section.Code] {
			at.Field("code").BreaksRule("section_twice", section.Code)
		}
		sections[section.Code] = true
		at.Field("title").RequireText(section.Title)
		at.Field("lead").OptionalText(section.Lead)
		if len(section.Items) == 0 {
			at.BreaksRule("section_empty", section.Code)
		}
		for i := range section.Items {
			it := &section.Items[i]
			c.item(at.Element("items", i), it, factors)
			c.earlier[it.Code] = it
		}
	}
	for i, f := range c.q.Factors {
		if !c.used["factor "+f.Code] {
			c.file.At("factors[%d]", i).BreaksRule("factor_unused", f.Code)
		}
	}
	if c.overall != 1 {
		c.file.At("sections").BreaksRule("overall_count", c.overall)
	}
	if c.sectors > 1 {
		c.file.At("sections").BreaksRule("sector_count", c.sectors)
	}
	// A stored version holds everything it needs, so it carries its scales.
	for _, s := range c.scales {
		if c.used["scale "+s.ID] {
			c.q.Scales = append(c.q.Scales, s)
		}
	}
}

func (c *questionnaireCheck) item(at source.Position, it *survey.Item, factors map[string]bool) {
	if !ItemCodeShape.MatchString(it.Code) {
		at.Field("code").BreaksRule("item_code", it.Code)
	}
	if c.earlier[it.Code] != nil {
		at.Field("code").BreaksRule("item_twice", it.Code)
	}
	at.Field("label").RequireText(it.Label)
	at.Field("hint").OptionalText(it.Hint)
	at.Field("na").OptionalText(it.NA)
	c.kind(at, it)
	c.options(at, it)
	c.index(at, it, factors)
	c.conditions(at, it)
}

// kind checks that an item has what its type needs and nothing that another type needs.
func (c *questionnaireCheck) kind(at source.Position, it *survey.Item) {
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
		at.Field("type").BreaksRule("unknown_type", it.Type)
		return
	}
	misplaced := func(part string, allowed, present bool) {
		if present && !allowed {
			at.Field(part).BreaksRule("misplaced", it.Type, part)
		}
	}
	misplaced("scale", scale, it.Scale != "")
	misplaced("options", options, len(it.Options) > 0)
	misplaced("min", bounds, it.Min != 0)
	misplaced("max", max, it.Max != 0)
	misplaced("na", na, len(it.NA) > 0)
	misplaced("required", it.Type != survey.ConsentItem, it.Required)
	if bounds && !(it.Min < it.Max) {
		at.Field("max").BreaksRule("max_min", it.Max, it.Min)
	}
	if it.Type == survey.MultipleItem && (it.Max < 0 || it.Max != float64(int(it.Max)) || int(it.Max) > len(it.Options)) {
		at.Field("max").BreaksRule("max_options", it.Max, len(it.Options))
	}
	if scale {
		if !slices.ContainsFunc(c.scales, func(s survey.Scale) bool { return s.ID == it.Scale }) {
			at.Field("scale").BreaksRule("unknown_scale", it.Scale)
		}
		c.used["scale "+it.Scale] = true
	}
}

func (c *questionnaireCheck) options(at source.Position, it *survey.Item) {
	if (it.Type == survey.SingleItem || it.Type == survey.MultipleItem) && len(it.Options) < 2 {
		at.Field("options").BreaksRule("few_options", it.Code)
	}
	codes := map[int]bool{}
	for i, o := range it.Options {
		at := at.Element("options", i)
		at.Field("label").RequireText(o.Label)
		if o.Code < 1 || o.Code > survey.MaxCode {
			at.Field("code").BreaksRule("option_range", o.Code, survey.MaxCode)
		}
		if codes[o.Code] {
			at.Field("code").BreaksRule("option_twice", o.Code)
		}
		codes[o.Code] = true
	}
}

func (c *questionnaireCheck) index(at source.Position, it *survey.Item, factors map[string]bool) {
	if it.Overall {
		c.overall++
	}
	if it.Factor == "" && !it.Overall {
		return
	}
	if it.Factor != "" && it.Overall {
		at.Field("factor").BreaksRule("overall_factor")
	}
	if it.Factor != "" && !factors[it.Factor] {
		at.Field("factor").BreaksRule("unknown_factor", it.Factor)
	}
	c.used["factor "+it.Factor] = true
	if it.Type != survey.ScaleItem {
		at.Field("type").BreaksRule("index_type")
		return
	}
	for _, s := range c.scales {
		switch {
		case s.ID != it.Scale:
		case c.points == 0:
			c.points = len(s.Points)
		case c.points != len(s.Points):
			at.Field("scale").BreaksRule("index_points", s.ID, len(s.Points), c.points)
		}
	}
}

func (c *questionnaireCheck) conditions(at source.Position, it *survey.Item) {
	consented := false
	for i, when := range it.ShowIf {
		at := at.Element("show_if", i)
		on := c.earlier[when.Item]
		if on == nil {
			at.Field("item").BreaksRule("show_item", when.Item)
			continue
		}
		consented = consented || on.Type == survey.ConsentItem
		if len(when.In) == 0 {
			at.BreaksRule("show_codes", when.Item)
		}
		for j, code := range when.In {
			if !c.has(on, code) {
				at.Element("in", j).BreaksRule("show_code", when.Item, code)
			}
		}
	}
	if it.Sensitive && !consented {
		at.Field("sensitive").BreaksRule("sensitive", it.Code)
	}
}

func (c *questionnaireCheck) has(it *survey.Item, code int) bool {
	if code == survey.NotApplicable {
		return len(it.NA) > 0
	}
	withScales := survey.Questionnaire{Scales: c.scales}
	return slices.ContainsFunc(withScales.Choices(it), func(o survey.Option) bool { return o.Code == code })
}
