package web

import (
	"encoding/base64"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// importLimit bounds an uploaded list or questionnaire, keptLimit the form that
// carries one back.
const (
	importLimit = 4 << 20
	keptLimit   = importLimit*4/3 + 1<<20
)

// listFile is a list that somebody brings. It is read in two steps: first what
// it would change, then the change. Between the two it travels in the form of
// the preview, so that what was seen is what is done, and nothing is kept of a
// list that is not.
type listFile struct {
	Name    string // as it was called
	Content []byte
	kind    fileKind
}

// listOf returns the list that a form brings in the field "file", or carries
// from its preview. Invalid, at the field, if there is none that can be read.
func listOf(c *fiber.Ctx, typed form) (listFile, error) {
	packed := typed.Raw("kept")
	if packed == "" {
		name, content, kind, err := upload(c, "file", importLimit, textFile, workbookFile)
		return listFile{name, content, kind}, err
	}
	content, err := base64.RawURLEncoding.DecodeString(packed)
	kind := sniff(content)
	if err != nil || kind == "" {
		return listFile{}, &survey.Error{Kind: survey.Invalid, Op: "take list", Fields: map[string]survey.Message{"file": {Key: "upload.missing"}}, Err: err}
	}
	return listFile{typed.Value("kept_name"), content, kind}, nil
}

// Packed is the list as a hidden field carries it.
func (f listFile) Packed() string { return base64.RawURLEncoding.EncodeToString(f.Content) }

// readable is a name by which package catalog knows the kind, which was told by
// the content.
func (f listFile) readable() string {
	if f.kind == workbookFile {
		return "list.xlsx"
	}
	return "list.csv"
}

// listPage is part of a page that reads a list.
type listPage struct {
	Form     form
	Kept     *listFile // of a preview; nil: no list was read yet
	Problems []survey.RowProblem
	Columns  string // what the keys of its columns begin with: "school.column."
}

// shownProblems is how many problems of a list are named.
const shownProblems = 50

// Shown are the problems that are named.
func (p listPage) Shown() []survey.RowProblem {
	return p.Problems[:min(len(p.Problems), shownProblems)]
}

// Unshown is how many more there are.
func (p listPage) Unshown() int { return len(p.Problems) - len(p.Shown()) }

// columnKey is the key of a column's name.
func (p listPage) ColumnKey(column string) string { return p.Columns + strings.ToLower(column) }

// fileWrong is the form with what is wrong with its file, for an Invalid error
// that a reader of lists returned. ok is false for any other error.
func (f form) fileWrong(err error) (_ form, ok bool) {
	failed := failureOf(err, "")
	if failed.Kind != survey.Invalid {
		return f, false
	}
	if f.errors = failed.Fields; len(f.errors) == 0 {
		f.errors = map[string]survey.Message{"file": failed.Message}
	}
	return f, true
}
