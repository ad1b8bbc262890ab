package spreadsheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// Bounds of the XML in a workbook. Excel writes cells of up to 32,767 characters,
// 16,384 of them a row, and nests about ten deep.
const (
	maxNesting = 32
	maxOfRow   = 1 << 16 // elements of a row, or of a shared string
)

// errNotOfExcel is XML as no program writes it that makes workbooks: it is not
// well formed, too deep, in another encoding, or has declarations and comments.
var errNotOfExcel = errors.New("XML as no spreadsheet writes it")

// xmlScan reads a part of a workbook as bytes, before a parser makes anything of
// it, and ends with the first thing that would cost the parser more than the part
// weighs: a parser holds a whole tag with its attributes, a whole text, and all tags
// that are open. No element is held here. What a parser may see otherwise than this
// does is refused: declarations, other encodings.
type xmlScan struct {
	name     string // of the part, for errors
	sheet    bool   // whose rows have numbers
	elements int    // how many there may be
	depth    int
	seen     int
	ofRow    int // elements since the row or shared string began
	row      int
	formats  *formatCosts // nil where cells are not shown by their formats
	styles   bool         // in the list of the styles of cells
	number   bool         // in a cell that a format shows as a number
}

// run reads the part to its end.
func (s *xmlScan) run(r io.Reader) error {
	// A text, and a tag, end where the next tag begins: "<" stands nowhere else.
	in := bufio.NewReaderSize(r, MaxCellBytes)
	for first := true; ; first = false {
		piece, err := in.ReadSlice('<')
		ended := errors.Is(err, io.EOF)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			if s.row == 0 || !s.sheet {
				return tooLarge("file.text", MaxCellBytes>>10)
			}
			return tooLarge("file.cell", s.row, MaxCellBytes>>10)
		case err != nil && !ended:
			return err
		case !first:
			if err := s.tag(bytes.TrimSuffix(piece, []byte("<"))); err != nil {
				return err
			}
		}
		if ended {
			return nil
		}
	}
}

// tag looks at a tag, without its "<", and the text behind it.
func (s *xmlScan) tag(piece []byte) error {
	switch {
	case bytes.HasPrefix(piece, []byte("/")):
		s.depth--
		s.styles = s.styles && s.depth > 1
		return nil
	case len(piece) == 0 || piece[0] == '?' || piece[0] == '!':
		return aside(piece)
	}
	end := tagEnd(piece)
	if end < 0 {
		return errNotOfExcel
	}
	tag := piece[:end]
	s.seen++
	s.ofRow++
	switch name := localName(tag); {
	case s.seen > s.elements:
		return tooLarge("file.parts", s.name, s.elements)
	case string(name) == "row" || string(name) == "si":
		if err := s.begin(tag); err != nil {
			return err
		}
	case s.ofRow > maxOfRow && s.row > 0:
		return tooLarge("file.parts", s.name, maxOfRow)
	case s.formats != nil:
		if err := s.formatted(string(name), tag, len(piece)-end); err != nil {
			return err
		}
	}
	if !bytes.HasSuffix(tag, []byte("/")) {
		if s.depth++; s.depth > maxNesting {
			return errNotOfExcel
		}
	}
	return nil
}

// formatted counts what showing a cell by its format costs.
func (s *xmlScan) formatted(name string, tag []byte, text int) (err error) {
	switch {
	case name == "c" && s.sheet:
		s.number, err = s.formats.cell(tag)
	case name == "v" && s.number && text > maxNumberBytes:
		err = errNotOfExcel
	case name == "numFmt":
		err = s.formats.format(tag)
	case name == "cellXfs" && s.depth == 1:
		s.styles = true
	case name == "xf" && s.styles && s.depth == 2:
		s.formats.style(tag)
	}
	return err
}

// aside looks at what is no element. A comment, an instruction and a quoted text may
// stand where a parser sees the same end of them as this does: before the next "<".
func aside(piece []byte) error {
	for begin, end := range map[string]string{"?": "?>", "!--": "-->", "![CDATA[": "]]>"} {
		if !bytes.HasPrefix(piece, []byte(begin)) {
			continue
		}
		inside, _, closed := bytes.Cut(piece, []byte(end))
		encoding, given := attribute(inside, "encoding")
		if !closed || bytes.Contains(inside, []byte("encoding")) && !(given && bytes.EqualFold(encoding, []byte("utf-8"))) {
			return errNotOfExcel
		}
		return nil
	}
	return errNotOfExcel
}

// begin begins a row. Rows come by rising number: those that do not would become one.
func (s *xmlScan) begin(tag []byte) error {
	s.ofRow = 0
	number, ok := attribute(tag, "r")
	if !ok {
		s.row++
		return nil
	}
	row, err := strconv.Atoi(string(number))
	if err != nil || row <= s.row {
		return errNotOfExcel
	}
	s.row = row
	return nil
}

// tagEnd is where a tag ends, -1 if it does not: at the first ">" that is not
// between quotes.
func tagEnd(piece []byte) int {
	var quote byte
	for i, c := range piece {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

// localName is the name of a tag without its prefix.
func localName(tag []byte) []byte {
	name := tag
	if end := bytes.IndexAny(tag, " \t\r\n/"); end >= 0 {
		name = tag[:end]
	}
	return name[bytes.LastIndexByte(name, ':')+1:]
}

// attribute is the value of a tag's attribute, by its name without a prefix.
func attribute(tag []byte, name string) ([]byte, bool) {
	for rest := tag; ; {
		at := bytes.IndexByte(rest, '=')
		if at < 0 {
			return nil, false
		}
		before, after := bytes.TrimRight(rest[:at], " \t\r\n"), bytes.TrimLeft(rest[at+1:], " \t\r\n")
		if len(after) == 0 || after[0] != '"' && after[0] != '\'' {
			return nil, false
		}
		end := bytes.IndexByte(after[1:], after[0])
		if end < 0 {
			return nil, false
		}
		written := before[bytes.LastIndexAny(before, " \t\r\n")+1:]
		if string(written[bytes.LastIndexByte(written, ':')+1:]) == name {
			return after[1 : end+1], true
		}
		rest = after[end+2:]
	}
}
