package responsefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// csvReader splits RFC 4180 text into records without copying cells. It accepts
// LF and CRLF line ends and a UTF-8 byte order mark. It is as strict about
// quotes as encoding/csv, which its tests compare it with, and several times as fast.
type csvReader struct {
	src    io.Reader
	buf    []byte
	start  int // of the unread part of buf
	end    int
	eof    bool
	began  bool // the byte order mark, if any, has been passed
	line   int  // of the next record, 1 is the first
	cells  [][]byte
	unwrap []byte // holds cells whose doubled quotes were undone
}

// maxRecord bounds a single record; a stray quote can otherwise swallow a whole file.
const maxRecord = 1 << 20

// quoteError is a record whose quotes do not follow RFC 4180.
type quoteError struct{ line int }

func (e *quoteError) Error() string {
	return fmt.Sprintf("line %d: a quotation mark is out of place: put the cell in quotes and double those inside", e.line)
}

var errMore = errors.New("the record goes on behind the buffer")

func newCSVReader(src io.Reader) *csvReader {
	return &csvReader{src: src, buf: make([]byte, 256<<10), line: 1}
}

// read returns the cells of the next record and its line, io.EOF at the end. The
// cells are valid until the next call. A blank line is a record of one empty cell.
func (c *csvReader) read() ([][]byte, int, error) {
	for {
		if !c.began && (c.end >= 3 || c.eof) {
			c.began = true
			if bytes.HasPrefix(c.buf[:c.end], []byte("\ufeff")) {
				c.start = 3
			}
		}
		if c.start < c.end || c.eof {
			if c.start == c.end {
				return nil, c.line, io.EOF
			}
			used, lines, err := c.split(c.buf[c.start:c.end])
			if err == nil {
				line := c.line
				c.start += used
				c.line += lines
				return c.cells, line, nil
			}
			if !errors.Is(err, errMore) {
				return nil, c.line, err
			}
		}
		if err := c.fill(); err != nil {
			return nil, c.line, err
		}
	}
}

// fill moves the unread part to the front and reads behind it, at least as much
// again: a record that arrives in small pieces is not split anew for each of them.
func (c *csvReader) fill() error {
	c.end = copy(c.buf, c.buf[c.start:c.end])
	c.start = 0
	if c.end == len(c.buf) {
		if len(c.buf) >= maxRecord {
			return fmt.Errorf("line %d: a record of more than %d MiB: a quotation mark may be missing", c.line, maxRecord>>20)
		}
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	}
	for enough := max(3, min(2*c.end, len(c.buf))); ; {
		n, err := c.src.Read(c.buf[c.end:])
		c.end += n
		switch {
		case errors.Is(err, io.EOF):
			c.eof = true
			return nil
		case err != nil:
			return fmt.Errorf("reading line %d: %w", c.line, err)
		case c.end >= enough:
			return nil
		}
	}
}

// split takes the cells of the record at the start of b and returns how many
// bytes and line ends it has.
func (c *csvReader) split(b []byte) (used, lines int, err error) {
	c.cells, c.unwrap = c.cells[:0], c.unwrap[:0]
	i := 0
	for {
		var cell []byte
		if i < len(b) && b[i] == '"' {
			var n, inner int
			if cell, n, inner, err = c.quoted(b[i:]); err != nil {
				return 0, 0, err
			}
			i, lines = i+n, lines+inner
			if i == len(b) && !c.eof || i == len(b)-1 && b[i] == '\r' && !c.eof {
				return 0, 0, errMore
			}
			if i < len(b) && b[i] == '\r' && (i+1 == len(b) || b[i+1] == '\n') {
				i++
			}
			if i < len(b) && b[i] != ',' && b[i] != '\n' {
				return 0, 0, &quoteError{c.line}
			}
		} else {
			from := i
			for i < len(b) && b[i] != ',' && b[i] != '\n' && b[i] != '"' {
				i++
			}
			if i == len(b) && !c.eof {
				return 0, 0, errMore
			}
			if i < len(b) && b[i] == '"' {
				return 0, 0, &quoteError{c.line}
			}
			cell = b[from:i]
			if i == len(b) || b[i] == '\n' {
				cell = bytes.TrimSuffix(cell, []byte("\r"))
			}
		}
		c.cells = append(c.cells, cell)
		if i == len(b) {
			return i, lines, nil
		}
		i++
		if b[i-1] == '\n' {
			return i, lines + 1, nil
		}
	}
}

// quoted takes the cell whose opening quote b starts with, and returns the bytes
// up to behind its closing quote and the line ends inside.
func (c *csvReader) quoted(b []byte) (cell []byte, used, lines int, err error) {
	from, i := 1, 1
	copied := -1
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 || i+n+1 == len(b) && !c.eof {
			if c.eof {
				return nil, 0, 0, &quoteError{c.line}
			}
			return nil, 0, 0, errMore
		}
		i += n + 1
		if i == len(b) || b[i] != '"' {
			break
		}
		if copied < 0 {
			copied = len(c.unwrap)
		}
		c.unwrap = append(c.unwrap, b[from:i]...)
		i++
		from = i
	}
	cell = b[from : i-1]
	if copied >= 0 {
		c.unwrap = append(c.unwrap, cell...)
		cell = c.unwrap[copied:]
	}
	return cell, i, bytes.Count(b[:i], []byte("\n")), nil
}
