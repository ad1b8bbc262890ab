package survey

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// SamePress reports whether a campaign was drafted on the same page as another,
// and with the same title and period.
func (c *Campaign) SamePress(other *Campaign) bool {
	return c.IdempotencyKey != "" && c.IdempotencyKey == other.IdempotencyKey && c.Period == other.Period && maps.Equal(c.Title, other.Title)
}

// Complete fills in what follows from the rest.
func (c *Campaign) Complete() {
	c.Title.Clean()
	c.Method.Version = MethodVersion
	if c.Frame == "" {
		c.Frame = c.Period.From
	}
	if len(c.Langs) == 0 {
		c.Langs = []Lang{Vietnamese}
	}
}

// Check returns Invalid, with a message per field, if the campaign breaks a
// rule.
func (c Campaign) Check(catalog *Catalog) error {
	fields := Fields{}
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Title[Vietnamese])); n < 5 || n > 200 {
		fields.Add("title", "campaign.bad_title", 5, 200)
	}
	if !slices.Contains(Families, c.Family) {
		fields.Add("family", "campaign.bad_family")
	}
	if len(c.Forms) == 0 {
		fields.Add("forms", "campaign.no_form")
	}
	for i, ref := range c.Forms {
		if q := catalog.Questionnaire(ref); q == nil || q.Family != c.Family {
			fields.Add("forms", "campaign.form_of_other_family")
		} else if slices.ContainsFunc(c.Forms[:i], func(other FormRef) bool { return other.Code == ref.Code }) {
			fields.Add("forms", "campaign.form_twice")
		}
	}
	if !c.Period.From.Valid() {
		fields.Add("from", "campaign.bad_day")
	}
	if !c.Period.To.Valid() {
		fields.Add("to", "campaign.bad_day")
	} else if c.Period.To < c.Period.From {
		fields.Add("to", "campaign.ends_before")
	}
	if !c.Frame.Valid() && c.Period.From.Valid() {
		fields.Add("frame", "campaign.bad_day")
	}
	for _, id := range c.Units {
		if catalog.Unit(id) == nil {
			fields.Add("units", "campaign.unknown_unit")
		}
	}
	for i, lang := range c.Langs {
		if !lang.Valid() || slices.Contains(c.Langs[:i], lang) {
			fields.Add("langs", "campaign.bad_choice")
		}
	}
	for _, code := range c.Targets {
		if !slices.ContainsFunc(catalog.Targets, func(t Target) bool { return t.Code == code && t.Family == c.Family }) {
			fields.Add("targets", "campaign.target_of_other_family")
		}
	}
	if !slices.Contains(Rhythms, c.Rhythm) {
		fields.Add("rhythm", "campaign.bad_choice")
	}
	c.Method.check(fields)
	return fields.Err("check campaign", "campaign.invalid")
}

func (m Method) check(fields Fields) {
	if !slices.Contains([]Formula{Top2, Mean100, Mean0}, m.Formula) {
		fields.Add("formula", "campaign.bad_choice")
	}
	if !slices.Contains([]Pooling{PoolAnswers, PoolFactors, PoolOverall}, m.Pooling) {
		fields.Add("pooling", "campaign.bad_choice")
	}
	if !(m.Confidence >= 0.8 && m.Confidence <= 0.999) {
		fields.Add("confidence", "campaign.bad_confidence", 80, 99.9)
	}
	if m.MinN < 5 || m.MinN > 10000 {
		fields.Add("min_n", "campaign.bad_min_n", 5, 10000)
	}
}
