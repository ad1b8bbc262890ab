package formview

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"hailong/survey"
	"hailong/web/page"
)

// What stands in a page where the id that was drawn for the form and its ticket go.
const (
	IDGap     = "00000000-0000-0000-0000-000000000000"
	TicketGap = "0000000000000000000000"
)

// TicketField is the hidden field with the ticket of a form, NonceField what the script
// adds when it sends the form, OlderReceiptField the code that forms of older versions
// carried (see survey/takeback); ScreenCodeParameter is what follows the address of a
// form that is opened by the changing code of a screen.
const (
	TicketField         = "ticket"
	NonceField          = "nonce"
	OlderReceiptField   = "receipt"
	ScreenCodeParameter = "c"
)

// FormPage is a questionnaire as a person fills it in.
type FormPage struct {
	page.Page
	Code     survey.PointCode
	Place    survey.Text // the unit that is asked about
	Service  survey.Text // what is served here, may be empty
	Form     *survey.Questionnaire
	ID       string // drawn for this form; see survey/takeback
	Ticket   string // of this form; see survey/proof
	Receipt  string // that a form of an older version carried; empty in every other
	Fresh    bool   // nothing has been typed into it yet
	Sections []FormSection
	Rules    ShowRules
	Note     *survey.Message // why it is shown again
	Problems []FormProblem   // what has to be looked at again
	Request  string          // id of the request, where somebody may have to look it up
	Slip     string          // that came with it, a one-time code; empty: none
}

// Draft names what a device keeps of the form while it is filled in: what two slips
// are for is kept apart.
func (p FormPage) Draft() string { return cmp.Or(p.Slip, string(p.Code)) }

// Action is where the form is sent to.
func (p FormPage) Action() string { return p.Link("/s/" + string(p.Code)) }

// Ref names the version that is shown.
func (p FormPage) Ref() string { return p.Form.Ref().ID() }

// FormProblem is a line of the summary of what has to be looked at again.
type FormProblem struct {
	Item    string
	Label   survey.Text
	Message survey.Message
}

// FormSection is a part of a form, and its place among the parts: Number of Of.
type FormSection struct {
	Number, Of  int
	Title, Lead survey.Text
	Items       []FormItem
}

// FormItem is one question with what was answered so far.
type FormItem struct {
	*survey.Item
	Number   string       // "3"; of a question that depends on it "3a"
	Choices  []FormChoice // of scale, single, multiple, consent; the short list of a sector item
	More     []FormChoice // the sectors that are not on the short list
	MoreOpen bool         // the choice is among them
	NotKnown *FormChoice  // "not applicable / don't know"
	Typed    string       // number or text
	Left     int          // characters left of a text
	Error    *survey.Message
	Law      *survey.Message // what a consent has to be told beside its question; nil: nothing is known
	If       string          // conditions for the script: "q1:1,2;q3:1"
	When     []formCondition // the same in words
}

// Kind is the item's type, for the template's choice of block.
func (it FormItem) Kind() string { return string(it.Type) }

// Multiple reports whether several choices may be ticked.
func (it FormItem) Multiple() bool { return it.Type == survey.MultipleItem }

// FormChoice is one answer to choose.
type FormChoice struct {
	Item    string
	Value   string
	Label   survey.Text
	Chosen  bool
	Face    int  // 1..5, of a scale
	Write   bool // asks for words beside it
	Typed   string
	Several bool   // a box to tick, not a button
	Group   string // key of a heading to put above it
}

// ID is the id of the choice's input.
func (c FormChoice) ID() string { return "a-" + c.Item + "-" + c.Value }

// formCondition says in words when a question is to be answered.
type formCondition struct {
	Number string
	Labels []survey.Text
}

// FormBuilder makes the parts of a formPage.
type FormBuilder struct {
	Catalog  *survey.Catalog
	Form     *survey.Questionnaire
	Given    survey.Given
	Problems map[string]survey.Message
	Fixed    survey.SectorID
	Campaign survey.CampaignID // that the answers are for; empty: not known
	Numbers  map[string]string // by item
	roots    map[string]string // the number that an item's number begins with
	last     int               // number given last
	letters  map[string]int    // how many questions depend on a number
}

// Sections numbers the questions of the form and returns its parts with what was
// answered so far.
func (b *FormBuilder) Sections() []FormSection {
	b.Numbers, b.roots, b.letters = map[string]string{}, map[string]string{}, map[string]int{}
	sections := make([]FormSection, 0, len(b.Form.Sections))
	for i := range b.Form.Sections {
		section := &b.Form.Sections[i]
		shown := FormSection{Title: section.Title, Lead: section.Lead}
		for j := range section.Items {
			it := &section.Items[j]
			if it.Type == survey.SectorItem && b.Fixed != "" {
				continue
			}
			shown.Items = append(shown.Items, b.item(it))
		}
		if len(shown.Items) > 0 {
			sections = append(sections, shown)
		}
	}
	for i := range sections {
		sections[i].Number, sections[i].Of = i+1, len(sections)
	}
	return sections
}

func (b *FormBuilder) item(it *survey.Item) FormItem {
	b.number(it)
	shown := FormItem{Item: it, Number: b.Numbers[it.Code], Typed: b.Given.Texts[it.Code]}
	if m, wrong := b.Problems[it.Code]; wrong {
		shown.Error = &m
	}
	if rules := &b.Catalog.Privacy; it.Type == survey.ConsentItem && rules.Complete() {
		shown.Law = &survey.Message{Key: "form.consent.law", Args: []any{rules.Controller, rules.PurposeText(), rules.KeepOf(b.Campaign).Sensitive, rules.Contact()}}
	}
	choices := b.Form.Choices(it)
	for i, o := range choices {
		choice := b.choice(it, strconv.Itoa(o.Code), o.Label)
		choice.Write, choice.Typed = o.Write, shown.Typed
		if it.Type == survey.ScaleItem {
			choice.Face = face(b.Form.Scale(it.Scale), i)
		}
		shown.Choices = append(shown.Choices, choice)
	}
	switch it.Type {
	case survey.SectorItem:
		b.sectors(it, &shown)
	case survey.NumberItem:
		for _, s := range b.Given.Codes[it.Code] {
			if s != survey.NA {
				shown.Typed = s
			}
		}
	case survey.TextItem:
		shown.Left = max(0, survey.MaxText-len([]rune(shown.Typed)))
	case survey.ScaleItem, survey.SingleItem, survey.MultipleItem, survey.ConsentItem:
	}
	if len(it.NA) > 0 {
		choice := b.choice(it, survey.NA, it.NA)
		choice.Several = it.Type == survey.MultipleItem || it.Type == survey.NumberItem
		shown.NotKnown = &choice
	}
	b.conditions(it, &shown)
	return shown
}

func (b *FormBuilder) choice(it *survey.Item, value string, label survey.Text) FormChoice {
	c := FormChoice{Item: it.Code, Value: value, Label: label, Several: it.Type == survey.MultipleItem || it.Type == survey.ConsentItem}
	for _, chosen := range b.Given.Codes[it.Code] {
		c.Chosen = c.Chosen || strings.TrimSpace(chosen) == value
	}
	return c
}

// number numbers a question. One that depends on another gets the other's
// number with a letter, so that no gap shows while it is hidden.
func (b *FormBuilder) number(it *survey.Item) {
	if len(it.ShowIf) > 0 {
		if root := b.roots[it.ShowIf[0].Item]; root != "" && b.letters[root] < 26 {
			b.roots[it.Code] = root
			b.Numbers[it.Code] = root + string(rune('a'+b.letters[root])) //nolint:gosec // below 26
			b.letters[root]++
			return
		}
	}
	b.last++
	b.Numbers[it.Code] = strconv.Itoa(b.last)
	b.roots[it.Code] = b.Numbers[it.Code]
}

// face picks one of the five faces for the i-th point of a scale: the last two
// smile, and only they stand for satisfied answers.
func face(scale *survey.Scale, i int) int {
	var below, satisfied []int // places of the points
	for place, point := range scale.Points {
		if slices.Contains(scale.Satisfied, point.Code) {
			satisfied = append(satisfied, place)
		} else {
			below = append(below, place)
		}
	}
	if at := slices.Index(satisfied, i); at >= 0 {
		return 4 + spread(at, len(satisfied), 2)
	}
	if len(below) == 1 {
		return 2
	}
	return 1 + spread(slices.Index(below, i), len(below), min(len(below), 3))
}

// spread maps place at of n places to one of m.
func spread(at, n, m int) int {
	if n < 2 {
		return 0
	}
	return (at*(m-1) + (n-1)/2) / (n - 1)
}

// sectors lists what a visit can have been about: the plan's group first,
// because its target needs it to be found; "other" last; and the sectors of
// the long list apart.
func (b *FormBuilder) sectors(it *survey.Item, shown *FormItem) {
	var grouped, usual, other []FormChoice
	for i := range b.Catalog.Sectors {
		sector := &b.Catalog.Sectors[i]
		c := b.choice(it, string(sector.ID), sector.Name)
		switch {
		case sector.ID == survey.OtherSector:
			other = append(other, c)
		case !sector.Short:
			shown.More = append(shown.More, c)
			shown.MoreOpen = shown.MoreOpen || c.Chosen
		case sector.Group == survey.LandBuildInvest:
			grouped = append(grouped, c)
		default:
			usual = append(usual, c)
		}
	}
	if len(grouped) > 0 {
		grouped[0].Group = "form.sector.group"
		if len(usual) > 0 {
			usual[0].Group = "form.sector.usual"
		}
	}
	shown.Choices = append(append(grouped, usual...), other...)
}

func (b *FormBuilder) conditions(it *survey.Item, shown *FormItem) {
	var parts []string
	for _, when := range it.ShowIf {
		codes := make([]string, len(when.In))
		condition := formCondition{Number: b.Numbers[when.Item]}
		for i, code := range when.In {
			codes[i] = strconv.Itoa(code)
			condition.Labels = append(condition.Labels, b.label(when.Item, code))
		}
		parts = append(parts, when.Item+":"+strings.Join(codes, ","))
		shown.When = append(shown.When, condition)
	}
	shown.If = strings.Join(parts, ";")
}

func (b *FormBuilder) label(item string, code int) survey.Text {
	it := b.Form.Item(item)
	if it == nil {
		return nil
	}
	if code == survey.NotApplicable {
		return it.NA
	}
	for _, o := range b.Form.Choices(it) {
		if o.Code == code {
			return o.Label
		}
	}
	return nil
}

// ProblemsOf lists what has to be looked at again, in the order of the form.
func ProblemsOf(form *survey.Questionnaire, fields map[string]survey.Message) []FormProblem {
	var problems []FormProblem
	for _, it := range form.Items() {
		if m, wrong := fields[it.Code]; wrong {
			problems = append(problems, FormProblem{Item: it.Code, Label: it.Label, Message: m})
		}
	}
	return problems
}

// NewFormPage puts a form together with what was given and what is wrong with it.
func NewFormPage(today survey.Date, page page.Page, catalog *survey.Catalog, point *survey.Point, ref survey.FormRef, given survey.Given, fields map[string]survey.Message) FormPage {
	form := catalog.Questionnaire(ref)
	builder := FormBuilder{Catalog: catalog, Form: form, Given: given, Problems: fields, Fixed: point.Sector}
	if campaign, _, err := catalog.CampaignFor(point, today); err == nil {
		builder.Campaign = campaign.ID
	}
	p := FormPage{
		Page: page, Code: point.Code, Service: point.Label, Form: form,
		Sections: builder.Sections(), Problems: ProblemsOf(form, fields),
	}
	p.Rules = NewShowRules(form, func(item string) bool { return builder.Numbers[item] != "" })
	if unit := catalog.UnitOn(point.Unit, today); unit != nil {
		p.Place = unit.Name
	}
	if sector := catalog.Sector(point.Sector); sector != nil && len(p.Service) == 0 {
		p.Service = sector.Name
	}
	return p
}
