package questions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/web/page"
	"hailong/web/staff"
)

// itemPage edits one question of a draft. Its labels stand side by side in all
// languages of the questionnaire.
type itemPage struct {
	staff.BasePage
	Form     page.Form
	say      func(string, ...any) string
	Q        *survey.Questionnaire
	Item     *survey.Item // nil: a new one
	Langs    []survey.Lang
	Options  []int // numbers of the rows of options
	Fresh    int   // the row to go on typing in, from 1; 0: none
	Conflict *staff.Conflict
	scales   []survey.Scale
}

// optionRows is how many empty rows follow the options.
const optionRows = 3

// newPart stands in a path for a part that is not there yet. No code is
// written so.
const newPart = "-"

// fingerprintOf is a fingerprint of a part of a questionnaire, to tell whether
// somebody changed it meanwhile.
func fingerprintOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // texts and numbers alone: cannot fail
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func (h *Handlers) itemEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	code := staff.Unescaped(c.Params("item"))
	if code == newPart {
		typed := page.FormWith("type", string(survey.ScaleItem), "section", h.Page(c).Query.Get("section"))
		if scales := h.scalesOf(q); len(scales) > 0 {
			typed.Typed.Set("scale", scales[0].ID)
		}
		return h.itemShow(c, who, fiber.StatusOK, itemPage{Q: q, Form: typed})
	}
	it := q.Item(code)
	if it == nil {
		return fiber.ErrNotFound
	}
	return h.itemShow(c, who, fiber.StatusOK, itemPage{Q: q, Item: it, Form: itemForm(q, it)})
}

// itemForm is the form filled in with an item.
func itemForm(q *survey.Questionnaire, it *survey.Item) page.Form {
	number := func(v float64) string {
		if v == 0 {
			return ""
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	typed := page.FormWith("code", it.Code, "type", string(it.Type), "scale", it.Scale, "factor", it.Factor,
		"min", number(it.Min), "max", number(it.Max), "seen", fingerprintOf(it), "section", sectionWith(q, it.Code))
	typed.Fill("label", it.Label)
	typed.Fill("hint", it.Hint)
	typed.Fill("na", it.NA)
	for name, on := range map[string]bool{"required": it.Required, "overall": it.Overall, "sensitive": it.Sensitive} {
		if on {
			typed.Typed.Set(name, "1")
		}
	}
	for i, o := range it.Options {
		name := fmt.Sprintf("option%d", i)
		typed.Typed.Set(name+"code", strconv.Itoa(o.Code))
		typed.Fill(name, o.Label)
		if o.Write {
			typed.Typed.Set(name+"write", "1")
		}
	}
	for _, w := range it.ShowIf {
		for _, code := range w.In {
			typed.Typed.Add("show."+w.Item, strconv.Itoa(code))
		}
	}
	return typed
}

// sectionWith is the code of the section that an item stands in.
func sectionWith(q *survey.Questionnaire, item string) string {
	for _, section := range q.Sections {
		if slices.ContainsFunc(section.Items, func(it survey.Item) bool { return it.Code == item }) {
			return section.Code
		}
	}
	return ""
}

// scalesOf are the scales that a draft can use: its own before all others.
func (h *Handlers) scalesOf(q *survey.Questionnaire) []survey.Scale {
	scales := slices.Clone(q.Scales)
	for _, known := range h.knownScales() {
		if !slices.ContainsFunc(scales, func(o survey.Scale) bool { return o.ID == known.ID }) {
			scales = append(scales, known)
		}
	}
	return scales
}

func (h *Handlers) itemShow(c *fiber.Ctx, who *staff.SignedIn, status int, view itemPage) error {
	title := "questionnaire.item_new"
	if view.Item != nil {
		title = view.Item.Label.In(page.ViewOf(c).Lang)
	}
	ref := view.Q.Ref()
	view.BasePage = h.NewPage(c, who, title, "/staff/questionnaires", "questionnaire.list", versionPath(ref), ref.ID())
	view.Langs, view.scales, view.say = view.Q.Languages(), h.scalesOf(view.Q), h.Views.Locales[page.ViewOf(c).Lang].T
	rows := 0
	for name := range view.Form.Typed {
		var n int
		if _, err := fmt.Sscanf(name, "option%d", &n); err == nil && n < survey.MaxCode {
			if view.Form.Value(name) != "" {
				rows = max(rows, n+1)
			}
		}
	}
	for i := range rows + optionRows {
		view.Options = append(view.Options, i)
	}
	return h.Render(c, status, "staff/questionnaire_item", view)
}

// Path is where the form is sent.
func (p itemPage) Path() string {
	code := newPart
	if p.Item != nil {
		code = p.Item.Code
	}
	return versionPath(p.Q.Ref()) + "/items/" + code
}

// Back is the version's page, at this item.
func (p itemPage) Back() string { return versionPath(p.Q.Ref()) }

// Types are the kinds of answer to choose from.
func (itemPage) Types() []page.Choice {
	var options []page.Choice
	for _, t := range []survey.ItemType{survey.ScaleItem, survey.SingleItem, survey.MultipleItem, survey.NumberItem, survey.TextItem, survey.ConsentItem, survey.SectorItem} {
		options = append(options, page.Choice{Value: string(t), Label: "questionnaire.type." + string(t)})
	}
	return options
}

// Scales are the scales to choose from, with their points in words.
func (p itemPage) Scales() []page.Choice {
	var options []page.Choice
	for _, scale := range p.scales {
		var points []string
		for _, point := range scale.Points {
			points = append(points, point.Label.In(p.Lang))
		}
		options = append(options, page.Choice{Value: scale.ID, Label: strings.Join(points, " – ")})
	}
	return options
}

// Factors are the factors to choose from.
func (p itemPage) Factors() []page.Choice {
	options := []page.Choice{staff.Blank("questionnaire.no_factor")}
	for _, f := range p.Q.Factors {
		options = append(options, page.Choice{Value: f.Code, Label: f.Name.In(p.Lang)})
	}
	return options
}

// Sections are the sections to choose from.
func (p itemPage) Sections() []page.Choice {
	var options []page.Choice
	for _, section := range p.Q.Sections {
		options = append(options, page.Choice{Value: section.Code, Label: section.Title.In(p.Lang)})
	}
	return options
}

// Words are the fields of a text, one for each language.
func (p itemPage) Words(name, label string) []page.Field {
	return wordFields(p.Form, p.say, p.Langs, name, label)
}

// wordFields are the fields of a text side by side, each labelled with its
// language.
func wordFields(f page.Form, say func(string, ...any) string, langs []survey.Lang, name, label string) []page.Field {
	fields := make([]page.Field, len(langs))
	for i, lang := range langs {
		language := say("questionnaire.lang." + string(lang))
		if language == "questionnaire.lang."+string(lang) {
			language = string(lang)
		}
		fields[i] = f.Text(name+"."+string(lang), label)
		fields[i].Label = say("questionnaire.in_lang", say(label), language)
	}
	return fields
}

// earlier is an item that a condition can be about.
type earlier struct {
	*survey.Item
	Field page.Field
	Open  bool
}

// Earlier are the items before this one that have codes to choose.
func (p itemPage) Earlier() []earlier {
	var items []earlier
	for _, it := range p.Q.Items() {
		if p.Item != nil && it.Code == p.Item.Code {
			break
		}
		var options []page.Choice
		for _, o := range p.Q.Choices(it) {
			options = append(options, page.Choice{Value: strconv.Itoa(o.Code), Label: o.Label.In(p.Lang)})
		}
		if len(it.NA) > 0 {
			options = append(options, page.Choice{Value: "0", Label: it.NA.In(p.Lang)})
		}
		if len(options) > 0 {
			name := "show." + it.Code
			f := p.Form.Checks(name, it.Code, options)
			f.Label = it.Label.In(p.Lang)
			items = append(items, earlier{it, f, len(p.Form.Values(name)) > 0})
		}
	}
	return items
}

// Conditions reports whether any condition is set.
func (p itemPage) Conditions() bool {
	return slices.ContainsFunc(p.Earlier(), func(e earlier) bool { return e.Open })
}

// itemOf reads an item from a form. code is the one it has so far, newPart for
// a new one.
func itemOf(typed page.Form, q *survey.Questionnaire, code string) (survey.Item, survey.Fields) {
	fields := survey.Fields{}
	it := survey.Item{
		Code: typed.Value("code"), Type: survey.ItemType(typed.Value("type")), Label: typed.Words("label"),
		Required: typed.Value("required") != "", Sensitive: typed.Value("sensitive") != "", ShowIf: conditionsOf(typed, q),
	}
	if hint := typed.Words("hint"); len(hint) > 0 {
		it.Hint = hint
	}
	readAnswers(typed, &it, fields)
	if !questions.ItemCodeShape.MatchString(it.Code) {
		fields.Add("code", "questionnaire.rule.item_code", it.Code)
	}
	if it.Label[survey.Vietnamese] == "" {
		fields.Add("label.vi", "questionnaire.no_label")
	}
	if q.Item(it.Code) != nil && it.Code != code {
		fields.Add("code", "questionnaire.rule.item_twice", it.Code)
	}
	return it, fields
}

// readAnswers reads how an item is answered. What does not belong to its type
// is left out, so that changing the type leaves nothing behind.
func readAnswers(typed page.Form, it *survey.Item, fields survey.Fields) {
	notKnown := true // "I do not know" can be among the answers
	switch it.Type {
	case survey.ScaleItem:
		it.Scale, it.Factor, it.Overall = typed.Value("scale"), typed.Value("factor"), typed.Value("overall") != ""
	case survey.SingleItem:
		it.Options = optionsOf(typed, fields)
	case survey.MultipleItem:
		it.Options, it.Max = optionsOf(typed, fields), numberOf(typed, "max", fields)
	case survey.NumberItem:
		it.Min, it.Max = numberOf(typed, "min", fields), numberOf(typed, "max", fields)
	case survey.ConsentItem:
		it.Required, notKnown = false, false
	case survey.TextItem, survey.SectorItem:
		notKnown = false
	default:
		fields.Add("type", "answer.unknown_choice")
	}
	if na := typed.Words("na"); notKnown && len(na) > 0 {
		it.NA = na
	}
}

// numberOf reads a number that may be left out.
func numberOf(typed page.Form, name string, fields survey.Fields) float64 {
	s := typed.Value(name)
	if s == "" {
		return 0
	}
	v, err := survey.ParseDecimal(s)
	if err != nil {
		fields.Add(name, "answer.not_a_number")
	}
	return v
}

// conditionsOf reads the answers to other items after which an item is asked.
func conditionsOf(typed page.Form, q *survey.Questionnaire) []survey.When {
	var conditions []survey.When
	for _, other := range q.Items() {
		when := survey.When{Item: other.Code}
		for _, s := range typed.Values("show." + other.Code) {
			if code, err := strconv.Atoi(s); err == nil {
				when.In = append(when.In, code)
			}
		}
		if len(when.In) > 0 {
			conditions = append(conditions, when)
		}
	}
	return conditions
}

// optionsOf reads the rows of options; a row without words is left out, and
// one without a code gets the next that is free.
func optionsOf(typed page.Form, fields survey.Fields) []survey.Option {
	var options []survey.Option
	last := 0
	for i := range survey.MaxCode {
		name := fmt.Sprintf("option%d", i)
		label := typed.Words(name)
		if len(label) == 0 {
			continue
		}
		code := last + 1
		if s := typed.Value(name + "code"); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 1 || n > survey.MaxCode {
				fields.Add("options", "questionnaire.rule.option_range", s, survey.MaxCode)
				continue
			}
			code = n
		}
		last = max(last, code)
		options = append(options, survey.Option{Code: code, Label: label, Write: typed.Value(name+"write") != ""})
	}
	return options
}

// OptionError is what is wrong with the options.
func (p itemPage) OptionError() *survey.Message {
	if m, wrong := p.Form.FieldErrors["options"]; wrong {
		return &m
	}
	return nil
}

// OptionCode is the field of an option's code.
func (p itemPage) OptionCode(i int) string { return p.Form.Value(fmt.Sprintf("option%dcode", i)) }

// OptionWrite reports whether an option asks for words.
func (p itemPage) OptionWrite(i int) bool { return p.Form.Value(fmt.Sprintf("option%dwrite", i)) != "" }

// OptionWord is an option's label in a language.
func (p itemPage) OptionWord(i int, lang survey.Lang) string {
	return p.Form.Value(fmt.Sprintf("option%d.%s", i, lang))
}

func (h *Handlers) itemSave(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	typed, code := page.FormOf(c), staff.Unescaped(c.Params("item"))
	view := itemPage{Q: q, Form: typed}
	if code != newPart {
		if view.Item = q.Item(code); view.Item == nil {
			return fiber.ErrNotFound
		}
	}
	if typed.Value("more") != "" { // without scripts
		view.Fresh = moreOptions(typed)
		return h.itemShow(c, who, fiber.StatusOK, view)
	}
	mine, wrong := itemOf(typed, q, code)
	if len(wrong) > 0 {
		view.Form.FieldErrors = wrong
		return h.itemShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	theirs, err := h.changeItem(c.UserContext(), who, q.Ref(), code, mine, typed)
	if err == nil {
		return h.draftDone(c, q.Ref(), focus{Part: "item", Code: mine.Code}, "questionnaire_saved")
	}
	if theirs == nil {
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	view.Conflict = itemConflict(mine, theirs, view.Path())
	view.Form.Typed.Set("seen", fingerprintOf(theirs))
	return h.itemShow(c, who, fiber.StatusConflict, view)
}

// moreOptions adds rows of options to a form. It returns the row to go on
// typing in, from 1.
func moreOptions(typed page.Form) int {
	for i := range survey.MaxCode {
		row := fmt.Sprintf("option%d", i)
		if len(typed.Words(row)) == 0 && typed.Value(row+"code") == "" {
			typed.Typed.Set(fmt.Sprintf("option%dcode", i+optionRows), strconv.Itoa(i+optionRows+1))
			return i + 1
		}
	}
	return 0
}

// changeItem adds an item to a draft, or replaces the one with a code. If
// somebody else changed that one since it was seen, the error is a Conflict and
// theirs is what is stored, nil where they removed it.
func (h *Handlers) changeItem(ctx context.Context, who *staff.SignedIn, ref survey.FormRef, code string, mine survey.Item, typed page.Form) (theirs *survey.Item, err error) {
	_, err = h.drafts.ChangeDraft(ctx, who.Actor(), ref, func(draft *survey.Questionnaire) error {
		if code == newPart {
			questions.AddItem(draft, mine, typed.Value("section"))
		} else {
			stored := draft.Item(code)
			if stored == nil || fingerprintOf(stored) != typed.Value("seen") {
				theirs = stored
				return survey.NewError(survey.Conflict, "edit item", nil)
			}
			questions.ReplaceItem(draft, code, mine, typed.Value("section"))
		}
		draft.Scales = questions.UsedScales(draft, h.scalesOf(draft))
		return nil
	})
	return theirs, err
}

// itemConflict compares two versions of an item as two questionnaires of this
// one item are compared.
func itemConflict(mine survey.Item, theirs *survey.Item, reload string) *staff.Conflict {
	k := &staff.Conflict{Reload: reload}
	mine.Code = theirs.Code
	alone := func(it survey.Item) *survey.Questionnaire {
		return &survey.Questionnaire{Sections: []survey.Section{{Items: []survey.Item{it}}}}
	}
	for _, change := range questions.CompareForms(alone(*theirs), alone(mine)) {
		k.Add("questionnaire.field."+change.Field, change.After, change.Before)
	}
	return k
}
