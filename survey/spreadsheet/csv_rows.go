package spreadsheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// csvRows reads CSV.
type csvRows struct {
	reader *csv.Reader
	left   *rowLimit
	row    int // of the file, for errors: the last one that was read
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
	left := &rowLimit{from: buffer}
	reader := csv.NewReader(left)
	reader.Comma = Separator(start)
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	return &csvRows{reader: reader, left: left}, nil
}

func (r *csvRows) next() (Row, error) {
	r.left.bytes = MaxRowBytes
	cells, err := r.reader.Read()
	if errors.Is(err, errRowLong) {
		return Row{}, tooLarge("file.cell", r.row+1, MaxRowBytes>>10)
	}
	if err != nil {
		return Row{}, err
	}
	line, _ := r.reader.FieldPos(0)
	row := Row{Number: line - r.inside, Cells: cells}
	r.row = row.Number
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return Row{}, ErrNotUTF8
		}
		r.inside += strings.Count(cell, "\n")
		cells[i] = Undefuse(cell)
	}
	return row, nil
}

func (r *csvRows) name() string { return "CSV" }

// rowLimit gives the reader of CSV no more than a row may have: it would take all
// that comes for one, up to the next quotation mark.
type rowLimit struct {
	from  io.Reader
	bytes int // that the row may still have
}

var errRowLong = errors.New("a row is too long")

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.bytes <= 0 {
		return 0, errRowLong
	}
	n, err := l.from.Read(p[:min(len(p), l.bytes)])
	l.bytes -= n
	return n, err
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
