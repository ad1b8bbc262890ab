package columns

import (
	"slices"

	"hailong/analysis"
	"hailong/survey"
)

// ItemLayout says which answers of a campaign count: the scale items of its forms,
// in every version that may have been answered. Each item is a column; columns
// are numbered from 0.
type ItemLayout struct {
	Campaign *survey.Campaign
	Forms    []*survey.Questionnaire // by code, newest version first
	Items    []ItemColumn
	Column   map[string]int // place in Items, by item code
	Factors  []IndexFactor
	Overall  []int // columns of the overall questions, one a form
}

// ItemColumn is a scale item whose answers are held, a byte an answer: its code,
// analysis.Missing or analysis.NotApplicable. Within a family an item code
// always has the same meaning and scale.
type ItemColumn struct {
	Code    string
	Label   survey.Text
	Scale   *survey.Scale
	Codes   uint8 // the highest; the lowest is 1
	Overall bool  // asks about the service as a whole
	Factor  int   // place in ItemLayout.Factors, -1 outside the index
}

// IndexFactor is a factor of the campaign's index. All its items, and those of
// the other factors, have scales of one length.
type IndexFactor struct {
	Code  string
	Name  survey.Text
	Items []int // columns
}

// NewItemLayout returns the layout of a campaign under a catalogue.
func NewItemLayout(catalog *survey.Catalog, campaign *survey.Campaign) *ItemLayout {
	p := &ItemLayout{Campaign: campaign, Column: map[string]int{}}
	for _, ref := range campaign.Forms {
		for i := range catalog.Questionnaires {
			if q := &catalog.Questionnaires[i]; q.Code == ref.Code {
				p.Forms = append(p.Forms, q)
			}
		}
	}
	slices.SortStableFunc(p.Forms, func(a, b *survey.Questionnaire) int {
		if a.Code != b.Code {
			return a.Order - b.Order
		}
		return b.Version - a.Version
	})
	for _, form := range p.Forms {
		for _, it := range form.Items() {
			p.add(form, it)
		}
	}
	return p
}

func (p *ItemLayout) add(form *survey.Questionnaire, it *survey.Item) {
	scale := form.Scale(it.Scale)
	if it.Type != survey.ScaleItem || scale == nil || it.Sensitive {
		return
	}
	if _, known := p.Column[it.Code]; known {
		return
	}
	col := len(p.Items)
	p.Column[it.Code] = col
	p.Items = append(p.Items, ItemColumn{
		Code: it.Code, Label: it.Label, Scale: scale, Codes: uint8(codes(scale)), Overall: it.Overall, Factor: -1, //nolint:gosec // codes are at most survey.MaxCode
	})
	switch {
	case it.Overall && len(p.Overall) > 0 && p.Items[p.Overall[0]].Codes != p.Items[col].Codes:
	case it.Overall:
		p.Overall = append(p.Overall, col)
	case it.Factor != "" && p.mixes(scale):
		// Scales of different length are never mixed in one index; the item
		// still has a figure of its own.
	case it.Factor != "":
		p.Items[col].Factor = p.factor(form, it.Factor)
		f := &p.Factors[p.Items[col].Factor]
		f.Items = append(f.Items, col)
	}
}

func (p *ItemLayout) mixes(scale *survey.Scale) bool {
	return len(p.Factors) > 0 && codes(p.Items[p.Factors[0].Items[0]].Scale) != codes(scale)
}

func (p *ItemLayout) factor(form *survey.Questionnaire, code string) int {
	if f := slices.IndexFunc(p.Factors, func(f IndexFactor) bool { return f.Code == code }); f >= 0 {
		return f
	}
	f := IndexFactor{Code: code, Name: survey.Text{survey.Vietnamese: code}}
	for _, named := range form.Factors {
		if named.Code == code {
			f.Name = named.Name
		}
	}
	p.Factors = append(p.Factors, f)
	return len(p.Factors) - 1
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
func (p *ItemLayout) schema() analysis.Schema {
	s := analysis.Schema{Domains: []string{"profile"}}
	for _, it := range p.Items {
		s.Items = append(s.Items, analysis.Question{Name: it.Code, Codes: it.Codes})
	}
	return s
}

// FactorOf is the code of the factor that a column is an item of; empty outside the index.
func (p *ItemLayout) FactorOf(column int) string {
	if column < 0 || p.Items[column].Factor < 0 {
		return ""
	}
	return p.Factors[p.Items[column].Factor].Code
}

// same reports whether responses held under p need no reading again under o.
func (p *ItemLayout) same(o *ItemLayout) bool {
	return p.Campaign.Frame == o.Campaign.Frame &&
		slices.EqualFunc(p.Items, o.Items, func(a, b ItemColumn) bool {
			return a.Code == b.Code && a.Codes == b.Codes && a.Factor == b.Factor && a.Overall == b.Overall
		}) &&
		slices.EqualFunc(p.Forms, o.Forms, func(a, b *survey.Questionnaire) bool { return a.Ref() == b.Ref() && a.Level == b.Level })
}

// Level is the school level that a form asks about, empty
// where it asks about none.
func (p *ItemLayout) Level(code survey.FormCode) survey.SchoolLevel {
	for _, f := range p.Forms {
		if f.Code == code {
			return f.Level
		}
	}
	return ""
}
