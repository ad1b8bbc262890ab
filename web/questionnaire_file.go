package web

import (
	"bytes"
	"errors"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/catalog"
)

// exportPage offers a version as a file, and says before the download what the
// file cannot hold.
type exportPage struct {
	StaffPage
	Q    *survey.Questionnaire
	Lost []survey.Message
}

// File is where a version is sent in a format.
func (p exportPage) File(format string) string { return versionPath(p.Q.Ref()) + "/export/" + format }

func (s *Server) exportShow(c *fiber.Ctx, who *signedIn) error {
	q, err := s.versionOf(c)
	if err != nil {
		return err
	}
	page := exportPage{Q: q}
	page.StaffPage = s.staffPage(c, who, "questionnaire.export", "/staff/questionnaires", "questionnaire.list", versionPath(q.Ref()), q.Ref().ID())
	for _, l := range catalog.LostInXLSForm(q) {
		page.Lost = append(page.Lost, survey.Message{Key: "questionnaire.lost." + l.Key, Args: l.Args})
	}
	return s.render(c, fiber.StatusOK, "staff/questionnaire_export", page)
}

// versionExport sends a version as a file: YAML as the catalogue keeps it, or
// an XLSForm.
func (s *Server) versionExport(c *fiber.Ctx, who *signedIn) error {
	q, err := s.versionOf(c)
	if err != nil {
		return err
	}
	var content []byte
	format := c.Params("format")
	switch format {
	case "yaml":
		content, err = catalog.WriteForm(q)
		c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	case "xlsx":
		var b bytes.Buffer
		err = catalog.WriteXLSForm(&b, q, s.Catalog().Sectors)
		content = b.Bytes()
		c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	default:
		return fiber.ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := s.audit.Record(c.UserContext(), who.Actor(), "questionnaire.export", "questionnaires/"+q.ID, nil, format); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+string(q.Code)+"-"+strconv.Itoa(q.Version)+"."+format+`"`)
	return c.Send(content)
}

// questionnaireImportPage takes a questionnaire from a file as a draft.
type questionnaireImportPage struct {
	StaffPage
	Form     form
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
func (questionnaireImportPage) Families() []option {
	var options []option
	for _, f := range survey.Families {
		options = append(options, option{Value: string(f), Label: "family." + string(f)})
	}
	return options
}

func (s *Server) questionnaireImport(c *fiber.Ctx, who *signedIn) error {
	return s.questionnaireImportShow(c, who, fiber.StatusOK, questionnaireImportPage{Form: formWith("family", string(survey.Procedures))})
}

func (s *Server) questionnaireImportShow(c *fiber.Ctx, who *signedIn, status int, page questionnaireImportPage) error {
	page.StaffPage = s.staffPage(c, who, "questionnaire.import", "/staff/questionnaires", "questionnaire.list")
	page.path = "/staff/questionnaires/import"
	return s.render(c, status, "staff/questionnaire_import", page)
}

// MadePath is where the draft is edited.
func (p questionnaireImportPage) MadePath() string { return versionPath(*p.Made) }

func (s *Server) questionnaireTake(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	page := questionnaireImportPage{Form: typed}
	name, content, kind, err := upload(c, "file", importLimit, textFile, workbookFile)
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			page.Form = wrong
			return s.questionnaireImportShow(c, who, fiber.StatusUnprocessableEntity, page)
		}
		return err
	}
	var q survey.Questionnaire
	var problems catalog.Problems
	if kind == workbookFile {
		var lost []catalog.Lost
		q, lost, err = catalog.ReadXLSForm(content, survey.Family(typed.Value("family")), s.knownScales())
		for _, l := range lost {
			page.Lost = append(page.Lost, lostPart{l.Sheet, l.Row, survey.Message{Key: "questionnaire.lost." + l.Key, Args: l.Args}})
		}
	} else {
		q, err = catalog.ReadForm(name, content, s.knownScales())
	}
	if errors.As(err, &problems) {
		for _, p := range problems {
			page.Problems = append(page.Problems, fileProblem{p.Line, ruleMessage(p)})
		}
	} else if err != nil {
		page.Problems = append(page.Problems, fileProblem{0, survey.Message{Key: "questionnaire.rule.other", Args: []any{err.Error()}}})
	}
	// A workbook made elsewhere breaks rules of ours by nature: it becomes a
	// draft that says so. A file of our own format is mended where it is written.
	if len(page.Problems) > 0 && kind != workbookFile || q.Code == "" {
		return s.questionnaireImportShow(c, who, fiber.StatusUnprocessableEntity, page)
	}
	if !slices.Contains(who.families(s.Catalog()), q.Family) {
		page.Problems = []fileProblem{{0, survey.Message{Key: "questionnaire.rule.unknown_family", Args: []any{string(q.Family)}}}}
		return s.questionnaireImportShow(c, who, fiber.StatusUnprocessableEntity, page)
	}
	draft, err := s.drafts().KeepDraft(c.UserContext(), who.Actor(), q, typed.Value("replace") != "")
	if err != nil {
		f := failureOf(err, requestID(c))
		if m, ok := f.Fields["code"]; ok {
			page.Problems = []fileProblem{{0, m}}
			return s.questionnaireImportShow(c, who, f.Status, page)
		}
		return err
	}
	if len(page.Lost) == 0 {
		return s.draftDone(c, draft.Ref(), place{}, "questionnaire_imported")
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	ref := draft.Ref()
	page.Made, page.Problems = &ref, nil
	return s.questionnaireImportShow(c, who, fiber.StatusOK, page)
}
