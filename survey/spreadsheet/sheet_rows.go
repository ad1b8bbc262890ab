package spreadsheet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/xuri/excelize/v2"

	"hailong/survey/tempdir"
)

// Of a workbook that was sent, cells are read as they are shown. A date whose format is
// left to the computer is shown here day first and there month first, so it is read as
// year, month, day. Of a file of responses cells are read as they are stored; its sheets
// may be unpacked to a temporary file.
var (
	uploadOptions = excelize.Options{UnzipSizeLimit: uploadBounds.unpacked, UnzipXMLSizeLimit: uploadBounds.inMemory, ShortDatePattern: "yyyy-mm-dd"}
	fileOptions   = excelize.Options{UnzipSizeLimit: fileBounds.unpacked, UnzipXMLSizeLimit: fileBounds.inMemory, RawCellValue: true}
)

// openWorkbook lends a workbook that was sent.
func openWorkbook(content []byte, use func(*excelize.File) error) error {
	small, err := smallWorkbook(content)
	if err != nil {
		return err
	}
	file, err := excelize.OpenReader(bytes.NewReader(small), uploadOptions)
	if err != nil {
		return workbookError{err}
	}
	return errors.Join(use(file), file.Close())
}

func readSheet(ctx context.Context, file *excelize.File, name string, most int) ([]Row, error) {
	source, err := newSheetRows(file, name)
	if err != nil {
		return nil, err
	}
	table, err := (&Rows{source, MaxColumns}).all(ctx, most)
	return table, errors.Join(err, source.rows.Close())
}

// openSheets opens the first sheet of a file of responses, and those on which it goes
// on. They are read from a temporary copy of the parts that are needed.
func openSheets(file *os.File) (_ *sheetRows, err error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	dir, err := tempdir.New("")
	if err != nil {
		return nil, err
	}
	remove := dir.Close
	defer func() {
		if err != nil {
			err = errors.Join(err, remove())
		}
	}()
	small, err := os.OpenFile(dir.Path("rows.xlsx"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(copyWorkbook(file, info.Size(), fileBounds, small), small.Close()); err != nil {
		return nil, err
	}
	workbook, err := excelize.OpenFile(small.Name(), fileOptions)
	if err != nil {
		return nil, workbookError{err}
	}
	source, err := newSheetRows(workbook, workbook.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(err, workbook.Close())
	}
	source.goesOn, source.close = true, func() error { return errors.Join(workbook.Close(), remove()) }
	return source, nil
}

// sheetRows reads a sheet of a workbook.
type sheetRows struct {
	file   *excelize.File
	rows   *excelize.Rows
	number int
	goesOn bool // on the sheets that an export names so
	sheet  int
	title  string
	close  func() error // of the workbook
}

func newSheetRows(file *excelize.File, name string) (*sheetRows, error) {
	rows, err := file.Rows(name)
	if err != nil { // it is named and not there
		return nil, workbookError{err}
	}
	return &sheetRows{file: file, rows: rows, sheet: 1, title: name}, nil
}

func (r *sheetRows) next() (Row, error) {
	for !r.rows.Next() {
		if err := r.rows.Error(); err != nil {
			return Row{}, workbookError{err}
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
	if err != nil {
		return Row{}, workbookError{err}
	}
	return Row{r.number, cells}, nil
}

func (r *sheetRows) name() string { return r.title }

// nextSheet goes to the sheet on which an export went on, below its header,
// which is that of the first. Without one the error is io.EOF.
func (r *sheetRows) nextSheet() error {
	index, err := r.file.GetSheetIndex(SheetName(r.sheet + 1))
	if err != nil || index < 0 {
		return io.EOF
	}
	rows, err := r.file.Rows(SheetName(r.sheet + 1))
	if err != nil {
		return err
	}
	err = r.rows.Close()
	r.rows, r.sheet, r.title = rows, r.sheet+1, SheetName(r.sheet+1)
	r.rows.Next()
	_, header := r.rows.Columns()
	return errors.Join(err, header)
}

func (r *sheetRows) Close() error { return errors.Join(r.rows.Close(), r.close()) }
