package questions

import (
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
	staff.StaffPage
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

// seenOf is a fingerprint of a part of a questionnaire, to tell whether
// somebody changed it meanwhile.
func seenOf(v any) string {
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
		"min", number(it.Min), "max", number(it.Max), "seen", seenOf(it), "section", sectionOf(q, it.Code))
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

func sectionOf(q *survey.Questionnaire, item string) string {
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
	view.StaffPage = h.StaffPage(c, who, title, "/staff/questionnaires", "questionnaire.list", versionPath(ref), ref.ID())
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

// itemOf reads an item from a form. What does not belong to its type is left
// out, so that changing the type leaves nothing behind.
func itemOf(typed page.Form, q *survey.Questionnaire) (survey.Item, map[string]survey.Message) {
	fields := map[string]survey.Message{}
	it := survey.Item{
		Code: typed.Value("code"), Type: survey.ItemType(typed.Value("type")), Label: typed.Words("label"), Factor: typed.Value("factor"),
		Required: typed.Value("required") != "", Overall: typed.Value("overall") != "", Sensitive: typed.Value("sensitive") != "",
	}
	if hint := typed.Words("hint"); len(hint) > 0 {
		it.Hint = hint
	}
	if na := typed.Words("na"); len(na) > 0 && it.Type != survey.TextItem && it.Type != survey.ConsentItem && it.Type != survey.SectorItem {
		it.NA = na
	}
	number := func(name string) float64 {
		s := typed.Value(name)
		if s == "" {
			return 0
		}
		v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
		if err != nil {
			fields[name] = survey.Message{Key: "answer.not_a_number"}
		}
		return v
	}
	switch it.Type {
	case survey.ScaleItem:
		it.Scale = typed.Value("scale")
	case survey.SingleItem, survey.MultipleItem:
		it.Options = optionsOf(typed, fields)
		if it.Type == survey.MultipleItem {
			it.Max = number("max")
		}
	case survey.NumberItem:
		it.Min, it.Max = number("min"), number("max")
	case survey.ConsentItem:
		it.Required = false
	case survey.TextItem, survey.SectorItem:
	default:
		fields["type"] = survey.Message{Key: "answer.unknown_choice"}
	}
	if it.Type != survey.ScaleItem {
		it.Factor, it.Overall = "", false
	}
	for _, o := range q.Items() {
		var when survey.When
		for _, s := range typed.Values("show." + o.Code) {
			if code, err := strconv.Atoi(s); err == nil {
				when.In = append(when.In, code)
			}
		}
		if len(when.In) > 0 {
			when.Item = o.Code
			it.ShowIf = append(it.ShowIf, when)
		}
	}
	if !questions.ItemCodeShape.MatchString(it.Code) {
		fields["code"] = survey.Message{Key: "questionnaire.rule.item_code", Args: []any{it.Code}}
	}
	if it.Label[survey.Vietnamese] == "" {
		fields["label.vi"] = survey.Message{Key: "questionnaire.no_label"}
	}
	return it, fields
}

// optionsOf reads the rows of options; a row without words is left out, and
// one without a code gets the next that is free.
func optionsOf(typed page.Form, fields map[string]survey.Message) []survey.Option {
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
				fields["options"] = survey.Message{Key: "questionnaire.rule.option_range", Args: []any{s, survey.MaxCode}}
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
	if typed.Value("more") != "" { // more rows, without scripts
		for i := range survey.MaxCode {
			if name := fmt.Sprintf("option%dcode", i); len(typed.Words(fmt.Sprintf("option%d", i))) == 0 && typed.Value(name) == "" {
				typed.Typed.Set(fmt.Sprintf("option%dcode", i+optionRows), strconv.Itoa(i+optionRows+1))
				view.Fresh = i + 1
				break
			}
		}
		return h.itemShow(c, who, fiber.StatusOK, view)
	}
	it, fields := itemOf(typed, q)
	if other := q.Item(it.Code); other != nil && it.Code != code {
		fields["code"] = survey.Message{Key: "questionnaire.rule.item_twice", Args: []any{it.Code}}
	}
	if len(fields) > 0 {
		view.Form.FieldErrors = fields
		return h.itemShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	var stored *survey.Item
	_, err = h.drafts.ChangeDraft(c.UserContext(), who.Actor(), q.Ref(), func(draft *survey.Questionnaire) error {
		if code != newPart {
			if stored = draft.Item(code); stored == nil || seenOf(stored) != typed.Value("seen") {
				return survey.NewError(survey.Conflict, "edit item", nil)
			}
		}
		placeItem(draft, code, it, typed.Value("section"))
		draft.Scales = usedScales(draft, h.scalesOf(draft))
		return nil
	})
	if err == nil {
		return h.draftDone(c, q.Ref(), place{Part: "item", Code: it.Code}, "questionnaire_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind != survey.Conflict || stored == nil {
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	view.Conflict = &staff.Conflict{Reload: view.Path()}
	mine := survey.Questionnaire{Sections: []survey.Section{{Items: []survey.Item{it}}}}
	mine.Sections[0].Items[0].Code = stored.Code
	theirs := survey.Questionnaire{Sections: []survey.Section{{Items: []survey.Item{*stored}}}}
	for _, change := range questions.CompareForms(&theirs, &mine) {
		view.Conflict.Add("questionnaire.field."+change.Field, change.After, change.Before)
	}
	view.Form.Typed.Set("seen", seenOf(stored))
	return h.itemShow(c, who, f.Status, view)
}

// placeItem puts an item in the place of the one with a code, or at the end of
// a section. Conditions on an item that is renamed follow it.
func placeItem(q *survey.Questionnaire, code string, it survey.Item, section string) {
	for i := range q.Sections {
		if at := slices.IndexFunc(q.Sections[i].Items, func(o survey.Item) bool { return o.Code == code }); at >= 0 {
			if section == "" || section == q.Sections[i].Code {
				q.Sections[i].Items[at] = it
				section = ""
			} else {
				q.Sections[i].Items = slices.Delete(q.Sections[i].Items, at, at+1)
			}
			break
		}
	}
	if at := slices.IndexFunc(q.Sections, func(o survey.Section) bool { return o.Code == section }); at >= 0 {
		q.Sections[at].Items = append(q.Sections[at].Items, it)
	} else if code == newPart && len(q.Sections) > 0 {
		last := &q.Sections[len(q.Sections)-1]
		last.Items = append(last.Items, it)
	}
	if code != newPart && it.Code != code {
		for _, o := range q.Items() {
			for i := range o.ShowIf {
				if o.ShowIf[i].Item == code {
					o.ShowIf[i].Item = it.Code
				}
			}
		}
	}
}

// usedScales are those of some scales that a questionnaire's items are
// answered on.
func usedScales(q *survey.Questionnaire, scales []survey.Scale) []survey.Scale {
	return slices.DeleteFunc(scales, func(scale survey.Scale) bool {
		return !slices.ContainsFunc(q.Items(), func(it *survey.Item) bool { return it.Type == survey.ScaleItem && it.Scale == scale.ID })
	})
}
