package questions

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/web/page"
	"hailong/web/staff"
)

// questionnaireListPage is the questionnaires of a person's families.
type questionnaireListPage struct {
	staff.BasePage
	Groups []questionnaireGroup
}

// questionnaireGroup is the questionnaires of a family.
type questionnaireGroup struct {
	Family survey.Family
	Forms  []questionnaireRow
}

// questionnaireRow is a questionnaire with its newest versions.
type questionnaireRow struct {
	Code   survey.FormCode
	Title  survey.Text
	Latest *survey.Questionnaire // nil: not published yet
	Draft  *survey.Questionnaire // nil: none
	Items  int
}

// versions returns the published versions of a form, newest first.
func versions(c *survey.Catalog, code survey.FormCode) []*survey.Questionnaire {
	var all []*survey.Questionnaire
	for i := range c.Questionnaires {
		if c.Questionnaires[i].Code == code {
			all = append(all, &c.Questionnaires[i])
		}
	}
	slices.SortFunc(all, func(a, b *survey.Questionnaire) int { return b.Version - a.Version })
	return all
}

func (h *Handlers) questionnaireList(c *fiber.Ctx, who *staff.SignedIn) error {
	page := questionnaireListPage{BasePage: h.NewPage(c, who, "questionnaire.list")}
	catalog := h.Catalog()
	for _, family := range who.Families(catalog) {
		group := questionnaireGroup{Family: family}
		seen := map[survey.FormCode]bool{}
		for _, all := range [][]survey.Questionnaire{catalog.Questionnaires, catalog.Drafts} {
			for i := range all {
				q := &all[i]
				if q.Family != family || seen[q.Code] {
					continue
				}
				seen[q.Code] = true
				row := questionnaireRow{Code: q.Code, Title: q.Title, Latest: catalog.Latest(q.Code), Draft: catalog.Draft(q.Code)}
				if row.Latest != nil {
					row.Title, row.Items = row.Latest.Title, len(row.Latest.Items())
				} else {
					row.Items = len(q.Items())
				}
				group.Forms = append(group.Forms, row)
			}
		}
		page.Groups = append(page.Groups, group)
	}
	return h.Render(c, fiber.StatusOK, "staff/questionnaires", page)
}

// questionnaireNewPage begins a questionnaire from nothing.
type questionnaireNewPage struct {
	staff.BasePage
	Form     page.Form
	families []survey.Family
}

// Families are the families to choose from.
func (p questionnaireNewPage) Families() []page.Choice {
	options := make([]page.Choice, len(p.families))
	for i, f := range p.families {
		options[i] = page.Choice{Value: string(f), Label: "family." + string(f)}
	}
	return options
}

// Levels are the levels of a form about education.
func (questionnaireNewPage) Levels() []page.Choice {
	return append([]page.Choice{staff.Blank("questionnaire.no_level")}, staff.LevelChoices()...)
}

func (h *Handlers) questionnaireNew(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.questionnaireNewShow(c, who, fiber.StatusOK, page.FormWith())
}

func (h *Handlers) questionnaireNewShow(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form) error {
	page := questionnaireNewPage{BasePage: h.NewPage(c, who, "questionnaire.new", "/staff/questionnaires", "questionnaire.list"), Form: typed}
	page.URLPath, page.families = "/staff/questionnaires/new", who.Families(h.Catalog())
	return h.Render(c, status, "staff/questionnaire_new", page)
}

// newForm is the least that a questionnaire of ours holds: the one overall
// question, on the five-point scale that all share.
func (h *Handlers) newForm(typed page.Form) survey.Questionnaire {
	q := survey.Questionnaire{
		Code: survey.FormCode(typed.Value("code")), Family: survey.Family(typed.Value("family")), Level: survey.SchoolLevel(typed.Value("level")),
		Title: typed.Words("title"),
	}
	l := h.Views.Locales
	words := func(key string) survey.Text {
		return survey.Text{survey.Vietnamese: l[survey.Vietnamese].T(key), survey.English: l[survey.English].T(key)}
	}
	q.Intro, q.Source = words("questionnaire.start.intro"), words("questionnaire.start.source")
	item := survey.Item{Code: "overall", Type: survey.ScaleItem, Label: words("questionnaire.start.overall"), Required: true, Overall: true}
	for _, scale := range h.knownScales() {
		if len(scale.Points) == 5 && item.Scale == "" {
			item.Scale, q.Scales = scale.ID, []survey.Scale{scale}
		}
	}
	q.Sections = []survey.Section{{Code: "opinion", Title: words("questionnaire.start.section"), Items: []survey.Item{item}}}
	return q
}

// knownScales are the scales that any questionnaire uses.
func (h *Handlers) knownScales() []survey.Scale {
	var scales []survey.Scale
	seen := map[string]bool{}
	for _, q := range h.Catalog().Questionnaires {
		for _, scale := range q.Scales {
			if !seen[scale.ID] {
				seen[scale.ID] = true
				scales = append(scales, scale)
			}
		}
	}
	slices.SortFunc(scales, func(a, b survey.Scale) int { return strings.Compare(b.ID, a.ID) }) // satisfaction… first
	return scales
}

func (h *Handlers) questionnaireCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	q := h.newForm(typed)
	if wrong := h.newFormFaults(who, &q); len(wrong) > 0 {
		typed.FieldErrors = wrong
		return h.questionnaireNewShow(c, who, fiber.StatusUnprocessableEntity, typed)
	}
	draft, err := h.drafts.KeepDraft(c.UserContext(), who.Actor(), q, false)
	if err != nil {
		return err
	}
	return h.draftDone(c, draft.Ref(), focus{}, "questionnaire_begun")
}

// newFormFaults is what is wrong with the fields of a new questionnaire.
func (h *Handlers) newFormFaults(who *staff.SignedIn, q *survey.Questionnaire) survey.Fields {
	fields, catalog := survey.Fields{}, h.Catalog()
	switch {
	case !questions.FormCodeShape.MatchString(string(q.Code)):
		fields.Add("code", "questionnaire.rule.bad_code", string(q.Code))
	case catalog.Latest(q.Code) != nil || catalog.Draft(q.Code) != nil:
		fields.Add("code", "questionnaire.code_taken")
	}
	if !slices.Contains(who.Families(catalog), q.Family) {
		fields.Add("family", "answer.unknown_choice")
	}
	if (q.Family == survey.Education) != (q.Level != "") {
		fields.Add("level", "questionnaire.rule.level_family", "")
	}
	if q.Title[survey.Vietnamese] == "" {
		fields.Add("title.vi", "unit.no_name")
	}
	return fields
}

// draftDone leads back to a draft, at a part of it.
func (h *Handlers) draftDone(c *fiber.Ctx, ref survey.FormRef, at focus, what string) error {
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	path := versionPath(ref)
	if at.Part != "" {
		path += "?" + page.AsQuery("at", at.String())
	}
	return h.Done(c, path, what)
}

// focus is where somebody is in the editor, so that the page begins with the
// keyboard there and not at its top.
type focus struct {
	Part, Code string // "item" or "section"
	Button     string // "up" or "down"; "": the link to edit it
}

// String is the place in an address; codes hold no dot.
func (p focus) String() string { return p.Part + "." + p.Code + "." + p.Button }

func parseFocus(s string) focus {
	part, rest, _ := strings.Cut(s, ".")
	code, button, _ := strings.Cut(rest, ".")
	return focus{part, code, button}
}

// versionPath is where a version is seen and edited.
func versionPath(ref survey.FormRef) string {
	return "/staff/questionnaires/" + string(ref.Code) + "/" + strconv.Itoa(ref.Version)
}
