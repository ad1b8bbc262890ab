package exchange

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
var SheetLimits = excelize.Options{UnzipSizeLimit: 128 << 20, UnzipXMLSizeLimit: 64 << 20}

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
	f, err := excelize.OpenReader(bytes.NewReader(content), SheetLimits)
	if err != nil {
		return nil, fmt.Errorf("not a readable .xlsx file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return SheetRows(f, f.GetSheetName(0))
}

func SheetRows(f *excelize.File, sheet string) ([]Row, error) {
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

// ListColumn is a column of a list that offices bring, known by its header.
type ListColumn struct {
	Name     string      // of its cells in a ListRow
	Title    survey.Text // for messages
	Headers  []string    // in small letters
	Optional bool
}

// ListRow is a row of such a list: its cells by the names of columns.
type ListRow struct {
	Row   int // as a spreadsheet counts
	Cells map[string]string
}

// ReadList reads a list by its header. The error is Invalid with a key:
// "list.file_unreadable", "list.file_empty", "list.file_no_rows",
// "list.file_long" with the most rows there may be, or "list.file_columns" with
// the titles of the columns that are missing.
func ReadList(name string, content []byte, columns []ListColumn) ([]ListRow, error) {
	bad := func(key string, err error, args ...any) error {
		return &survey.Error{Kind: survey.Invalid, Op: "read list", Key: key, Args: args, Err: err}
	}
	table, err := ReadTable(name, content)
	switch {
	case err != nil:
		return nil, bad("list.file_unreadable", err)
	case len(table) == 0:
		return nil, bad("list.file_empty", nil)
	}
	at := map[string]int{}
	missing := map[survey.Lang][]string{}
	for _, c := range columns {
		at[c.Name] = slices.IndexFunc(table[0].Cells, func(header string) bool {
			return slices.Contains(c.Headers, strings.ToLower(header))
		})
		if at[c.Name] < 0 && !c.Optional {
			for lang, title := range c.Title {
				missing[lang] = append(missing[lang], title)
			}
		}
	}
	if len(missing) > 0 {
		titles := survey.Text{}
		for lang, words := range missing {
			titles[lang] = strings.Join(words, ", ")
		}
		return nil, bad("list.file_columns", nil, titles)
	}
	if len(table) == 1 {
		return nil, bad("list.file_no_rows", nil)
	}
	if len(table)-1 > MaxListRows {
		return nil, bad("list.file_long", nil, MaxListRows)
	}
	rows := make([]ListRow, len(table)-1)
	for i, r := range table[1:] {
		rows[i] = ListRow{r.Number, map[string]string{}}
		for _, c := range columns {
			if k := at[c.Name]; k >= 0 && k < len(r.Cells) {
				rows[i].Cells[c.Name] = r.Cells[k]
			}
		}
	}
	return rows, nil
}

// MaxListRows is how many rows a list may have.
const MaxListRows = 5000

// WriteCSV writes rows, the header first, as UTF-8 with a byte order mark, by
// which Excel knows it. No cell is taken for a formula by a spreadsheet.
func WriteCSV(w io.Writer, comma rune, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = comma, true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Defuse(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
