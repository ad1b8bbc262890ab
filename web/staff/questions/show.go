package questions

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/survey/source"
	"hailong/web/page"
	"hailong/web/staff"
)

// questionnairePage is a questionnaire with its versions.
type questionnairePage struct {
	staff.BasePage
	Code     survey.FormCode
	Draft    *survey.Questionnaire
	Versions []questionnaireUse
}

// questionnaireUse is a published version and the campaigns that ask it.
type questionnaireUse struct {
	*survey.Questionnaire
	Campaigns []survey.Text
}

// Path is where a version is seen.
func (u questionnaireUse) Path() string { return versionPath(u.Ref()) }

func (h *Handlers) questionnaireShow(c *fiber.Ctx, who *staff.SignedIn) error {
	known := h.Catalog()
	code := survey.FormCode(staff.Unescaped(c.Params("form")))
	view := questionnairePage{Code: code, Draft: known.Draft(code)}
	for _, q := range versions(known, code) {
		use := questionnaireUse{Questionnaire: q}
		for i := range known.Campaigns {
			if ref, asks := known.Campaigns[i].Form(code); asks && ref == q.Ref() {
				use.Campaigns = append(use.Campaigns, known.Campaigns[i].Title)
			}
		}
		view.Versions = append(view.Versions, use)
	}
	newest := view.Draft
	if len(view.Versions) > 0 {
		newest = view.Versions[0].Questionnaire
	}
	view.BasePage = h.NewPage(c, who, newest.Title.In(page.ViewOf(c).Lang), "/staff/questionnaires", "questionnaire.list")
	return h.Render(c, fiber.StatusOK, "staff/questionnaire", view)
}

// Path is where the draft is edited.
func (p questionnairePage) Path() string { return versionPath(p.Draft.Ref()) }

// versionOf returns the version that a path names, draft or published.
func (h *Handlers) versionOf(c *fiber.Ctx) (*survey.Questionnaire, error) {
	known := h.Catalog()
	number, _ := strconv.Atoi(c.Params("version"))
	ref := survey.FormRef{Code: survey.FormCode(staff.Unescaped(c.Params("form"))), Version: number}
	if q := known.Questionnaire(ref); q != nil {
		return q, nil
	}
	if q := known.Draft(ref.Code); q != nil && q.Version == number {
		return q, nil
	}
	return nil, fiber.ErrNotFound
}

// draftOf returns the draft that a path names; Conflict if it is published.
func (h *Handlers) draftOf(c *fiber.Ctx) (*survey.Questionnaire, error) {
	q, err := h.versionOf(c)
	if err == nil && !q.Draft {
		return nil, &survey.Error{Kind: survey.Conflict, Op: "edit questionnaire", Key: "questionnaire.frozen"}
	}
	return q, err
}

// versionPage is one version: what it asks, and, where it is a draft, the ways
// to change it.
type versionPage struct {
	staff.BasePage
	Form     *survey.Questionnaire
	Edit     bool // a draft, before somebody who may edit it
	Problems []formRule
	Previous int // the version that it can be compared with, 0: none
	At       focus
}

// formRule is a broken rule, in words, with where to mend it.
type formRule struct {
	Message survey.Message
	Path    string // of the page where it is mended
	Where   string // code of the item or section
}

// Path is the address of a page of this version.
func (p versionPage) Path(parts ...string) string {
	return strings.Join(append([]string{versionPath(p.Form.Ref())}, parts...), "/")
}

// Scored counts the items of the index.
func (p versionPage) Scored() int {
	n := 0
	for _, it := range p.Form.Items() {
		if it.Factor != "" {
			n++
		}
	}
	return n
}

// Factor is the name of a factor.
func (p versionPage) Factor(code string) survey.Text {
	for _, f := range p.Form.Factors {
		if f.Code == code {
			return f.Name
		}
	}
	return survey.Text{survey.Vietnamese: code}
}

func (h *Handlers) versionShow(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.versionOf(c)
	if err != nil {
		return err
	}
	view := versionPage{Form: q, Edit: q.Draft && who.May(survey.EditForms) && who.Covers(h.Catalog(), survey.Everywhere().In(q.Family))}
	title := h.Views.Locales[page.ViewOf(c).Lang].T("questionnaire.version_of", q.Title, q.Version)
	view.BasePage = h.NewPage(c, who, title, "/staff/questionnaires", "questionnaire.list", "/staff/questionnaires/"+string(q.Code), string(q.Code))
	view.At = parseFocus(view.Query.Get("at"))
	view.Query.Del("at")
	if q.Draft {
		view.Problems = h.formRules(q)
	}
	for _, v := range versions(h.Catalog(), q.Code) {
		if v.Version < q.Version {
			view.Previous = max(view.Previous, v.Version)
		}
	}
	return h.Render(c, fiber.StatusOK, "staff/questionnaire_version", view)
}

var rulePlace = regexp.MustCompile(`^\$\.(sections|factors|scales)\[(\d+)\](?:\.items\[(\d+)\])?`)

// formRules are the rules that a draft breaks, each with where to mend it.
func (h *Handlers) formRules(q *survey.Questionnaire) []formRule {
	var rules []formRule
	for _, p := range questions.CheckForm(*q, h.Catalog().Questionnaires) {
		rule := formRule{Message: ruleMessage(p), Path: versionPath(q.Ref()) + "/head"}
		if m := rulePlace.FindStringSubmatch(p.Path); m != nil && m[1] == "sections" {
			section, _ := strconv.Atoi(m[2])
			rule.Where = q.Sections[section].Code
			rule.Path = versionPath(q.Ref()) + "/sections/" + rule.Where
			if m[3] != "" {
				item, _ := strconv.Atoi(m[3])
				rule.Where = q.Sections[section].Items[item].Code
				rule.Path = versionPath(q.Ref()) + "/items/" + rule.Where
			}
		}
		rules = append(rules, rule)
	}
	return rules
}

// ruleMessage is a problem of the catalogue for translation; one that has no
// key of its own is about YAML itself and stays as the parser said it.
func ruleMessage(p source.Problem) survey.Message {
	switch {
	case p.Key == "" && p.Path == "": // it could not even be decoded
		return survey.Message{Key: "questionnaire.rule.unreadable", Args: []any{p.Text}}
	case p.Key == "":
		return survey.Message{Key: "questionnaire.rule.other", Args: []any{p.Text}}
	}
	args := make([]any, len(p.Args))
	for i, a := range p.Args {
		switch v := a.(type) {
		case survey.Lang:
			args[i] = string(v)
		case survey.Family:
			args[i] = string(v)
		case survey.FormCode:
			args[i] = string(v)
		case survey.SchoolLevel:
			args[i] = string(v)
		case survey.ItemType:
			args[i] = string(v)
		default:
			args[i] = a
		}
	}
	return survey.Message{Key: "questionnaire.rule." + p.Key, Args: args}
}

// moveButtons are the two buttons that move a part of a draft.
type moveButtons struct {
	Action, CSRF, Part, Code string
	Label                    survey.Text
	Focus                    string // the button that was pressed last, "up" or "down"
}

// MoveButtons is the pair of buttons that moves a part.
func (p versionPage) MoveButtons(part, code string, label survey.Text) moveButtons {
	m := moveButtons{Action: p.Link(p.Path("move")), CSRF: p.CSRF, Part: part, Code: code, Label: label}
	if p.Here(part, code) {
		m.Focus = p.At.Button
	}
	return m
}

// Here reports whether a part is the one that was changed last.
func (p versionPage) Here(part, code string) bool { return p.At.Part == part && p.At.Code == code }

// Edits reports whether the page begins at the link that edits a part.
func (p versionPage) Edits(part, code string) bool { return p.Here(part, code) && p.At.Button == "" }
