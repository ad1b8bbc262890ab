package questions

import (
	"fmt"
	"regexp"
	"slices"

	"hailong/survey"
	"hailong/survey/source"
)

func CheckScales(f *source.File, scales []survey.Scale) {
	seen := map[string]bool{}
	for i, s := range scales {
		at := f.At("scales[%d]", i)
		if !source.Slug.MatchString(s.ID) {
			at.In(".id").Report("id %q: write small letters, digits and hyphens", s.ID)
		}
		if seen[s.ID] {
			at.In(".id").Report("id %q stands twice", s.ID)
		}
		seen[s.ID] = true
		if len(s.Points) < 2 {
			at.In(".points").Report("a scale needs at least two points")
		}
		for j, p := range s.Points {
			at := at.Nth(".points", j)
			at.In(".label").Need(p.Label)
			if p.Code != j+1 {
				at.In(".code").Report("code %d: the points of a scale are 1, 2, 3…, from the worst", p.Code)
			}
			if p.Write {
				at.In(".write").Report("a point of a scale asks for no words")
			}
		}
		if len(s.Satisfied) == 0 || len(s.Satisfied) >= len(s.Points) {
			at.In(".satisfied").Report("some, not all points must count as satisfied")
		}
		for j, code := range s.Satisfied {
			if want := len(s.Points) - len(s.Satisfied) + 1 + j; code != want {
				at.Nth(".satisfied", j).Report("satisfied must be the upper end of the scale in rising order: %d stands where %d belongs", code, want)
			}
		}
	}
}

// itemCode is the shape of an item's code: it is a key in documents and forms.
var itemCode = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

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

func (c *FormChecker) Check(f *source.File, q *survey.Questionnaire) {
	if c.ids == nil {
		c.ids, c.orders, c.shapes = map[string]string{}, map[int]survey.FormCode{}, map[string]shape{}
	}
	c.head(f, q)
	one := &form{file: f, q: q, scales: c.Scales, earlier: map[string]*survey.Item{}, used: map[string]bool{}}
	one.check()
	for s := range q.Sections {
		for i := range q.Sections[s].Items {
			it := &q.Sections[s].Items[i]
			key := string(q.Family) + " " + it.Code
			kind := describe(it)
			if known, ok := c.shapes[key]; !ok {
				c.shapes[key] = shape{kind, f.Name}
			} else if known.kind != kind {
				f.At("sections[%d].items[%d].code", s, i).Wrong("code_meaning", it.Code, kind, known.kind, known.where)
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
		f.At("code").Wrong("bad_code", q.Code)
	}
	if q.Version < 1 {
		f.At("version").Wrong("bad_version", q.Version)
	}
	if other, ok := c.ids[q.Ref().ID()]; ok {
		f.At("version").Wrong("version_twice", q.Version, q.Code, other)
	}
	c.ids[q.Ref().ID()] = f.Name
	if other, ok := c.orders[q.Order]; q.Order < 1 || ok && other != q.Code {
		f.At("order").Wrong("bad_order", q.Order)
	}
	c.orders[q.Order] = q.Code
	if !slices.Contains(survey.Families, q.Family) {
		f.At("family").Wrong("unknown_family", q.Family)
	}
	if q.Level != "" && !slices.Contains(survey.SchoolLevels, q.Level) {
		f.At("level").Wrong("unknown_level", q.Level)
	}
	if (q.Family == survey.Education) != (q.Level != "") {
		f.At("level").Wrong("level_family", survey.Education)
	}
	f.At("title").Need(q.Title)
	f.At("intro").Need(q.Intro)
	f.At("source").Need(q.Source)
	if len(q.Scales) > 0 && !c.alone {
		f.At("scales").Wrong("scales_apart")
	}
}

// form checks one questionnaire.
type form struct {
	file    *source.File
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
		at := c.file.At("factors[%d]", i)
		if !source.Slug.MatchString(f.Code) {
			at.In(".code").Wrong("bad_code", f.Code)
		}
		if factors[f.Code] {
			at.In(".code").Wrong("factor_twice", f.Code)
		}
		factors[f.Code] = true
		at.In(".name").Need(f.Name)
	}
	sections := map[string]bool{}
	for s := range c.q.Sections {
		section := &c.q.Sections[s]
		at := c.file.At("sections[%d]", s)
		if section.Code == "" {
			at.Wrong("section_no_code")
		}
		if sections[section.Code] {
			at.In(".code").Wrong("section_twice", section.Code)
		}
		sections[section.Code] = true
		at.In(".title").Need(section.Title)
		at.In(".lead").May(section.Lead)
		if len(section.Items) == 0 {
			at.Wrong("section_empty", section.Code)
		}
		for i := range section.Items {
			it := &section.Items[i]
			c.item(at.Nth(".items", i), it, factors)
			c.earlier[it.Code] = it
		}
	}
	for i, f := range c.q.Factors {
		if !c.used["factor "+f.Code] {
			c.file.At("factors[%d]", i).Wrong("factor_unused", f.Code)
		}
	}
	if c.overall != 1 {
		c.file.At("sections").Wrong("overall_count", c.overall)
	}
	if c.sectors > 1 {
		c.file.At("sections").Wrong("sector_count", c.sectors)
	}
	// A stored version holds everything it needs, so it carries its scales.
	for _, s := range c.scales {
		if c.used["scale "+s.ID] {
			c.q.Scales = append(c.q.Scales, s)
		}
	}
}

func (c *form) item(at source.Place, it *survey.Item, factors map[string]bool) {
	if !itemCode.MatchString(it.Code) {
		at.In(".code").Wrong("item_code", it.Code)
	}
	if c.earlier[it.Code] != nil {
		at.In(".code").Wrong("item_twice", it.Code)
	}
	at.In(".label").Need(it.Label)
	at.In(".hint").May(it.Hint)
	at.In(".na").May(it.NA)
	c.kind(at, it)
	c.options(at, it)
	c.index(at, it, factors)
	c.conditions(at, it)
}

// kind checks that an item has what its type needs and nothing that another type needs.
func (c *form) kind(at source.Place, it *survey.Item) {
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
		at.In(".type").Wrong("unknown_type", it.Type)
		return
	}
	misplaced := func(part string, allowed, present bool) {
		if present && !allowed {
			at.In("."+part).Wrong("misplaced", it.Type, part)
		}
	}
	misplaced("scale", scale, it.Scale != "")
	misplaced("options", options, len(it.Options) > 0)
	misplaced("min", bounds, it.Min != 0)
	misplaced("max", max, it.Max != 0)
	misplaced("na", na, len(it.NA) > 0)
	misplaced("required", it.Type != survey.ConsentItem, it.Required)
	if bounds && !(it.Min < it.Max) {
		at.In(".max").Wrong("max_min", it.Max, it.Min)
	}
	if it.Type == survey.MultipleItem && (it.Max < 0 || it.Max != float64(int(it.Max)) || int(it.Max) > len(it.Options)) {
		at.In(".max").Wrong("max_options", it.Max, len(it.Options))
	}
	if scale {
		if !slices.ContainsFunc(c.scales, func(s survey.Scale) bool { return s.ID == it.Scale }) {
			at.In(".scale").Wrong("unknown_scale", it.Scale)
		}
		c.used["scale "+it.Scale] = true
	}
}

func (c *form) options(at source.Place, it *survey.Item) {
	if (it.Type == survey.SingleItem || it.Type == survey.MultipleItem) && len(it.Options) < 2 {
		at.In(".options").Wrong("few_options", it.Code)
	}
	codes := map[int]bool{}
	for i, o := range it.Options {
		at := at.Nth(".options", i)
		at.In(".label").Need(o.Label)
		if o.Code < 1 || o.Code > survey.MaxCode {
			at.In(".code").Wrong("option_range", o.Code, survey.MaxCode)
		}
		if codes[o.Code] {
			at.In(".code").Wrong("option_twice", o.Code)
		}
		codes[o.Code] = true
	}
}

func (c *form) index(at source.Place, it *survey.Item, factors map[string]bool) {
	if it.Overall {
		c.overall++
	}
	if it.Factor == "" && !it.Overall {
		return
	}
	if it.Factor != "" && it.Overall {
		at.In(".factor").Wrong("overall_factor")
	}
	if it.Factor != "" && !factors[it.Factor] {
		at.In(".factor").Wrong("unknown_factor", it.Factor)
	}
	c.used["factor "+it.Factor] = true
	if it.Type != survey.ScaleItem {
		at.In(".type").Wrong("index_type")
		return
	}
	for _, s := range c.scales {
		switch {
		case s.ID != it.Scale:
		case c.points == 0:
			c.points = len(s.Points)
		case c.points != len(s.Points):
			at.In(".scale").Wrong("index_points", s.ID, len(s.Points), c.points)
		}
	}
}

func (c *form) conditions(at source.Place, it *survey.Item) {
	consented := false
	for i, when := range it.ShowIf {
		at := at.Nth(".show_if", i)
		on := c.earlier[when.Item]
		if on == nil {
			at.In(".item").Wrong("show_item", when.Item)
			continue
		}
		consented = consented || on.Type == survey.ConsentItem
		if len(when.In) == 0 {
			at.Wrong("show_codes", when.Item)
		}
		for j, code := range when.In {
			if !c.has(on, code) {
				at.Nth(".in", j).Wrong("show_code", when.Item, code)
			}
		}
	}
	if it.Sensitive && !consented {
		at.In(".sensitive").Wrong("sensitive", it.Code)
	}
}

func (c *form) has(it *survey.Item, code int) bool {
	if code == survey.NotApplicable {
		return len(it.NA) > 0
	}
	withScales := survey.Questionnaire{Scales: c.scales}
	return slices.ContainsFunc(withScales.Choices(it), func(o survey.Option) bool { return o.Code == code })
}
