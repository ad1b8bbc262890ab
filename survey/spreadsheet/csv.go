package spreadsheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
)

// byteOrderMark begins a CSV file: by it Excel knows UTF-8.
var byteOrderMark = []byte("\ufeff")

// CSVWriter writes rows as UTF-8 with a byte order mark. No cell is taken for
// a formula by a spreadsheet. The fields are for the first Write at the latest.
type CSVWriter struct {
	Comma rune // ',' if it is not set
	CRLF  bool // ends lines as Windows does

	buffer *bufio.Writer
	rows   *csv.Writer
	cells  []string
}

// NewCSVWriter returns a writer that writes to w; Flush must be called at the
// end.
func NewCSVWriter(w io.Writer) *CSVWriter {
	buffer := bufio.NewWriterSize(w, 1<<16)
	return &CSVWriter{Comma: ',', buffer: buffer}
}

// Write writes a row, which it does not keep.
func (w *CSVWriter) Write(row []string) error {
	if w.rows == nil {
		if _, err := w.buffer.Write(byteOrderMark); err != nil {
			return err
		}
		w.rows = csv.NewWriter(w.buffer)
		w.rows.Comma, w.rows.UseCRLF = w.Comma, w.CRLF
	}
	w.cells = w.cells[:0]
	for _, cell := range row {
		w.cells = append(w.cells, Defuse(cell))
	}
	return w.rows.Write(w.cells)
}

// Flush writes what is still in memory.
func (w *CSVWriter) Flush() error {
	if w.rows == nil {
		return w.buffer.Flush()
	}
	w.rows.Flush()
	return errors.Join(w.rows.Error(), w.buffer.Flush())
}

// WriteCSV writes a list that offices open in Excel, the header first.
func WriteCSV(w io.Writer, comma rune, rows [][]string) error {
	out := NewCSVWriter(w)
	out.Comma, out.CRLF = comma, true
	for _, row := range rows {
		if err := out.Write(row); err != nil {
			return err
		}
	}
	return out.Flush()
}
