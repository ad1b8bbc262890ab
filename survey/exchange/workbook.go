package exchange

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"hailong/survey/spreadsheet"
)

// codebookSheet is the sheet that explains those of responses.
const codebookSheet = "Bảng mã"

// WriteXLSX writes an Excel workbook: the responses, and a codebook that
// explains every column and code.
func (e *Exporter) WriteXLSX(ctx context.Context, out io.Writer) (err error) {
	file := excelize.NewFile()
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.SetSheetName(file.GetSheetName(0), spreadsheet.SheetName(1)); err != nil {
		return err
	}
	w := &responseSheets{file: file, layout: e.layout, maxRows: e.sheetRows, values: make([]any, len(e.layout.Columns))}
	if err := w.begin(); err != nil {
		return err
	}
	if err := e.each(ctx, w.write); err != nil {
		return err
	}
	if err := w.stream.Flush(); err != nil {
		return err
	}
	if err := writeCodebook(file, e.layout); err != nil {
		return err
	}
	// The library would hold the whole compressed file in memory; it only needs
	// to be told where to write instead.
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(out) })
	return file.Write(io.Discard)
}

// responseSheets writes responses to a sheet, and when it is full to the next.
type responseSheets struct {
	file    *excelize.File
	layout  *Layout
	maxRows int
	stream  *excelize.StreamWriter
	sheets  int
	row     int
	values  []any
}

// begin begins a sheet with its header.
func (w *responseSheets) begin() error {
	if w.stream != nil {
		if err := w.stream.Flush(); err != nil {
			return err
		}
	}
	w.sheets, w.row = w.sheets+1, 0
	if w.sheets > 1 {
		if _, err := w.file.NewSheet(spreadsheet.SheetName(w.sheets)); err != nil {
			return err
		}
	}
	var err error
	if w.stream, err = w.file.NewStreamWriter(spreadsheet.SheetName(w.sheets)); err != nil {
		return err
	}
	for i, header := range w.layout.Headers() {
		w.values[i] = header
	}
	return w.writeValues()
}

func (w *responseSheets) write(cells []string) error {
	if w.row == w.maxRows {
		if err := w.begin(); err != nil {
			return err
		}
	}
	for i, cell := range cells {
		w.values[i] = cellValue(w.layout.Columns[i], cell)
	}
	return w.writeValues()
}

func (w *responseSheets) writeValues() error {
	w.row++
	return spreadsheet.SetRow(w.stream, w.row, w.values)
}

// cellValue writes codes as numbers, so that a spreadsheet can count them, and
// everything else as text, which is never taken for a formula.
func cellValue(c Column, cell string) any {
	switch {
	case cell == "":
		return nil
	case c.Item != "" && !c.Words:
		if code, err := strconv.Atoi(cell); err == nil {
			return code
		}
	}
	return cell
}
