package questions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/web/page"
	"hailong/web/staff"
)

// sectionPage edits a section of a draft, without its items.
type sectionPage struct {
	staff.StaffPage
	Form     page.Form
	say      func(string, ...any) string
	Q        *survey.Questionnaire
	Section  string // code, newPart for a new one
	Langs    []survey.Lang
	Conflict *staff.Conflict
}

// Words are the fields of a text, one for each language.
func (p sectionPage) Words(name, label string) []page.Field {
	return wordFields(p.Form, p.say, p.Langs, name, label)
}

// Path is where the form is sent.
func (p sectionPage) Path() string { return versionPath(p.Q.Ref()) + "/sections/" + p.Section }

// Back is the version's page.
func (p sectionPage) Back() string { return versionPath(p.Q.Ref()) }

func sectionAt(q *survey.Questionnaire, code string) *survey.Section {
	for i := range q.Sections {
		if q.Sections[i].Code == code {
			return &q.Sections[i]
		}
	}
	return nil
}

// headOf is what a section page edits of a section.
func headOf(section *survey.Section) survey.Section {
	return survey.Section{Code: section.Code, Title: section.Title, Lead: section.Lead}
}

func (h *Handlers) sectionEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	code := staff.Unescaped(c.Params("section"))
	typed := page.FormWith()
	if code != newPart {
		section := sectionAt(q, code)
		if section == nil {
			return fiber.ErrNotFound
		}
		typed = page.FormWith("code", section.Code, "seen", seenOf(headOf(section)))
		typed.Fill("title", section.Title)
		typed.Fill("lead", section.Lead)
	}
	return h.sectionShow(c, who, fiber.StatusOK, sectionPage{Q: q, Section: code, Form: typed})
}

func (h *Handlers) sectionShow(c *fiber.Ctx, who *staff.SignedIn, status int, view sectionPage) error {
	title := "questionnaire.section_new"
	if section := sectionAt(view.Q, view.Section); section != nil {
		title = section.Title.In(page.ViewOf(c).Lang)
	}
	ref := view.Q.Ref()
	view.StaffPage = h.StaffPage(c, who, title, "/staff/questionnaires", "questionnaire.list", versionPath(ref), ref.ID())
	view.Langs, view.say = view.Q.Languages(), h.Views.Locales[page.ViewOf(c).Lang].T
	return h.Render(c, status, "staff/questionnaire_section", view)
}

func (h *Handlers) sectionSave(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	typed, code := page.FormOf(c), staff.Unescaped(c.Params("section"))
	view := sectionPage{Q: q, Section: code, Form: typed}
	next := survey.Section{Code: typed.Value("code"), Title: typed.Words("title")}
	if lead := typed.Words("lead"); len(lead) > 0 {
		next.Lead = lead
	}
	fields := map[string]survey.Message{}
	switch {
	case !questions.ItemCodeShape.MatchString(next.Code):
		fields["code"] = survey.Message{Key: "questionnaire.rule.item_code", Args: []any{next.Code}}
	case next.Code != code && sectionAt(q, next.Code) != nil:
		fields["code"] = survey.Message{Key: "questionnaire.rule.section_twice", Args: []any{next.Code}}
	}
	if next.Title[survey.Vietnamese] == "" {
		fields["title.vi"] = survey.Message{Key: "unit.no_name"}
	}
	if len(fields) > 0 {
		view.Form.FieldErrors = fields
		return h.sectionShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	var stored *survey.Section
	_, err = h.drafts.ChangeDraft(c.UserContext(), who.Actor(), q.Ref(), func(draft *survey.Questionnaire) error {
		if code == newPart {
			draft.Sections = append(draft.Sections, next)
			return nil
		}
		if stored = sectionAt(draft, code); stored == nil || seenOf(headOf(stored)) != typed.Value("seen") {
			return survey.NewError(survey.Conflict, "edit section", nil)
		}
		next.Items = stored.Items
		*stored = next
		return nil
	})
	if err == nil {
		return h.draftDone(c, q.Ref(), Place{Part: "section", Code: next.Code}, "questionnaire_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind != survey.Conflict || stored == nil {
		return err
	}
	view.Conflict = &staff.Conflict{Reload: view.Path()}
	view.Conflict.Add("questionnaire.code", next.Code, stored.Code)
	view.Conflict.Add("questionnaire.field.title", staff.Both(next.Title), staff.Both(stored.Title))
	view.Conflict.Add("questionnaire.field.lead", staff.Both(next.Lead), staff.Both(stored.Lead))
	view.Form.Typed.Set("seen", seenOf(headOf(stored)))
	return h.sectionShow(c, who, f.Status, view)
}

// headPage edits what stands over a draft's sections: title, introduction,
// source, factors.
type headPage struct {
	staff.StaffPage
	Form     page.Form
	say      func(string, ...any) string
	Q        *survey.Questionnaire
	Langs    []survey.Lang
	Factors  []int // numbers of the rows
	Conflict *staff.Conflict
}

// factorRows is how many empty rows follow the factors.
const factorRows = 2

// formHead is what the head page edits.
type formHead struct {
	Title, Intro, Source survey.Text
	Factors              []survey.Factor
}

func headOfForm(q *survey.Questionnaire) formHead {
	return formHead{q.Title, q.Intro, q.Source, q.Factors}
}

// Words are the fields of a text, one for each language.
func (p headPage) Words(name, label string) []page.Field {
	return wordFields(p.Form, p.say, p.Langs, name, label)
}

// Areas are Words for longer texts.
func (p headPage) Areas(name, label string) []page.Field {
	fields := wordFields(p.Form, p.say, p.Langs, name, label)
	for i := range fields {
		fields[i].Kind = "area"
	}
	return fields
}

// FactorCode is the code in a row of factors.
func (p headPage) FactorCode(i int) string { return p.Form.Value(fmt.Sprintf("factor%dcode", i)) }

// FactorWord is the name in a row of factors, in a language.
func (p headPage) FactorWord(i int, lang survey.Lang) string {
	return p.Form.Value(fmt.Sprintf("factor%d.%s", i, lang))
}

// FactorError is what is wrong with the factors.
func (p headPage) FactorError() *survey.Message {
	if m, wrong := p.Form.FieldErrors["factors"]; wrong {
		return &m
	}
	return nil
}

// Path is the version's page.
func (p headPage) Path() string { return versionPath(p.Q.Ref()) }

func (h *Handlers) headEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	typed := page.FormWith("seen", seenOf(headOfForm(q)))
	typed.Fill("title", q.Title)
	typed.Fill("intro", q.Intro)
	typed.Fill("source", q.Source)
	for i, f := range q.Factors {
		typed.Typed.Set(fmt.Sprintf("factor%dcode", i), f.Code)
		typed.Fill(fmt.Sprintf("factor%d", i), f.Name)
	}
	return h.headShow(c, who, fiber.StatusOK, headPage{Q: q, Form: typed})
}

func (h *Handlers) headShow(c *fiber.Ctx, who *staff.SignedIn, status int, view headPage) error {
	ref := view.Q.Ref()
	view.StaffPage = h.StaffPage(c, who, "questionnaire.head", "/staff/questionnaires", "questionnaire.list", versionPath(ref), ref.ID())
	view.Langs, view.say = view.Q.Languages(), h.Views.Locales[page.ViewOf(c).Lang].T
	// A language is added by writing the title in it; from then on every text
	// has a field for it.
	if add := survey.Lang(strings.ToLower(strings.TrimSpace(view.Query.Get("add")))); add.Valid() && !slices.Contains(view.Langs, add) {
		view.Langs = append(view.Langs, add)
	}
	rows := len(view.Q.Factors)
	for view.FactorCode(rows) != "" {
		rows++
	}
	for i := range rows + factorRows {
		view.Factors = append(view.Factors, i)
	}
	return h.Render(c, status, "staff/questionnaire_head", view)
}

func (h *Handlers) headSave(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	view := headPage{Q: q, Form: typed}
	next := formHead{Title: typed.Words("title"), Intro: typed.Words("intro"), Source: typed.Words("source")}
	fields := map[string]survey.Message{}
	for i := range len(q.Factors) + 50 {
		name := fmt.Sprintf("factor%d", i)
		factor := survey.Factor{Code: typed.Value(name + "code"), Name: typed.Words(name)}
		switch {
		case factor.Code == "" && len(factor.Name) == 0:
			continue
		case !questions.FormCodeShape.MatchString(factor.Code):
			fields["factors"] = survey.Message{Key: "questionnaire.rule.bad_code", Args: []any{factor.Code}}
		case slices.ContainsFunc(next.Factors, func(f survey.Factor) bool { return f.Code == factor.Code }):
			fields["factors"] = survey.Message{Key: "questionnaire.rule.factor_twice", Args: []any{factor.Code}}
		}
		next.Factors = append(next.Factors, factor)
	}
	if next.Title[survey.Vietnamese] == "" {
		fields["title.vi"] = survey.Message{Key: "unit.no_name"}
	}
	if len(fields) > 0 {
		view.Form.FieldErrors = fields
		return h.headShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	var stored *survey.Questionnaire
	_, err = h.drafts.ChangeDraft(c.UserContext(), who.Actor(), q.Ref(), func(draft *survey.Questionnaire) error {
		if seenOf(headOfForm(draft)) != typed.Value("seen") {
			stored = draft
			return survey.NewError(survey.Conflict, "edit questionnaire", nil)
		}
		draft.Title, draft.Intro, draft.Source, draft.Factors = next.Title, next.Intro, next.Source, next.Factors
		return nil
	})
	if err == nil {
		return h.draftDone(c, q.Ref(), Place{}, "questionnaire_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind != survey.Conflict || stored == nil {
		return err
	}
	view.Conflict = &staff.Conflict{Reload: view.Path() + "/head"}
	view.Conflict.Add("questionnaire.field.title", staff.Both(next.Title), staff.Both(stored.Title))
	view.Conflict.Add("questionnaire.field.intro", staff.Both(next.Intro), staff.Both(stored.Intro))
	view.Conflict.Add("questionnaire.field.source", staff.Both(next.Source), staff.Both(stored.Source))
	names := func(factors []survey.Factor) string {
		var all []string
		for _, f := range factors {
			all = append(all, f.Code+" ("+staff.Both(f.Name)+")")
		}
		return strings.Join(all, "; ")
	}
	view.Conflict.Add("questionnaire.factors", names(next.Factors), names(stored.Factors))
	view.Form.Typed.Set("seen", seenOf(headOfForm(stored)))
	return h.headShow(c, who, f.Status, view)
}
