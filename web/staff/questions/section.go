package questions

import (
	"context"
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
	staff.BasePage
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
		section := q.Section(code)
		if section == nil {
			return fiber.ErrNotFound
		}
		typed = page.FormWith("code", section.Code, "seen", fingerprintOf(headOf(section)))
		typed.Fill("title", section.Title)
		typed.Fill("lead", section.Lead)
	}
	return h.sectionShow(c, who, fiber.StatusOK, sectionPage{Q: q, Section: code, Form: typed})
}

func (h *Handlers) sectionShow(c *fiber.Ctx, who *staff.SignedIn, status int, view sectionPage) error {
	title := "questionnaire.section_new"
	if section := view.Q.Section(view.Section); section != nil {
		title = section.Title.In(page.ViewOf(c).Lang)
	}
	ref := view.Q.Ref()
	view.BasePage = h.NewPage(c, who, title, "/staff/questionnaires", "questionnaire.list", versionPath(ref), ref.ID())
	view.Langs, view.say = view.Q.Languages(), h.Views.Locales[page.ViewOf(c).Lang].T
	return h.Render(c, status, "staff/questionnaire_section", view)
}

// sectionOf reads a section from a form, without its items. code is the one it
// has so far, newPart for a new one.
func sectionOf(typed page.Form, q *survey.Questionnaire, code string) (survey.Section, survey.Fields) {
	fields := survey.Fields{}
	section := survey.Section{Code: typed.Value("code"), Title: typed.Words("title")}
	if lead := typed.Words("lead"); len(lead) > 0 {
		section.Lead = lead
	}
	switch {
	case !questions.ItemCodeShape.MatchString(section.Code):
		fields.Add("code", "questionnaire.rule.item_code", section.Code)
	case section.Code != code && q.Section(section.Code) != nil:
		fields.Add("code", "questionnaire.rule.section_twice", section.Code)
	}
	if section.Title[survey.Vietnamese] == "" {
		fields.Add("title.vi", "unit.no_name")
	}
	return section, fields
}

func (h *Handlers) sectionSave(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	typed, code := page.FormOf(c), staff.Unescaped(c.Params("section"))
	view := sectionPage{Q: q, Section: code, Form: typed}
	mine, wrong := sectionOf(typed, q, code)
	if len(wrong) > 0 {
		view.Form.FieldErrors = wrong
		return h.sectionShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	theirs, err := h.changeSection(c.UserContext(), who, q.Ref(), code, typed.Value("seen"), mine)
	if err == nil {
		return h.draftDone(c, q.Ref(), focus{Part: "section", Code: mine.Code}, "questionnaire_saved")
	}
	if theirs == nil {
		return err
	}
	view.Conflict = sectionConflict(&mine, theirs, view.Path())
	view.Form.Typed.Set("seen", fingerprintOf(headOf(theirs)))
	return h.sectionShow(c, who, fiber.StatusConflict, view)
}

// changeSection adds a section to a draft, or changes the one with a code. If
// somebody else changed that one since it was seen, the error is a Conflict and
// theirs is what is stored, nil where they removed it.
func (h *Handlers) changeSection(ctx context.Context, who *staff.SignedIn, ref survey.FormRef, code, seen string, mine survey.Section) (theirs *survey.Section, err error) {
	_, err = h.drafts.ChangeDraft(ctx, who.Actor(), ref, func(draft *survey.Questionnaire) error {
		if code == newPart {
			draft.Sections = append(draft.Sections, mine)
			return nil
		}
		stored := draft.Section(code)
		if stored == nil || fingerprintOf(headOf(stored)) != seen {
			theirs = stored
			return survey.NewError(survey.Conflict, "edit section", nil)
		}
		stored.Code, stored.Title, stored.Lead = mine.Code, mine.Title, mine.Lead
		return nil
	})
	return theirs, err
}

func sectionConflict(mine, theirs *survey.Section, reload string) *staff.Conflict {
	k := &staff.Conflict{Reload: reload}
	k.Add("questionnaire.code", mine.Code, theirs.Code)
	k.Add("questionnaire.field.title", staff.AllLanguages(mine.Title), staff.AllLanguages(theirs.Title))
	k.Add("questionnaire.field.lead", staff.AllLanguages(mine.Lead), staff.AllLanguages(theirs.Lead))
	return k
}

// headPage edits what stands over a draft's sections: title, introduction,
// source, factors.
type headPage struct {
	staff.BasePage
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
	typed := page.FormWith("seen", fingerprintOf(headOfForm(q)))
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
	view.BasePage = h.NewPage(c, who, "questionnaire.head", "/staff/questionnaires", "questionnaire.list", versionPath(ref), ref.ID())
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

// headTyped reads from a form what stands over the sections of a questionnaire.
func headTyped(typed page.Form, q *survey.Questionnaire) (formHead, survey.Fields) {
	fields := survey.Fields{}
	head := formHead{Title: typed.Words("title"), Intro: typed.Words("intro"), Source: typed.Words("source")}
	head.Factors = factorsOf(typed, len(q.Factors)+moreFactors, fields)
	if head.Title[survey.Vietnamese] == "" {
		fields.Add("title.vi", "unit.no_name")
	}
	return head, fields
}

// moreFactors bounds how many factors a form can add at a time.
const moreFactors = 50

// factorsOf reads the rows of factors; an empty row is left out.
func factorsOf(typed page.Form, rows int, fields survey.Fields) []survey.Factor {
	var factors []survey.Factor
	for i := range rows {
		name := fmt.Sprintf("factor%d", i)
		factor := survey.Factor{Code: typed.Value(name + "code"), Name: typed.Words(name)}
		switch {
		case factor.Code == "" && len(factor.Name) == 0:
			continue
		case !questions.FormCodeShape.MatchString(factor.Code):
			fields.Add("factors", "questionnaire.rule.bad_code", factor.Code)
		case slices.ContainsFunc(factors, func(f survey.Factor) bool { return f.Code == factor.Code }):
			fields.Add("factors", "questionnaire.rule.factor_twice", factor.Code)
		}
		factors = append(factors, factor)
	}
	return factors
}

func (h *Handlers) headSave(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	view := headPage{Q: q, Form: typed}
	mine, wrong := headTyped(typed, q)
	if len(wrong) > 0 {
		view.Form.FieldErrors = wrong
		return h.headShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	theirs, err := h.changeHead(c.UserContext(), who, q.Ref(), typed.Value("seen"), mine)
	if err == nil {
		return h.draftDone(c, q.Ref(), focus{}, "questionnaire_saved")
	}
	if theirs == nil {
		return err
	}
	view.Conflict = headConflict(&mine, theirs, view.Path()+"/head")
	view.Form.Typed.Set("seen", fingerprintOf(theirs))
	return h.headShow(c, who, fiber.StatusConflict, view)
}

// changeHead changes what stands over the sections of a draft. If somebody else
// changed it since it was seen, the error is a Conflict and theirs is what is
// stored.
func (h *Handlers) changeHead(ctx context.Context, who *staff.SignedIn, ref survey.FormRef, seen string, mine formHead) (theirs *formHead, err error) {
	_, err = h.drafts.ChangeDraft(ctx, who.Actor(), ref, func(draft *survey.Questionnaire) error {
		if stored := headOfForm(draft); fingerprintOf(stored) != seen {
			theirs = &stored
			return survey.NewError(survey.Conflict, "edit questionnaire", nil)
		}
		draft.Title, draft.Intro, draft.Source, draft.Factors = mine.Title, mine.Intro, mine.Source, mine.Factors
		return nil
	})
	return theirs, err
}

func headConflict(mine, theirs *formHead, reload string) *staff.Conflict {
	k := &staff.Conflict{Reload: reload}
	k.Add("questionnaire.field.title", staff.AllLanguages(mine.Title), staff.AllLanguages(theirs.Title))
	k.Add("questionnaire.field.intro", staff.AllLanguages(mine.Intro), staff.AllLanguages(theirs.Intro))
	k.Add("questionnaire.field.source", staff.AllLanguages(mine.Source), staff.AllLanguages(theirs.Source))
	k.Add("questionnaire.factors", factorNames(mine.Factors), factorNames(theirs.Factors))
	return k
}

func factorNames(factors []survey.Factor) string {
	var all []string
	for _, f := range factors {
		all = append(all, f.Code+" ("+staff.AllLanguages(f.Name)+")")
	}
	return strings.Join(all, "; ")
}
