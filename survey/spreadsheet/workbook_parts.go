package spreadsheet

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

// workbookBounds are what a workbook may unpack to.
type workbookBounds struct {
	unpacked int64 // bytes of the parts that are read
	inMemory int64 // bytes of a part that is unpacked in memory; a longer one goes to a file
	elements int   // of a sheet
	strings  int   // elements of the shared strings
	shown    bool  // cells are read as they are shown, by their number formats
}

// What is sent to a page is small, and held in memory. A file that the operator names
// may hold millions of responses.
var (
	uploadBounds = workbookBounds{unpacked: 32 << 20, inMemory: 32 << 20, elements: 2_500_000, strings: 250_000, shown: true}
	fileBounds   = workbookBounds{unpacked: 16 << 30, inMemory: 8 << 20, elements: 1 << 40, strings: 4_000_000}
)

const (
	maxParts        = 5_000   // of the archive
	maxSheets       = 256     // of the workbook
	maxPartElements = 100_000 // of a part that is read whole: styles, names
)

// Which parts of a workbook are read. All others are left out before anything is
// unpacked: pictures, macros, calculation chains, archives inside the archive.
var (
	sheetParts   = regexp.MustCompile(`^xl/worksheets/[^/]+\.xml$`)
	stringsPart  = "xl/sharedstrings.xml"
	stylesPart   = "xl/styles.xml"
	framingParts = regexp.MustCompile(`^(\[content_types\]\.xml|_rels/\.rels|xl/workbook[^/]*\.xml|xl/_rels/workbook[^/]*\.rels|xl/styles\.xml)$`)
)

// copyWorkbook copies the parts of a workbook that are read, as they are packed, once
// each of them has been found to keep its bounds. What is copied can be given to the
// library that reads workbooks, which unpacks all that it is given. Errors are
// ErrNotWorkbook and a BoundError.
func copyWorkbook(r io.ReaderAt, size int64, bounds workbookBounds, w io.Writer) error {
	in, err := zip.NewReader(r, size)
	if err != nil {
		return workbookError{err}
	}
	if len(in.File) > maxParts {
		return tooLarge("file.parts", "zip", maxParts)
	}
	out := zip.NewWriter(w)
	known := map[string]bool{}
	left, sheets := bounds.unpacked, 0
	var formats *formatCosts
	if bounds.shown {
		formats = newFormatCosts()
	}
	// The styles come first: they say what the cells cost.
	slices.SortStableFunc(in.File, func(a, b *zip.File) int { return cmp.Compare(rank(a), rank(b)) })
	for _, part := range in.File {
		name := partName(part)
		scan := xmlScan{name: name, elements: maxPartElements, formats: formats}
		switch {
		case sheetParts.MatchString(name):
			sheets++
			scan.sheet, scan.elements = true, bounds.elements
		case name == stringsPart:
			scan.elements = bounds.strings
			if int64(part.UncompressedSize64) <= bounds.inMemory { //nolint:gosec // a size above 2^63 is beyond the bound as a negative one is
				scan.elements = min(scan.elements, uploadBounds.strings)
			}
		case !framingParts.MatchString(name):
			continue
		}
		if sheets > maxSheets {
			return tooLarge("file.parts", "xl/worksheets", maxSheets)
		}
		if known[name] {
			return workbookError{errors.New("a part stands twice: " + name)}
		}
		known[name] = true
		if left -= int64(part.UncompressedSize64); part.UncompressedSize64 > uint64(bounds.unpacked) || left < 0 { //nolint:gosec // bounds are positive
			return tooLarge("file.unpacked", bounds.unpacked>>20)
		}
		if err := errors.Join(scanPart(part, &scan), out.Copy(part)); err != nil {
			return err
		}
	}
	return out.Close()
}

// partName is the name of a part, however it is spelled.
func partName(part *zip.File) string { return strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/")) }

func rank(part *zip.File) int {
	if partName(part) == stylesPart {
		return 0
	}
	return 1
}

// scanPart unpacks a part piece by piece. That it does not unpack to more than it
// says is seen by package zip.
func scanPart(part *zip.File, scan *xmlScan) error {
	content, err := part.Open()
	if err != nil {
		return workbookError{err}
	}
	var bound *BoundError
	if err = scan.run(content); err != nil && !errors.As(err, &bound) {
		err = workbookError{err}
	}
	return cmp.Or(err, content.Close())
}

// smallWorkbook is copyWorkbook of a workbook in memory.
func smallWorkbook(content []byte) ([]byte, error) {
	var small bytes.Buffer
	if err := copyWorkbook(bytes.NewReader(content), int64(len(content)), uploadBounds, &small); err != nil {
		return nil, err
	}
	return small.Bytes(), nil
}
