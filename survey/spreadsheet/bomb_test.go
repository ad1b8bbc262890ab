package spreadsheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
)

// part is a part of a workbook, written piece by piece: a large one is never held.
type part struct {
	name  string
	write func(io.Writer)
}

// text is a part that is short.
func text(name, content string) part {
	return part{name, func(w io.Writer) { _, _ = io.WriteString(w, content) }}
}

// size is how large a bomb is made: a fifth of it shows the same, and is built faster.
// "make faults" builds them whole.
func size(n int) int {
	if os.Getenv("HAILONG_TEST_BOMBS") == "all" {
		return n
	}
	return n / 5
}

// styled is a part with a style that has a number format, the second one; "" is none.
func styled(format string) part {
	id := 164
	if format == "" {
		id = 0
	}
	return text("xl/styles.xml", fmt.Sprintf(`%s<numFmts><numFmt numFmtId="164" formatCode="%s"/></numFmts><cellXfs><xf/><xf numFmtId="%d" applyNumberFormat="1"/></cellXfs></styleSheet>`, sheetStyles, format, id))
}

func tenCells(int) string { return strings.Repeat(`<c s="1"><v>46000.5</v></c>`, 10) }

// times is a part of a piece that stands n times between a beginning and an end.
func times(name, begin, piece string, n int, end string) part {
	return part{name, func(w io.Writer) {
		_, _ = io.WriteString(w, begin)
		block := strings.Repeat(piece, min(n, 1000))
		for ; n >= 1000; n -= 1000 {
			_, _ = io.WriteString(w, block)
		}
		_, _ = io.WriteString(w, strings.Repeat(piece, n)+end)
	}}
}

const (
	sheetPart = "xl/worksheets/sheet1.xml"
	sheetHead = `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	sheetTail = `</sheetData></worksheet>`
)

// packed makes a workbook of parts; those that every workbook has are added.
func packed(parts ...part) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range append(frame(1), parts...) {
		w, err := z.Create(p.name)
		if err != nil {
			panic(err)
		}
		p.write(w)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// frame is the parts of a workbook around its sheets.
func frame(sheets int) []part {
	var list, relations strings.Builder
	for i := range sheets {
		fmt.Fprintf(&list, `<sheet name="s%d" sheetId="%d" r:id="rId%d"/>`, i+1, i+1, i+1)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
	}
	const schema = "http://schemas.openxmlformats.org/package/2006/"
	return []part{
		text("[Content_Types].xml", `<Types xmlns="`+schema+`content-types"></Types>`),
		text("_rels/.rels", `<Relationships xmlns="`+schema+`relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`),
		text("xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>`+list.String()+`</sheets></workbook>`),
		text("xl/_rels/workbook.xml.rels", `<Relationships xmlns="`+schema+`relationships">`+relations.String()+`</Relationships>`),
	}
}

func sheetOf(piece string, n int) part { return times(sheetPart, sheetHead, piece, n, sheetTail) }

// rowsOf is a sheet of numbered rows.
func rowsOf(n int, cells func(row int) string) part {
	return part{sheetPart, func(w io.Writer) {
		_, _ = io.WriteString(w, sheetHead)
		for i := 1; i <= n; i++ {
			fmt.Fprintf(w, `<row r="%d">%s</row>`, i, cells(i))
		}
		_, _ = io.WriteString(w, sheetTail)
	}}
}

const (
	schema       = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	sheetStrings = "<sst" + schema + ">"
	sheetStyles  = "<styleSheet" + schema + ">"
	oneRow       = `<row r="1"><c r="A1"><v>1</v></c></row>`
	farCell      = `<row r="1048576"><c r="A1048576"><v>1</v></c></row>`
)

// workbookBombs are workbooks that are small on disk and cost a reader much. want is
// what the error says; empty: such a file is read.
var workbookBombs = map[string]struct {
	content func() []byte
	want    string
}{
	// A cell in the last column had each row padded to 16,384 cells: 11.6 KB took 600
	// MB and 11 s, and 100 KB ended a server of 5 GB.
	"Wide2000": {func() []byte {
		return packed(rowsOf(2000, func(i int) string { return fmt.Sprintf(`<c r="XFD%d"><v>1</v></c>`, i) }))
	}, "sheet s1, row 1: there is a column 16384 (XFD); 200"},
	"Wide20000": {func() []byte {
		return packed(rowsOf(20_000, func(i int) string { return fmt.Sprintf(`<c r="XFD%d"><v>1</v></c>`, i) }))
	}, "sheet s1, row 1: there is a column 16384 (XFD); 200"},
	"Column201": {func() []byte {
		return packed(rowsOf(1, func(int) string { return strings.Repeat(`<c><v>1</v></c>`, 201) }))
	}, "sheet s1, row 1: there is a column 201 (GS); 200"},
	"FarRow":    {func() []byte { return packed(sheetOf(farCell, 1)) }, ""},
	"Rows":      {func() []byte { return packed(rowsOf(150_000, func(int) string { return `<c><v>1</v></c>` })) }, "100000 dòng"},
	"RowsAgain": {func() []byte { return packed(sheetOf(`<row r="1"><c><v>1</v></c></row>`, 500_000)) }, "không đọc được"},
	"CellsOfARow": {func() []byte {
		return packed(times(sheetPart, sheetHead+`<row r="1">`, `<c><v>1</v></c>`, 1_000_000, `</row>`+sheetTail))
	}, "quá nhiều"},
	"Cell60MB": {func() []byte {
		return packed(times(sheetPart, sheetHead+`<row r="1"><c r="A1" t="inlineStr"><is><t>`, "xxxxxxxxxx", 6_000_000, `</t></is></c></row>`+sheetTail))
	}, "MiB"},
	"Cell20MB": {func() []byte {
		return packed(times(sheetPart, sheetHead+`<row r="1"><c r="A1" t="inlineStr"><is><t>`, "xxxxxxxxxx", 2_000_000, `</t></is></c></row>`+sheetTail))
	}, "dài quá"},
	"RunsOfACell": {func() []byte {
		return packed(times(sheetPart, sheetHead+`<row r="1"><c r="A1" t="inlineStr"><is>`, "<r/>", size(5_000_000), `</is></c></row>`+sheetTail))
	}, "quá nhiều"},
	"Deep":    {func() []byte { return packed(times(sheetPart, sheetHead, "<a>", size(5_000_000), "")) }, "không đọc được"},
	"DeepRow": {func() []byte { return packed(times(sheetPart, sheetHead+`<row r="1"><c>`, "<a>", size(5_000_000), "")) }, "không đọc được"},
	"Attributes": {func() []byte {
		return packed(times(sheetPart, sheetHead+`<row `, `a="" `, size(5_000_000), `/>`+sheetTail))
	}, "dài quá"},
	"Laughs": {func() []byte {
		return packed(text(sheetPart, `<!DOCTYPE a [<!ENTITY b "`+strings.Repeat("x", 1000)+`"><!ENTITY c "`+strings.Repeat("&b;", 1000)+`">]>`+sheetHead+`<row><c t="inlineStr"><is><t>&c;</t></is></c></row>`+sheetTail))
	}, "không đọc được"},
	"Comment": {func() []byte {
		return packed(times(sheetPart, sheetHead+"<!--", "<<<<<<<<<<", size(2_500_000), "-->"+sheetTail))
	}, "không đọc được"},
	"Gigabyte": {func() []byte { return packed(times(sheetPart, "", strings.Repeat("\x00", 1000), size(1_000_000), "")) }, "MiB"},
	"GigabyteOfSpace": {func() []byte {
		return packed(times(sheetPart, sheetHead, strings.Repeat(" ", 1000), size(1_000_000), sheetTail))
	}, "MiB"},
	"GigabyteInside": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/media/image1.png", "", strings.Repeat("\x00", 1000), size(1_000_000), ""))
	}, ""},
	"ArchiveInside": {func() []byte {
		return packed(sheetOf(oneRow, 1), text("xl/embeddings/a.zip", string(packed(sheetOf(oneRow, 1)))))
	}, ""},
	"SharedStrings": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+"", "<si/>", size(5_000_000), "</sst>"))
	}, "quá nhiều"},
	"SharedRuns": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+"<si>", "<r/>", size(5_000_000), "</si></sst>"))
	}, "quá nhiều"},
	"SharedUpper": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("XL/SharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+"", "<si/>", size(5_000_000), "</sst>"))
	}, "quá nhiều"},
	"Styles": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>`, "<xf/>", size(3_000_000), "</cellXfs></styleSheet>"))
	}, "quá nhiều"},
	"Theme": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/theme/theme1.xml", `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">`, "<a:a/>", size(3_000_000), "</a:theme>"))
	}, ""},
	"CalculationChain": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/calcChain.xml", `<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`, "<c/>", size(3_000_000), "</calcChain>"))
	}, ""},
	"Formats": {func() []byte {
		return packed(text("xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts><numFmt numFmtId="164" formatCode="`+strings.Repeat("0.0", 100)+`"/></numFmts><cellXfs><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`),
			rowsOf(5000, func(int) string { return strings.Repeat(`<c s="0"><v>1.5</v></c>`, 10) }))
	}, "không đọc được"},
	// The most that the bounds let through.
	"MostCells": {func() []byte {
		return packed(rowsOf(99_000, func(int) string { return strings.Repeat(`<c><v>1</v></c>`, 12) }))
	}, ""},
	"MostStrings": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/sharedStrings.xml", sheetStrings, "<si/>", 249_000, "</sst>"))
	}, ""},
	"MostTexts": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/sharedStrings.xml", sheetStrings, "<si><t>abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz</t></si>", 124_000, "</sst>"))
	}, ""},
	"MostRuns": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/sharedStrings.xml", sheetStrings, "<si><r/><r/><r/><r/><r/><r/></si>", 35_000, "</sst>"))
	}, ""},
	"MostStyles": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/styles.xml", sheetStyles+"<cellXfs>", "<xf/>", 99_000, "</cellXfs></styleSheet>"))
	}, ""},
	"MostFonts": {func() []byte {
		return packed(sheetOf(oneRow, 1), times("xl/styles.xml", sheetStyles+"<fonts>", "<font><b/><i/></font>", 33_000, "</fonts></styleSheet>"))
	}, ""},
	"MostDates":   {func() []byte { return packed(styled("yyyy-mm-dd"), rowsOf(3999, tenCells)) }, ""},
	"LongDates":   {func() []byte { return packed(styled(strings.Repeat("yyyy-mm-dd ", 23)), rowsOf(300, tenCells)) }, ""},
	"TooLong":     {func() []byte { return packed(styled(strings.Repeat("yyyy-mm-dd ", 23)), rowsOf(400, tenCells)) }, "too many cells"},
	"StylesAfter": {func() []byte { return packed(rowsOf(6000, tenCells), styled("yyyy-mm-dd")) }, "too many cells"},
	"LongNumber": {func() []byte {
		return packed(styled("0.00"), rowsOf(1, func(int) string { return `<c s="1"><v>` + strings.Repeat("9", 10_000) + `</v></c>` }))
	}, "không đọc được"},
	"Borders": {func() []byte { return packed(styled(""), rowsOf(79_000, tenCells)) }, ""},
	"ManyFormats": {func() []byte {
		return packed(times("xl/styles.xml", sheetStyles+"<numFmts>", `<numFmt numFmtId="1" formatCode="0"/>`, 90_000, "</numFmts></styleSheet>"), rowsOf(79_000, tenCells))
	}, ""},
	"MostOfAll": {func() []byte {
		return packed(times("xl/sharedStrings.xml", sheetStrings, "<si/>", 249_000, "</sst>"),
			times("xl/styles.xml", sheetStyles+"<cellXfs>", `<xf numFmtId="14" applyNumberFormat="1"/>`, 99_000, "</cellXfs></styleSheet>"),
			rowsOf(2_600, func(int) string {
				return strings.Repeat(`<c s="7"><v>46000.5</v></c>`, 10) + strings.Repeat(`<c><v>46000.5</v></c>`, 180)
			}))
	}, ""},
	"MostText": {func() []byte {
		return packed(rowsOf(300, func(int) string { return `<c t="inlineStr"><is><t>` + strings.Repeat("x", 100_000) + `</t></is></c>` }))
	}, ""},
	"MostElements": {func() []byte { return packed(rowsOf(41, func(int) string { return strings.Repeat("<c/>", 60_000) })) }, "no rows"},
	"Parts":        {func() []byte { return packed(append([]part{sheetOf(oneRow, 1)}, manyParts(60_000)...)...) }, "quá nhiều"},
	"Twice": {func() []byte {
		return packed(sheetOf(oneRow, 1), text("XL\\Worksheets/sheet1.xml", sheetHead+sheetTail))
	}, "không đọc được"},
	"Sheets": {func() []byte { return packed(append(frame(2000)[2:], sheetOf(oneRow, 1))...) }, "không đọc được"},
	"Utf16": {func() []byte {
		return packed(text(sheetPart, `<?xml version="1.0" encoding="utf-16"?>`+sheetHead[38:]+sheetTail))
	}, "không đọc được"},
	"Nothing": {func() []byte { return []byte("PK\x03\x04") }, "không đọc được"},
	"Lying":   {lying, "không đọc được"},
}

func manyParts(n int) []part {
	parts := make([]part, n)
	for i := range parts {
		parts[i] = text(fmt.Sprintf("xl/a%d", i), "")
	}
	return parts
}

// lying is a workbook whose sheet holds 100 MB, and says that it holds 100 bytes.
func lying() []byte {
	var sheet, b bytes.Buffer
	packedSheet := zip.NewWriter(&sheet)
	w, _ := packedSheet.Create(sheetPart)
	sheetOf(oneRow, 2_500_000).write(w)
	_ = packedSheet.Close()
	inside, _ := zip.NewReader(bytes.NewReader(sheet.Bytes()), int64(sheet.Len()))
	raw, _ := inside.File[0].OpenRaw()
	z := zip.NewWriter(&b)
	for _, p := range frame(1) {
		w, _ := z.Create(p.name)
		p.write(w)
	}
	w, _ = z.CreateRaw(&zip.FileHeader{
		Name: sheetPart, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil),
		CompressedSize64: inside.File[0].CompressedSize64, UncompressedSize64: 100,
	})
	_, _ = io.Copy(w, raw)
	_ = z.Close()
	return b.Bytes()
}
