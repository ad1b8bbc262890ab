package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/questions"
)

// sectionPage edits a section of a draft, without its items.
type sectionPage struct {
	StaffPage
	Form     form
	say      func(string, ...any) string
	Q        *survey.Questionnaire
	Section  string // code, newPart for a new one
	Langs    []survey.Lang
	Conflict *conflict
}

// Words are the fields of a text, one for each language.
func (p sectionPage) Words(name, label string) []field {
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

func (s *Server) sectionEdit(c *fiber.Ctx, who *signedIn) error {
	q, err := s.draftOf(c)
	if err != nil {
		return err
	}
	code := unescaped(c.Params("section"))
	typed := formWith()
	if code != newPart {
		section := sectionAt(q, code)
		if section == nil {
			return fiber.ErrNotFound
		}
		typed = formWith("code", section.Code, "seen", seenOf(headOf(section)))
		typed.fill("title", section.Title)
		typed.fill("lead", section.Lead)
	}
	return s.sectionShow(c, who, fiber.StatusOK, sectionPage{Q: q, Section: code, Form: typed})
}

func (s *Server) sectionShow(c *fiber.Ctx, who *signedIn, status int, page sectionPage) error {
	title := "questionnaire.section_new"
	if section := sectionAt(page.Q, page.Section); section != nil {
		title = section.Title.In(viewOf(c).Lang)
	}
	ref := page.Q.Ref()
	page.StaffPage = s.staffPage(c, who, title, "/staff/questionnaires", "questionnaire.list", versionPath(ref), ref.ID())
	page.Langs, page.say = questions.Languages(page.Q), s.Views.locales[viewOf(c).Lang].T
	return s.render(c, status, "staff/questionnaire_section", page)
}

func (s *Server) sectionSave(c *fiber.Ctx, who *signedIn) error {
	q, err := s.draftOf(c)
	if err != nil {
		return err
	}
	typed, code := formOf(c), unescaped(c.Params("section"))
	page := sectionPage{Q: q, Section: code, Form: typed}
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
		page.Form.errors = fields
		return s.sectionShow(c, who, fiber.StatusUnprocessableEntity, page)
	}
	var stored *survey.Section
	_, err = s.drafts().ChangeDraft(c.UserContext(), who.Actor(), q.Ref(), func(draft *survey.Questionnaire) error {
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
		return s.draftDone(c, q.Ref(), place{Part: "section", Code: next.Code}, "questionnaire_saved")
	}
	f := failureOf(err, requestID(c))
	if f.Kind != survey.Conflict || stored == nil {
		return err
	}
	page.Conflict = &conflict{Reload: page.Path()}
	page.Conflict.add("questionnaire.code", next.Code, stored.Code)
	page.Conflict.add("questionnaire.field.title", both(next.Title), both(stored.Title))
	page.Conflict.add("questionnaire.field.lead", both(next.Lead), both(stored.Lead))
	page.Form.values.Set("seen", seenOf(headOf(stored)))
	return s.sectionShow(c, who, f.Status, page)
}

// headPage edits what stands over a draft's sections: title, introduction,
// source, factors.
type headPage struct {
	StaffPage
	Form     form
	say      func(string, ...any) string
	Q        *survey.Questionnaire
	Langs    []survey.Lang
	Factors  []int // numbers of the rows
	Conflict *conflict
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
func (p headPage) Words(name, label string) []field {
	return wordFields(p.Form, p.say, p.Langs, name, label)
}

// Areas are Words for longer texts.
func (p headPage) Areas(name, label string) []field {
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
	if m, wrong := p.Form.errors["factors"]; wrong {
		return &m
	}
	return nil
}

// Path is the version's page.
func (p headPage) Path() string { return versionPath(p.Q.Ref()) }

func (s *Server) headEdit(c *fiber.Ctx, who *signedIn) error {
	q, err := s.draftOf(c)
	if err != nil {
		return err
	}
	typed := formWith("seen", seenOf(headOfForm(q)))
	typed.fill("title", q.Title)
	typed.fill("intro", q.Intro)
	typed.fill("source", q.Source)
	for i, f := range q.Factors {
		typed.values.Set(fmt.Sprintf("factor%dcode", i), f.Code)
		typed.fill(fmt.Sprintf("factor%d", i), f.Name)
	}
	return s.headShow(c, who, fiber.StatusOK, headPage{Q: q, Form: typed})
}

func (s *Server) headShow(c *fiber.Ctx, who *signedIn, status int, page headPage) error {
	ref := page.Q.Ref()
	page.StaffPage = s.staffPage(c, who, "questionnaire.head", "/staff/questionnaires", "questionnaire.list", versionPath(ref), ref.ID())
	page.Langs, page.say = questions.Languages(page.Q), s.Views.locales[viewOf(c).Lang].T
	// A language is added by writing the title in it; from then on every text
	// has a field for it.
	if add := survey.Lang(strings.ToLower(strings.TrimSpace(page.query.Get("add")))); add.Valid() && !slices.Contains(page.Langs, add) {
		page.Langs = append(page.Langs, add)
	}
	rows := len(page.Q.Factors)
	for page.FactorCode(rows) != "" {
		rows++
	}
	for i := range rows + factorRows {
		page.Factors = append(page.Factors, i)
	}
	return s.render(c, status, "staff/questionnaire_head", page)
}

func (s *Server) headSave(c *fiber.Ctx, who *signedIn) error {
	q, err := s.draftOf(c)
	if err != nil {
		return err
	}
	typed := formOf(c)
	page := headPage{Q: q, Form: typed}
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
		page.Form.errors = fields
		return s.headShow(c, who, fiber.StatusUnprocessableEntity, page)
	}
	var stored *survey.Questionnaire
	_, err = s.drafts().ChangeDraft(c.UserContext(), who.Actor(), q.Ref(), func(draft *survey.Questionnaire) error {
		if seenOf(headOfForm(draft)) != typed.Value("seen") {
			stored = draft
			return survey.NewError(survey.Conflict, "edit questionnaire", nil)
		}
		draft.Title, draft.Intro, draft.Source, draft.Factors = next.Title, next.Intro, next.Source, next.Factors
		return nil
	})
	if err == nil {
		return s.draftDone(c, q.Ref(), place{}, "questionnaire_saved")
	}
	f := failureOf(err, requestID(c))
	if f.Kind != survey.Conflict || stored == nil {
		return err
	}
	page.Conflict = &conflict{Reload: page.Path() + "/head"}
	page.Conflict.add("questionnaire.field.title", both(next.Title), both(stored.Title))
	page.Conflict.add("questionnaire.field.intro", both(next.Intro), both(stored.Intro))
	page.Conflict.add("questionnaire.field.source", both(next.Source), both(stored.Source))
	names := func(factors []survey.Factor) string {
		var all []string
		for _, f := range factors {
			all = append(all, f.Code+" ("+both(f.Name)+")")
		}
		return strings.Join(all, "; ")
	}
	page.Conflict.add("questionnaire.factors", names(next.Factors), names(stored.Factors))
	page.Form.values.Set("seen", seenOf(headOfForm(stored)))
	return s.headShow(c, who, f.Status, page)
}
