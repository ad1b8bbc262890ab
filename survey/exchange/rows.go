package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

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

// Bounds of every file. A file that is read row by row may have any number of
// rows; one that is held in memory may not fill it.
const (
	MaxColumns = 16_384  // those of an Excel sheet
	MaxCells   = 8 << 20 // of a table held in memory
)

// What may be wrong with a file as a whole.
var (
	ErrEmpty       = errors.New("tệp trống / the file is empty")
	ErrNotUTF8     = errors.New("không phải văn bản UTF-8; xin lưu tệp dạng “CSV UTF-8” hoặc .xlsx / not UTF-8 text; save the file as “CSV UTF-8” or as .xlsx")
	ErrNotWorkbook = errors.New("not a readable .xlsx file; save it again as an Excel workbook, or as “CSV UTF-8”")
	ErrTooLarge    = fmt.Errorf("bảng có quá nhiều cột hoặc ô (tối đa %[1]d cột, %[2]d ô) / the table has too many columns or cells (at most %[1]d columns, %[2]d cells)", MaxColumns, MaxCells)
)

// workbookError is ErrNotWorkbook without the words of its cause, which are
// not for people.
type workbookError struct{ cause error }

func (e workbookError) Error() string { return ErrNotWorkbook.Error() }

func (e workbookError) Unwrap() []error { return []error{ErrNotWorkbook, e.cause} }

// Rows gives the rows of a CSV file or of an Excel workbook one by one.
type Rows struct{ source rowSource }

// rowSource gives rows, and then io.EOF. The cells may be reused for the next row.
type rowSource interface {
	next() (Row, error)
	io.Closer
}

// OpenRows opens a CSV or, by the ending of its name, an Excel file of any
// length. Of a workbook the first sheet is read, and those on which an export
// goes on; dates and numbers are as they are stored, not as they are shown.
// An error is ErrNotWorkbook, or one of the file system. The caller closes the
// rows.
func OpenRows(name string) (*Rows, error) {
	if !isWorkbook(name) {
		file, err := os.Open(name) //nolint:gosec // the user names the file
		if err != nil {
			return nil, err
		}
		source, err := newCSVRows(file)
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		source.Closer = file
		return &Rows{source}, nil
	}
	file, err := excelize.OpenFile(name, fileLimits)
	if missing := (*fs.PathError)(nil); errors.As(err, &missing) {
		return nil, err
	}
	if err != nil {
		return nil, workbookError{err}
	}
	source, err := newSheetRows(file, file.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	source.goesOn, source.Closer = true, file
	return &Rows{source}, nil
}

// Next returns the next row, blank ones too, and io.EOF after the last. The
// cells are overwritten by the next call. An error may be ErrNotUTF8 or
// ErrTooLarge.
func (r *Rows) Next() (Row, error) {
	row, err := r.source.next()
	if err == nil && len(row.Cells) > MaxColumns {
		err = ErrTooLarge
	}
	return row, err
}

// Close closes the file.
func (r *Rows) Close() error { return r.source.Close() }

// ReadTable reads a table out of a CSV file or of the first sheet of an Excel
// file, as the ending of the name tells. Cells are composed and trimmed, blank
// rows are left out. CSV may be separated by commas, semicolons or tabs. An
// error may be ErrNotUTF8, ErrNotWorkbook or ErrTooLarge.
func ReadTable(name string, content []byte) (table []Row, err error) {
	if isWorkbook(name) {
		err = openWorkbook(content, func(file *excelize.File) error {
			table, err = readSheet(file, file.GetSheetName(0))
			return err
		})
	} else {
		var source *csvRows
		if source, err = newCSVRows(bytes.NewReader(content)); err == nil {
			table, err = (&Rows{source}).all()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return table, nil
}

// ReadWorkbook reads every sheet of an Excel file as ReadTable does, by its
// name in small letters. An error may be ErrNotWorkbook or ErrTooLarge.
func ReadWorkbook(content []byte) (sheets map[string][]Row, err error) {
	sheets = map[string][]Row{}
	err = openWorkbook(content, func(file *excelize.File) error {
		for _, name := range file.GetSheetList() {
			table, err := readSheet(file, name)
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
func (r *Rows) all() ([]Row, error) {
	var table []Row
	for cells := 0; ; {
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
		if cells += len(row.Cells); cells > MaxCells {
			return nil, ErrTooLarge
		}
		row.Cells = slices.Clone(row.Cells)
		for i, cell := range row.Cells {
			row.Cells[i] = strings.TrimSpace(norm.NFC.String(cell))
		}
		table = append(table, row)
	}
}

func isWorkbook(name string) bool { return strings.EqualFold(path.Ext(name), ".xlsx") }

// csvRows reads CSV.
type csvRows struct {
	reader *csv.Reader
	inside int // line breaks inside cells so far: a spreadsheet does not count them
	io.Closer
}

func newCSVRows(r io.Reader) (*csvRows, error) {
	buffer := bufio.NewReaderSize(r, 1<<16)
	start, err := buffer.Peek(1 << 12)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(start, byteOrderMark) {
		start = start[len(byteOrderMark):]
		_, _ = buffer.Discard(len(byteOrderMark)) // they were just seen
	}
	reader := csv.NewReader(buffer)
	reader.Comma = Separator(start)
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	return &csvRows{reader: reader}, nil
}

func (r *csvRows) next() (Row, error) {
	cells, err := r.reader.Read()
	if err != nil {
		return Row{}, err
	}
	line, _ := r.reader.FieldPos(0)
	row := Row{Number: line - r.inside, Cells: cells}
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return Row{}, ErrNotUTF8
		}
		r.inside += strings.Count(cell, "\n")
		cells[i] = Undefuse(cell)
	}
	return row, nil
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

// An Excel file is compressed: unpacking must not fill memory. What is sent to
// a page is small. A file that the operator names may hold millions of
// responses; its sheets are unpacked to a temporary file.
var (
	uploadLimits = excelize.Options{UnzipSizeLimit: 128 << 20, UnzipXMLSizeLimit: 64 << 20}
	fileLimits   = excelize.Options{UnzipSizeLimit: 16 << 30, UnzipXMLSizeLimit: 16 << 20, RawCellValue: true}
)

// openWorkbook lends a workbook that was sent.
func openWorkbook(content []byte, use func(*excelize.File) error) error {
	file, err := excelize.OpenReader(bytes.NewReader(content), uploadLimits)
	if err != nil {
		return workbookError{err}
	}
	return errors.Join(use(file), file.Close())
}

func readSheet(file *excelize.File, name string) ([]Row, error) {
	source, err := newSheetRows(file, name)
	if err != nil {
		return nil, err
	}
	table, err := (&Rows{source}).all()
	return table, errors.Join(err, source.rows.Close())
}

// sheetRows reads a sheet of a workbook.
type sheetRows struct {
	file   *excelize.File
	rows   *excelize.Rows
	number int
	goesOn bool // on the sheets that an export names so
	sheet  int
	io.Closer
}

func newSheetRows(file *excelize.File, name string) (*sheetRows, error) {
	rows, err := file.Rows(name)
	if err != nil {
		return nil, err
	}
	return &sheetRows{file: file, rows: rows, sheet: 1}, nil
}

func (r *sheetRows) next() (Row, error) {
	for !r.rows.Next() {
		if err := r.rows.Error(); err != nil {
			return Row{}, err
		}
		if !r.goesOn {
			return Row{}, io.EOF
		}
		if err := r.nextSheet(); err != nil {
			return Row{}, err
		}
	}
	r.number++
	cells, err := r.rows.Columns()
	return Row{r.number, cells}, err
}

// nextSheet goes to the sheet on which an export went on, below its header,
// which is that of the first. Without one the error is io.EOF.
func (r *sheetRows) nextSheet() error {
	index, err := r.file.GetSheetIndex(sheetName(r.sheet + 1))
	if err != nil || index < 0 {
		return io.EOF
	}
	rows, err := r.file.Rows(sheetName(r.sheet + 1))
	if err != nil {
		return err
	}
	err = r.rows.Close()
	r.rows, r.sheet = rows, r.sheet+1
	r.rows.Next()
	_, header := r.rows.Columns()
	return errors.Join(err, header)
}

func (r *sheetRows) Close() error { return errors.Join(r.rows.Close(), r.Closer.Close()) }
