package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"hailong/survey/exchange"
)

// rowSource gives the rows of a file one by one, the header first, and then
// io.EOF. A row may be reused by the next call.
type rowSource interface {
	next() ([]string, error)
	io.Closer
}

// openRows opens a CSV or, by the name's ending, an Excel file.
func openRows(path string) (rowSource, error) {
	if strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return openXLSX(path)
	}
	return openCSV(path)
}

type csvRows struct {
	file   *os.File
	reader *csv.Reader
}

var errNotUTF8 = errors.New("không phải văn bản UTF-8; xin lưu tệp dạng “CSV UTF-8” hoặc .xlsx / not UTF-8 text; save the file as “CSV UTF-8” or as .xlsx")

func openCSV(path string) (rowSource, error) {
	file, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewReaderSize(file, 1<<16)
	start, err := buffer.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, file.Close())
	}
	if bytes.HasPrefix(start, []byte("\ufeff")) {
		start = start[3:]
		_, _ = buffer.Discard(3) // they were just seen
	}
	reader := csv.NewReader(buffer)
	reader.Comma = exchange.Separator(start)
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	return &csvRows{file, reader}, nil
}

func (r *csvRows) next() ([]string, error) {
	cells, err := r.reader.Read()
	if err != nil {
		return nil, err
	}
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return nil, errNotUTF8
		}
		cells[i] = exchange.Undefuse(cell)
	}
	return cells, nil
}

func (r *csvRows) Close() error { return r.file.Close() }

// xlsxRows reads the first sheet of a file, and those that go on with it.
type xlsxRows struct {
	file  *excelize.File
	rows  *excelize.Rows
	sheet int
}

// Limits of an Excel file: it is compressed, and larger sheets are unpacked to
// a temporary file and not to memory.
var xlsxLimits = excelize.Options{RawCellValue: true, UnzipSizeLimit: 16 << 30, UnzipXMLSizeLimit: 16 << 20}

func openXLSX(path string) (rowSource, error) {
	file, err := excelize.OpenFile(path, xlsxLimits)
	if missing := (*fs.PathError)(nil); errors.As(err, &missing) {
		return nil, err
	}
	if err != nil {
		return nil, explainedError{path + ": not a readable .xlsx file; save it again as an Excel workbook, or as “CSV UTF-8”", err}
	}
	rows, err := file.Rows(file.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &xlsxRows{file: file, rows: rows, sheet: 1}, nil
}

func (r *xlsxRows) next() ([]string, error) {
	for !r.rows.Next() {
		if err := errors.Join(r.rows.Error(), r.rows.Close()); err != nil {
			return nil, err
		}
		r.sheet++
		index, err := r.file.GetSheetIndex(sheetName(r.sheet))
		if err != nil || index < 0 {
			return nil, io.EOF
		}
		if r.rows, err = r.file.Rows(sheetName(r.sheet)); err != nil {
			return nil, err
		}
		r.rows.Next() // its header is that of the first
		if _, err := r.rows.Columns(); err != nil {
			return nil, err
		}
	}
	return r.rows.Columns()
}

func (r *xlsxRows) Close() error { return errors.Join(r.rows.Close(), r.file.Close()) }
