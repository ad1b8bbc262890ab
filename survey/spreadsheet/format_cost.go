package spreadsheet

import (
	"bytes"
	"strconv"
)

// Bounds of number formats. A format is read anew for each cell that has it, and how
// long that takes grows with the format: dates in 40,000 cells are within the
// bound: eight columns of the longest list.
const (
	maxFormats     = 1000
	maxFormatBytes = 255     // as in Excel
	maxNumberBytes = 64      // of a number that is shown by a format
	maxFormatCost  = 800_000 // of all cells
	formatCost     = 10      // of a cell, besides the length of its format
	builtIn        = 5       // bytes of a format that has no text in the file
)

// formatCosts is what the number formats of a workbook cost, of which the styles are
// scanned first and then the sheets.
type formatCosts struct {
	codes  map[string]int // bytes of a format, by its number
	styles []string       // the number of the format of each style
	left   int
}

func newFormatCosts() *formatCosts { return &formatCosts{codes: map[string]int{}, left: maxFormatCost} }

// format takes in a format.
func (f *formatCosts) format(tag []byte) error {
	id, _ := attribute(tag, "numFmtId")
	longest := 0
	for _, name := range []string{"formatCode", "formatCode16"} {
		code, _ := attribute(tag, name)
		longest = max(longest, len(code))
	}
	f.codes[string(id)] = max(longest, f.codes[string(id)])
	if longest > maxFormatBytes || len(f.codes) > maxFormats {
		return errNotOfExcel
	}
	return nil
}

// style takes in a style of cells.
func (f *formatCosts) style(tag []byte) {
	id, _ := attribute(tag, "numFmtId")
	f.styles = append(f.styles, string(id))
}

// cell counts a cell, and returns whether a format shows it as a number.
func (f *formatCosts) cell(tag []byte) (number bool, err error) {
	style, styled := attribute(tag, "s")
	index, err := strconv.Atoi(string(style))
	if !styled || err != nil || index == 0 {
		return false, nil
	}
	cost := 1
	if index > 0 && index < len(f.styles) && f.styles[index] != "" && f.styles[index] != "0" {
		cost = formatCost + max(f.codes[f.styles[index]], builtIn)
	}
	if f.left -= cost; f.left < 0 {
		return false, tooLarge("file.formats")
	}
	kind, given := attribute(tag, "t")
	return !given || bytes.Equal(kind, []byte("n")) || bytes.Equal(kind, []byte("d")), nil
}
