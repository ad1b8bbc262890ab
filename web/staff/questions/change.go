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

// draftStart begins the next version, or goes on with the one begun.
func (h *Handlers) draftStart(c *fiber.Ctx, who *staff.SignedIn) error {
	draft, err := h.drafts.StartDraft(c.UserContext(), who.Actor(), survey.FormCode(staff.Unescaped(c.Params("form"))))
	if err != nil {
		return err
	}
	return h.draftDone(c, draft.Ref(), focus{}, "questionnaire_begun")
}

// partMove moves a section or an item of a draft one place up or down; an item
// leaves its section at the ends.
func (h *Handlers) partMove(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	code, part, up := typed.Value("code"), typed.Value("part"), typed.Value("to") == "up"
	_, err = h.drafts.ChangeDraft(c.UserContext(), who.Actor(), q.Ref(), func(draft *survey.Questionnaire) error {
		if part == "section" {
			questions.MoveSection(draft, code, up)
		} else {
			questions.MoveItem(draft, code, up)
		}
		return nil
	})
	if err != nil {
		return err
	}
	at := focus{Part: "item", Code: code, Button: "down"}
	if part == "section" {
		at.Part = part
	}
	if up {
		at.Button = "up"
	}
	return h.draftDone(c, q.Ref(), at, "questionnaire_moved")
}

// partOf returns what a removal is about: a section or an item.
func partOf(q *survey.Questionnaire, part, code string) (label survey.Text, ok bool) {
	if part == "section" {
		if section := q.Section(code); section != nil {
			return section.Title, true
		}
		return nil, false
	}
	if it := q.Item(code); it != nil {
		return it.Label, true
	}
	return nil, false
}

func (h *Handlers) partConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	query := h.Page(c).Query
	part, code := query.Get("part"), query.Get("code")
	if code == "" {
		return c.Redirect(h.Page(c).Link(versionPath(q.Ref())), fiber.StatusSeeOther)
	}
	label, ok := partOf(q, part, code)
	if !ok {
		return fiber.ErrNotFound
	}
	key := "questionnaire.remove_item"
	if part == "section" {
		key = "questionnaire.remove_section"
	}
	var facts []survey.Message
	for _, it := range q.Items() {
		if slices.ContainsFunc(it.ShowIf, func(w survey.When) bool { return w.Item == code }) {
			facts = append(facts, survey.Message{Key: "questionnaire.remove_condition", Args: []any{it.Label}})
		}
	}
	ref, path := q.Ref(), versionPath(q.Ref())
	return h.Confirm(c, staff.Confirmation{
		BasePage: h.NewPage(c, who, key, "/staff/questionnaires", "questionnaire.list", path, ref.ID()),
		Text:     survey.Message{Key: key + ".text", Args: []any{label}}, Facts: facts,
		Action: path + "/remove", Button: key, Danger: true, Cancel: path,
		Fields: map[string]string{"part": part, "code": code},
	})
}

func (h *Handlers) partRemove(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	part, code := typed.Value("part"), typed.Value("code")
	beside := focusAfterRemoval(q, part, code)
	_, err = h.drafts.ChangeDraft(c.UserContext(), who.Actor(), q.Ref(), func(draft *survey.Questionnaire) error {
		if part == "section" {
			questions.RemoveSection(draft, code)
		} else {
			questions.RemoveItem(draft, code)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return h.draftDone(c, q.Ref(), beside, "questionnaire_removed")
}

// focusAfterRemoval is where somebody goes on who removes a part: at what follows it,
// else at what stands before it.
func focusAfterRemoval(q *survey.Questionnaire, part, code string) focus {
	var codes []string
	for _, section := range q.Sections {
		if part == "section" {
			codes = append(codes, section.Code)
			continue
		}
		codes = codes[:0]
		for _, it := range section.Items {
			codes = append(codes, it.Code)
		}
		if slices.Contains(codes, code) {
			if len(codes) == 1 {
				return focus{Part: "section", Code: section.Code}
			}
			break
		}
	}
	at := slices.Index(codes, code)
	switch {
	case at >= 0 && at+1 < len(codes):
		return focus{Part: part, Code: codes[at+1]}
	case at > 0:
		return focus{Part: part, Code: codes[at-1]}
	}
	return focus{}
}

func (h *Handlers) publishConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.draftConfirm(c, who, "publish", false, 0)
}

func (h *Handlers) discardConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.draftConfirm(c, who, "discard", true, 0)
}

// draftConfirm asks before a draft is published or discarded; seen is the
// revision of somebody who is asked again because the draft was changed, 0 at
// first.
func (h *Handlers) draftConfirm(c *fiber.Ctx, who *staff.SignedIn, what string, danger bool, seen int64) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	if what == "publish" {
		if rules := h.formRules(q); len(rules) > 0 {
			return c.Redirect(h.Page(c).Link(versionPath(q.Ref()))+"#rules", fiber.StatusSeeOther)
		}
	}
	path, key := versionPath(q.Ref()), "questionnaire."+what
	var facts []survey.Message
	if danger {
		facts = append(facts, survey.Message{Key: key + ".fact"})
	}
	page := staff.Confirmation{
		BasePage: h.NewPage(c, who, key, "/staff/questionnaires", "questionnaire.list", path, q.Ref().ID()),
		Text:     survey.Message{Key: key + ".text", Args: []any{q.Title, q.Version}}, Facts: facts,
		Action: path + "/" + what, Button: key, Danger: danger, Cancel: path,
		Fields: map[string]string{"rev": strconv.FormatInt(q.Rev, 10)},
	}
	if seen == 0 {
		return h.Confirm(c, page)
	}
	return h.ConfirmAgain(c, page, "questionnaires/"+q.ID, seen, q.Rev)
}

// draftConflict asks once more if somebody else changed the draft since it was
// seen; any other error is returned as it is.
func (h *Handlers) draftConflict(c *fiber.Ctx, who *staff.SignedIn, what string, danger bool, seen int64, err error) error {
	if !survey.Is(err, survey.Conflict) {
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.draftConfirm(c, who, what, danger, max(seen, 1))
}

func (h *Handlers) draftPublish(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	if rules := h.formRules(q); len(rules) > 0 {
		return &survey.Error{Kind: survey.Invalid, Op: "publish questionnaire", Key: "questionnaire.not_ready", Args: []any{len(rules)}}
	}
	seen := page.FormOf(c).Rev()
	if _, err := h.drafts.PublishForm(c.UserContext(), who.Actor(), q.Ref(), seen); err != nil {
		return h.draftConflict(c, who, "publish", false, seen, err)
	}
	return h.draftDone(c, q.Ref(), focus{}, "questionnaire_published")
}

func (h *Handlers) draftDiscard(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.draftOf(c)
	if err != nil {
		return err
	}
	seen := page.FormOf(c).Rev()
	if err := h.drafts.DiscardDraft(c.UserContext(), who.Actor(), q.Ref(), seen); err != nil {
		return h.draftConflict(c, who, "discard", true, seen, err)
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.Done(c, "/staff/questionnaires", "questionnaire_discarded")
}

// comparePage shows what was changed between two versions.
type comparePage struct {
	staff.BasePage
	Form    page.Form
	Q       *survey.Questionnaire
	With    *survey.Questionnaire
	Changes []formChange
	others  []page.Choice
}

// formChange is a change with its values line by line.
type formChange struct {
	questions.FormChange
	Was, Is []string
}

// Others are the versions to compare with.
func (p comparePage) Others() []page.Choice { return p.others }

func (h *Handlers) versionCompare(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.versionOf(c)
	if err != nil {
		return err
	}
	view := comparePage{Q: q}
	path := versionPath(q.Ref())
	view.BasePage = h.NewPage(c, who, "questionnaire.compare", "/staff/questionnaires", "questionnaire.list", path, q.Ref().ID())
	l := h.Views.Locales[view.Lang]
	with, _ := strconv.Atoi(view.Query.Get("with"))
	for _, v := range versions(h.Catalog(), q.Code) {
		if v.Version == q.Version {
			continue
		}
		view.others = append(view.others, page.Choice{Value: strconv.Itoa(v.Version), Label: l.T("questionnaire.version", v.Version)})
		if view.With == nil || v.Version == with {
			view.With = v
		}
	}
	if view.With != nil {
		view.Form = page.FormWith("with", strconv.Itoa(view.With.Version))
		before, after := view.With, q
		if before.Version > after.Version {
			before, after = after, before
		}
		for _, change := range questions.CompareForms(before, after) {
			view.Changes = append(view.Changes, formChange{change, strings.Split(change.Before, "\n"), strings.Split(change.After, "\n")})
		}
	}
	return h.Render(c, fiber.StatusOK, "staff/questionnaire_compare", view)
}
