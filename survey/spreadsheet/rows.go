package spreadsheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// Row is a row of a file.
type Row struct {
	Number int // as a spreadsheet counts: from 1, the header and blank rows included
	Cells  []string
}

// Blank reports whether no cell holds anything but white space.
func (r Row) Blank() bool {
	return !slices.ContainsFunc(r.Cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// What may be wrong with a file as a whole.
var (
	ErrEmpty       = errors.New("tệp trống / the file is empty")
	ErrNotUTF8     = errors.New("không phải văn bản UTF-8; xin lưu tệp dạng “CSV UTF-8” hoặc .xlsx / not UTF-8 text; save the file as “CSV UTF-8” or as .xlsx")
	ErrNotWorkbook = errors.New("không đọc được tệp .xlsx này; xin mở bằng Excel rồi lưu lại, hoặc lưu dạng “CSV UTF-8” / not a readable .xlsx file; save it again as an Excel workbook, or as “CSV UTF-8”")
)

// workbookError is ErrNotWorkbook without the words of its cause, which are
// not for people.
type workbookError struct{ cause error }

func (e workbookError) Error() string { return ErrNotWorkbook.Error() }

func (e workbookError) Unwrap() []error { return []error{ErrNotWorkbook, e.cause} }

// Rows gives the rows of a CSV file or of an Excel workbook one by one.
type Rows struct {
	source  rowSource
	columns int // how many there may be
}

// rowSource gives rows, and then io.EOF. The cells may be reused for the next row.
type rowSource interface {
	next() (Row, error)
	name() string // of the sheet that the last row was of, empty if there are none
	io.Closer
}

// OpenRows opens a CSV or, by the ending of its name, an Excel file of any
// length. Of a workbook the first sheet is read, and those on which an export
// goes on; dates and numbers are as they are stored, not as they are shown.
// An error is ErrNotWorkbook, ErrTooLarge, or one of the file system. The caller
// closes the rows.
func OpenRows(name string) (*Rows, error) {
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	if !isWorkbook(name) {
		source, err := newCSVRows(file)
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		source.Closer = file
		return &Rows{source, MaxResponseColumns}, nil
	}
	source, err := openSheets(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return &Rows{source, MaxResponseColumns}, nil
}

// Next returns the next row, blank ones too, and io.EOF after the last. The
// cells are overwritten by the next call. An error may be ErrNotUTF8,
// ErrNotWorkbook or ErrTooLarge.
func (r *Rows) Next() (Row, error) {
	row, err := r.source.next()
	if err == nil && len(row.Cells) > r.columns {
		column, _ := excelize.ColumnNumberToName(min(len(row.Cells), excelize.MaxColumns)) // it is between 1 and the last
		return Row{}, tooLarge("file.columns", r.source.name(), row.Number, len(row.Cells), column, r.columns)
	}
	return row, err
}

// Close closes the file.
func (r *Rows) Close() error { return r.source.Close() }

// ReadTable reads a table out of a CSV file or of the first sheet of an Excel
// file, as the ending of the name tells. Cells are composed and trimmed, blank
// rows are left out. CSV may be separated by commas, semicolons or tabs. There may
// be MaxColumns columns and most rows, MaxUploadRows or MaxFileRows. An error may be
// ErrNotUTF8, ErrNotWorkbook, ErrTooLarge, or that of the context.
func ReadTable(ctx context.Context, name string, content []byte, most int) (table []Row, err error) {
	if isWorkbook(name) {
		err = openWorkbook(content, func(file *excelize.File) error {
			table, err = readSheet(ctx, file, file.GetSheetName(0), most)
			return err
		})
	} else {
		var source *csvRows
		if source, err = newCSVRows(bytes.NewReader(content)); err == nil {
			table, err = (&Rows{source, MaxColumns}).all(ctx, most)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return table, nil
}

// ReadWorkbook reads sheets of an Excel file as ReadTable does, by their names in
// small letters. Those that are not asked for, and those that are not there, are left
// out. An error may be ErrNotWorkbook, ErrTooLarge, or that of the context.
func ReadWorkbook(ctx context.Context, content []byte, names ...string) (sheets map[string][]Row, err error) {
	sheets = map[string][]Row{}
	err = openWorkbook(content, func(file *excelize.File) error {
		for _, name := range file.GetSheetList() {
			if !slices.Contains(names, strings.ToLower(name)) {
				continue
			}
			table, err := readSheet(ctx, file, name, MaxUploadRows)
			if err != nil {
				return err
			}
			sheets[strings.ToLower(name)] = table
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sheets, nil
}

// all reads the rows that are not blank into memory.
func (r *Rows) all(ctx context.Context, most int) ([]Row, error) {
	var table []Row
	for cells := 0; ; {
		if err := ctx.Err(); err != nil { // who asked has gone, or the time is over
			return nil, err
		}
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if err != nil {
			return nil, err
		}
		if row.Blank() {
			continue
		}
		if len(table) == most {
			return nil, tooLarge("file.rows", most)
		}
		if cells += len(row.Cells); cells > most*cellsOfRow {
			return nil, tooLarge("file.cells", most*cellsOfRow)
		}
		row.Cells = slices.Clone(row.Cells)
		for i, cell := range row.Cells {
			row.Cells[i] = strings.TrimSpace(norm.NFC.String(cell))
		}
		table = append(table, row)
	}
}

func isWorkbook(name string) bool { return strings.EqualFold(path.Ext(name), ".xlsx") }
