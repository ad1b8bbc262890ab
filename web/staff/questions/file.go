package questions

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/survey/source"
	"hailong/web/page"
	"hailong/web/staff"
)

// exportPage offers a version as a file, and says before the download what the
// file cannot hold.
type exportPage struct {
	staff.BasePage
	Q    *survey.Questionnaire
	Lost []survey.Message
}

// File is where a version is sent in a format.
func (p exportPage) File(format string) string { return versionPath(p.Q.Ref()) + "/export/" + format }

func (h *Handlers) exportShow(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.versionOf(c)
	if err != nil {
		return err
	}
	page := exportPage{Q: q}
	page.BasePage = h.NewPage(c, who, "questionnaire.export", "/staff/questionnaires", "questionnaire.list", versionPath(q.Ref()), q.Ref().ID())
	for _, l := range questions.LostInXLSForm(q) {
		page.Lost = append(page.Lost, survey.Message{Key: "questionnaire.lost." + l.Key, Args: l.Args})
	}
	return h.Render(c, fiber.StatusOK, "staff/questionnaire_export", page)
}

// versionExport sends a version as a file: YAML as the catalogue keeps it, or
// an XLSForm.
func (h *Handlers) versionExport(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.versionOf(c)
	if err != nil {
		return err
	}
	var content []byte
	format := c.Params("format")
	switch format {
	case "yaml":
		content, err = questions.WriteForm(q)
		c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	case "xlsx":
		var b bytes.Buffer
		err = questions.WriteXLSForm(&b, q, h.Catalog().Sectors)
		content = b.Bytes()
		c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	default:
		return fiber.ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := h.Audit.Record(c.UserContext(), who.Actor(), "questionnaire.export", "questionnaires/"+q.ID, nil, format); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+string(q.Code)+"-"+strconv.Itoa(q.Version)+"."+format+`"`)
	return c.Send(content)
}

// questionnaireImportPage takes a questionnaire from a file as a draft.
type questionnaireImportPage struct {
	staff.BasePage
	Form     page.Form
	Problems []fileProblem
	Lost     []lostPart      // what the file says and a questionnaire cannot
	Made     *survey.FormRef // the draft that the file became
}

// lostPart is something in a workbook that was not taken over, with its place.
type lostPart struct {
	Sheet   string
	Row     int
	Message survey.Message
}

// fileProblem is a mistake in a file, with its place.
type fileProblem struct {
	Line    int // 0: not of one line
	Message survey.Message
}

// Families are the families to choose from, for a file that does not say.
func (questionnaireImportPage) Families() []page.Choice {
	var options []page.Choice
	for _, f := range survey.Families {
		options = append(options, page.Choice{Value: string(f), Label: "family." + string(f)})
	}
	return options
}

func (h *Handlers) questionnaireImport(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.questionnaireImportShow(c, who, fiber.StatusOK, questionnaireImportPage{Form: page.FormWith("family", string(survey.Procedures))})
}

func (h *Handlers) questionnaireImportShow(c *fiber.Ctx, who *staff.SignedIn, status int, page questionnaireImportPage) error {
	page.BasePage = h.NewPage(c, who, "questionnaire.import", "/staff/questionnaires", "questionnaire.list")
	page.URLPath = "/staff/questionnaires/import"
	return h.Render(c, status, "staff/questionnaire_import", page)
}

// MadePath is where the draft is edited.
func (p questionnaireImportPage) MadePath() string { return versionPath(*p.Made) }

func (h *Handlers) questionnaireImportSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	view := questionnaireImportPage{Form: typed}
	name, content, kind, err := page.Upload(c, "file", page.ImportLimit, page.TextFile, page.WorkbookFile)
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			view.Form = wrong
			return h.questionnaireImportShow(c, who, fiber.StatusUnprocessableEntity, view)
		}
		return err
	}
	q, err := h.questionnaireRead(c.UserContext(), name, content, kind, &view)
	if err != nil {
		return err
	}
	// A workbook made elsewhere breaks rules of ours by nature: it becomes a
	// draft that says so. A file of our own format is mended where it is written.
	if len(view.Problems) > 0 && kind != page.WorkbookFile || q.Code == "" {
		return h.questionnaireImportShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	if !slices.Contains(who.Families(h.Catalog()), q.Family) {
		view.Problems = []fileProblem{{0, survey.Message{Key: "questionnaire.rule.unknown_family", Args: []any{string(q.Family)}}}}
		return h.questionnaireImportShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	draft, err := h.drafts.KeepDraft(c.UserContext(), who.Actor(), q, typed.Value("replace") != "")
	if m, ok := survey.FieldsOf(err)["code"]; ok {
		view.Problems = []fileProblem{{0, m}}
		return h.questionnaireImportShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return h.questionnaireImported(c, who, draft.Ref(), view)
}

// questionnaireRead reads a questionnaire from a file, and notes in the page
// what is wrong with the file and what a questionnaire cannot hold of it.
func (h *Handlers) questionnaireRead(ctx context.Context, name string, content []byte, kind page.FileKind, view *questionnaireImportPage) (survey.Questionnaire, error) {
	var q survey.Questionnaire
	var lost []questions.Lost
	var err error
	if kind == page.WorkbookFile {
		q, lost, err = questions.ReadXLSForm(ctx, content, survey.Family(view.Form.Value("family")), h.knownScales())
	} else {
		q, err = questions.ReadForm(name, content, h.knownScales())
	}
	for _, l := range lost {
		view.Lost = append(view.Lost, lostPart{l.Sheet, l.Row, survey.Message{Key: "questionnaire.lost." + l.Key, Args: l.Args}})
	}
	var problems source.Problems
	var unreadable *survey.Error
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			view.Problems = append(view.Problems, fileProblem{p.Line, ruleMessage(p)})
		}
	case errors.As(err, &unreadable):
		view.Problems = append(view.Problems, fileProblem{0, survey.Message{Key: unreadable.Key, Args: unreadable.Args}})
	default:
		return q, err
	}
	return q, nil
}

// questionnaireImported leads to the draft that a file became or, where not all
// of the file could be taken over, says first what is lost.
func (h *Handlers) questionnaireImported(c *fiber.Ctx, who *staff.SignedIn, ref survey.FormRef, view questionnaireImportPage) error {
	if len(view.Lost) == 0 {
		return h.draftDone(c, ref, focus{}, "questionnaire_imported")
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	view.Made, view.Problems = &ref, nil
	return h.questionnaireImportShow(c, who, fiber.StatusOK, view)
}
