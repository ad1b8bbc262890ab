package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"hailong/survey"
)

// Row is a row of a list, its cells composed and trimmed.
type Row struct {
	Number int // as a spreadsheet counts: from 1, the header included
	Cells  []string
}

// Limits of an Excel file, which is compressed: unpacking must not fill memory.
var sheetLimits = excelize.Options{UnzipSizeLimit: 128 << 20, UnzipXMLSizeLimit: 64 << 20}

// ReadTable reads a list out of a CSV file or of the first sheet of an Excel
// file, as the name's ending tells, without the rows that are empty. CSV may be
// separated by commas, semicolons or tabs.
func ReadTable(name string, content []byte) ([]Row, error) {
	var rows []Row
	var err error
	if strings.EqualFold(path.Ext(name), ".xlsx") {
		rows, err = readXLSX(content)
	} else {
		rows, err = readCSV(content)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, r := range rows {
		for i, cell := range r.Cells {
			r.Cells[i] = strings.TrimSpace(norm.NFC.String(cell))
		}
	}
	return slices.DeleteFunc(rows, func(r Row) bool {
		return !slices.ContainsFunc(r.Cells, func(cell string) bool { return cell != "" })
	}), nil
}

func readCSV(content []byte) ([]Row, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		return nil, errors.New("not UTF-8 text; save the list as “CSV UTF-8” or as .xlsx")
	}
	reader := csv.NewReader(bytes.NewReader(content))
	reader.Comma = Separator(content)
	reader.FieldsPerRecord = -1
	var rows []Row
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := reader.FieldPos(0)
		rows = append(rows, Row{line, cells})
	}
}

// Separator is the one of comma, semicolon and tab that the header of a CSV
// file uses most.
func Separator(content []byte) rune {
	header, _, _ := bytes.Cut(content, []byte("\n"))
	best, most := ',', bytes.Count(header, []byte(","))
	for _, c := range []rune{';', '\t'} {
		if n := bytes.Count(header, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

func readXLSX(content []byte) (rows []Row, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(content), sheetLimits)
	if err != nil {
		return nil, fmt.Errorf("not a readable .xlsx file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return sheetRows(f, f.GetSheetName(0))
}

func sheetRows(f *excelize.File, sheet string) ([]Row, error) {
	cells, err := f.GetRows(sheet)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(cells))
	for i := range cells {
		rows[i] = Row{i + 1, cells[i]}
	}
	return rows, nil
}

// schoolColumns are the headers under which a column of a list of schools may
// stand.
var schoolColumns = []struct {
	name    string
	headers []string
}{
	{"name", []string{"name", "tên trường", "tên", "trường"}},
	{"level", []string{"level", "cấp học", "cấp"}},
	{"unit", []string{"unit", "xã", "xã, thị trấn", "đơn vị"}},
	{"code", []string{"code", "mã", "mã trường"}},
}

// ReadSchools reads a list of schools by its header. The error is Invalid with
// a key: "school.file_unreadable", "school.file_empty", "school.file_no_rows",
// or "school.file_columns" with the names of the columns that are missing.
func ReadSchools(name string, content []byte) ([]survey.SchoolRow, error) {
	bad := func(key string, err error, args ...any) error {
		return &survey.Error{Kind: survey.Invalid, Op: "read list of schools", Key: key, Args: args, Err: err}
	}
	table, err := ReadTable(name, content)
	switch {
	case err != nil:
		return nil, bad("school.file_unreadable", err)
	case len(table) == 0:
		return nil, bad("school.file_empty", nil)
	}
	column := map[string]int{}
	var missing []any
	for _, c := range schoolColumns {
		column[c.name] = slices.IndexFunc(table[0].Cells, func(header string) bool {
			return slices.Contains(c.headers, strings.ToLower(header))
		})
		if column[c.name] < 0 {
			missing = append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		return nil, bad("school.file_columns", nil, missing...)
	}
	var rows []survey.SchoolRow
	for _, r := range table[1:] {
		cell := func(name string) string {
			if i := column[name]; i < len(r.Cells) {
				return r.Cells[i]
			}
			return ""
		}
		rows = append(rows, survey.SchoolRow{Row: r.Number, Name: cell("name"), Level: cell("level"), Unit: cell("unit"), Code: cell("code")})
	}
	if len(rows) == 0 {
		return nil, bad("school.file_no_rows", nil)
	}
	return rows, nil
}
