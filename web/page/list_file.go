package page

import (
	"encoding/base64"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// importLimit bounds an uploaded list or questionnaire, keptLimit the form that
// carries one back.
const (
	ImportLimit = 4 << 20
	KeptLimit   = ImportLimit*4/3 + 1<<20
)

// ListFile is a list that somebody brings. It is read in two steps: first what
// it would change, then the change. Between the two it travels in the form of
// the preview, so that what was seen is what is done, and nothing is kept of a
// list that is not.
type ListFile struct {
	Name    string // as it was called
	Content []byte
	kind    FileKind
}

// ListOf returns the list that a form brings in the field "file", or carries
// from its preview. Invalid, at the field, if there is none that can be read.
func ListOf(c *fiber.Ctx, typed Form) (ListFile, error) {
	packed := typed.Raw("kept")
	if packed == "" {
		return ListIn(c, "file")
	}
	content, err := base64.RawURLEncoding.DecodeString(packed)
	kind := sniff(content)
	if err != nil || kind == "" {
		return ListFile{}, &survey.Error{Kind: survey.Invalid, Op: "take list", Fields: map[string]survey.Message{"file": {Key: "upload.missing"}}, Err: err}
	}
	return ListFile{typed.Value("kept_name"), content, kind}, nil
}

// ListIn returns the list that a form brings in a field. Errors are those of Upload.
func ListIn(c *fiber.Ctx, field string) (ListFile, error) {
	name, content, kind, err := Upload(c, field, ImportLimit, TextFile, WorkbookFile)
	return ListFile{name, content, kind}, err
}

// Packed is the list as a hidden field carries it.
func (f ListFile) Packed() string { return base64.RawURLEncoding.EncodeToString(f.Content) }

// Readable returns a file name with the extension of the list's real kind, for
// spreadsheet.ReadTable and the readers of package registry, which know a workbook
// from a text file by the extension. The name that the list came with may have
// another one.
func (f ListFile) Readable() string {
	if f.kind == WorkbookFile {
		return "list.xlsx"
	}
	return "list.csv"
}

// ListPage is part of a page that reads a list.
type ListPage struct {
	Form     Form
	Kept     *ListFile // of a preview; nil: no list was read yet
	Problems []survey.RowProblem
	Columns  string // what the keys of its columns begin with: "school.column."
}

// shownProblems is how many problems of a list are named.
const shownProblems = 50

// Shown are the problems that are named.
func (p ListPage) Shown() []survey.RowProblem {
	return p.Problems[:min(len(p.Problems), shownProblems)]
}

// Unshown is how many more there are.
func (p ListPage) Unshown() int { return len(p.Problems) - len(p.Shown()) }

// ColumnKey is the key of a column's name.
func (p ListPage) ColumnKey(column string) string { return p.Columns + strings.ToLower(column) }

// FileWrong is the form with what is wrong with its file, for an Invalid error
// that a reader of lists returned. ok is false for any other error.
func (f Form) FileWrong(err error) (_ Form, ok bool) {
	failed := FailureOf(err, "")
	if failed.Kind != survey.Invalid {
		return f, false
	}
	if f.FieldErrors = failed.Fields; len(f.FieldErrors) == 0 {
		f.FieldErrors = map[string]survey.Message{"file": failed.Message}
	}
	return f, true
}
