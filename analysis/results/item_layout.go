package results

import (
	"slices"

	"hailong/analysis"
	"hailong/survey"
)

// itemLayout says which answers of a campaign count: the scale items of its forms,
// in every version that may have been answered.
type itemLayout struct {
	campaign *survey.Campaign
	forms    []*survey.Questionnaire // by code, newest version first
	items    []item
	column   map[string]int // by item code
	factors  []factor
	overall  []int // columns of the overall questions, one a form
}

// item is a scale item; the column has its place in itemLayout.items. Within a
// family an item code always has the same meaning and scale.
type item struct {
	code    string
	label   survey.Text
	scale   *survey.Scale
	codes   uint8 // the highest
	overall bool
	factor  int // place in itemLayout.factors, -1 outside the index
}

type factor struct {
	code  string
	name  survey.Text
	items []int // columns
}

func newItemLayout(catalog *survey.Catalog, campaign *survey.Campaign) *itemLayout {
	p := &itemLayout{campaign: campaign, column: map[string]int{}}
	for _, ref := range campaign.Forms {
		for i := range catalog.Questionnaires {
			if q := &catalog.Questionnaires[i]; q.Code == ref.Code {
				p.forms = append(p.forms, q)
			}
		}
	}
	slices.SortStableFunc(p.forms, func(a, b *survey.Questionnaire) int {
		if a.Code != b.Code {
			return a.Order - b.Order
		}
		return b.Version - a.Version
	})
	for _, form := range p.forms {
		for _, it := range form.Items() {
			p.add(form, it)
		}
	}
	return p
}

func (p *itemLayout) add(form *survey.Questionnaire, it *survey.Item) {
	scale := form.Scale(it.Scale)
	if it.Type != survey.ScaleItem || scale == nil || it.Sensitive {
		return
	}
	if _, known := p.column[it.Code]; known {
		return
	}
	col := len(p.items)
	p.column[it.Code] = col
	p.items = append(p.items, item{ //nolint:gosec // codes are at most survey.MaxCode
		code: it.Code, label: it.Label, scale: scale, codes: uint8(codes(scale)), overall: it.Overall, factor: -1,
	})
	switch {
	case it.Overall && len(p.overall) > 0 && p.items[p.overall[0]].codes != p.items[col].codes:
	case it.Overall:
		p.overall = append(p.overall, col)
	case it.Factor != "" && p.mixes(scale):
		// Scales of different length are never mixed in one index; the item
		// still has a figure of its own.
	case it.Factor != "":
		p.items[col].factor = p.factor(form, it.Factor)
		f := &p.factors[p.items[col].factor]
		f.items = append(f.items, col)
	}
}

func (p *itemLayout) mixes(scale *survey.Scale) bool {
	return len(p.factors) > 0 && codes(p.items[p.factors[0].items[0]].scale) != codes(scale)
}

func (p *itemLayout) factor(form *survey.Questionnaire, code string) int {
	if f := slices.IndexFunc(p.factors, func(f factor) bool { return f.code == code }); f >= 0 {
		return f
	}
	f := factor{code: code, name: survey.Text{survey.Vietnamese: code}}
	for _, named := range form.Factors {
		if named.Code == code {
			f.name = named.Name
		}
	}
	p.factors = append(p.factors, f)
	return len(p.factors) - 1
}

// codes is the highest code of a scale.
func codes(s *survey.Scale) int {
	highest := 1
	for _, o := range s.Points {
		highest = max(highest, o.Code)
	}
	return min(highest, survey.MaxCode)
}

// schema names the columns of the campaign's responses.
func (p *itemLayout) schema() analysis.Schema {
	s := analysis.Schema{Domains: []string{"profile"}}
	for _, it := range p.items {
		s.Items = append(s.Items, analysis.Question{Name: it.code, Codes: it.codes})
	}
	return s
}

// same reports whether responses held under p need no reading again under o.
func (p *itemLayout) same(o *itemLayout) bool {
	return p.campaign.Frame == o.campaign.Frame &&
		slices.EqualFunc(p.items, o.items, func(a, b item) bool {
			return a.code == b.code && a.codes == b.codes && a.factor == b.factor && a.overall == b.overall
		}) &&
		slices.EqualFunc(p.forms, o.forms, func(a, b *survey.Questionnaire) bool { return a.Ref() == b.Ref() && a.Level == b.Level })
}

// level is the school level that a form asks about.
func (p *itemLayout) level(code survey.FormCode) survey.SchoolLevel {
	for _, f := range p.forms {
		if f.Code == code {
			return f.Level
		}
	}
	return ""
}
