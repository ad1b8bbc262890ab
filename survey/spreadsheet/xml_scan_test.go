package spreadsheet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"hailong/survey/spreadsheet"
)

// What programs write is read, though it is not as Excel writes it: with prefixes, with
// comments and quoted text, without numbers of rows, with paths of Windows.
func TestWorkbooksOfOtherPrograms(t *testing.T) {
	t.Parallel()
	const head = `<?xml version='1.0' encoding='UTF-8' standalone="yes"?>` + "\n"
	for name, content := range map[string]string{
		"Prefixes": head + `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>a</x:v></x:c><x:c r="B1"><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
		"Comment":  head + `<!-- made by hand --><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c t="str"><v><![CDATA[a]]></v></c><c><v>2</v></c></row></sheetData></worksheet>`,
		"Greater":  head + `<worksheet note="a > b" xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row spans='1:2' r='1'><c t="inlineStr"><is><t>a</t></is></c><c><v>2</v></c></row></sheetData></worksheet>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := spreadsheet.ReadTable(t.Context(), "a.xlsx", packed(text(`xl\worksheets\sheet1.xml`, content)), spreadsheet.MaxUploadRows)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 1 || !slices.Equal(rows[0].Cells, []string{"a", "2"}) {
				t.Errorf("rows %v, want a and 2", rows)
			}
		})
	}
}

// Whoever waits no longer stops the reading.
func TestReadingStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, content := range map[string][]byte{"a.csv": []byte("a\nb\n"), "a.xlsx": packed(sheetOf(oneRow, 1))} {
		if _, err := spreadsheet.ReadTable(ctx, name, content, spreadsheet.MaxUploadRows); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want that the context is cancelled", name, err)
		}
	}
	columns := []spreadsheet.ListColumn{{Name: "a", Headers: []string{"a"}}}
	if _, err := spreadsheet.ReadList(ctx, "a.csv", []byte("a\nb\n"), columns); !errors.Is(err, context.Canceled) {
		t.Errorf("a list: error %v, want that the context is cancelled", err)
	}
}

// Each bound that is broken is said by a key of its own, so that a page says what to do.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	wide := packed(rowsOf(1, func(int) string { return `<c r="GS1"><v>1</v></c>` }))
	for name, tt := range map[string]struct {
		file    string
		content []byte
		want    string
	}{
		"Columns":  {"a.xlsx", wide, "file.columns[s1 1 201 GS 200]"},
		"CSV":      {"a.csv", []byte(strings.Repeat(",", 200)), "file.columns[CSV 1 201 GS 200]"},
		"Row":      {"a.csv", bytes.Repeat([]byte("x"), spreadsheet.MaxRowBytes+1), "file.cell[1 1024]"},
		"NotExcel": {"a.xlsx", []byte("a"), "list.file_unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := spreadsheet.ReadTable(t.Context(), tt.file, tt.content, spreadsheet.MaxUploadRows)
			if got := spreadsheet.Unreadable(err); got.String() != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzSheet holds that what the scan lets through the library reads within the
// bounds, and that what the library reads without complaint of a sheet that Excel
// could have written is what is given.
func FuzzSheet(f *testing.F) {
	f.Add([]byte(sheetHead + oneRow + sheetTail))
	f.Add([]byte(sheetHead + `<row r="2"><c r="XFD2" t="s"><v>0</v></c></row>` + sheetTail))
	f.Add([]byte(sheetHead + `<row><c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>` + sheetTail))
	f.Add([]byte(`<a:worksheet><!--<--><a:row r='1'/><![CDATA[x]]><?xml encoding="utf-16"?>`))
	f.Add([]byte(sheetHead + `<row r="1"><c s="1"><v>46000.5</v></c></row><row r="1048577"/>`))
	f.Fuzz(func(t *testing.T, sheet []byte) {
		content := packed(styled("yyyy-mm-dd"), text(sheetPart, string(sheet)))
		rows, err := spreadsheet.ReadTable(t.Context(), "a.xlsx", content, 1000)
		if err != nil {
			if !errors.Is(err, spreadsheet.ErrNotWorkbook) && !errors.Is(err, spreadsheet.ErrTooLarge) {
				t.Errorf("error %v, want that it is no workbook or too large", err)
			}
			return
		}
		file, err := excelize.OpenReader(bytes.NewReader(content))
		if err != nil {
			t.Fatalf("the library: %v", err)
		}
		want, err := file.GetRows(file.GetSheetName(0))
		if err != nil {
			t.Fatalf("the library: %v", err)
		}
		for last, row := range rows {
			if len(row.Cells) > spreadsheet.MaxColumns || row.Number < 1 || row.Number > len(want) || last > 0 && row.Number <= rows[last-1].Number {
				t.Fatalf("row %+v of %d", row, len(want))
			}
		}
		if len(rows) > 1000 {
			t.Errorf("%d rows, want at most 1000", len(rows))
		}
	})
}

// FuzzCSVRows holds that rows of text come within their bounds, and that no row
// stands before another of a larger number.
func FuzzCSVRows(f *testing.F) {
	f.Add([]byte("a;b\n\"1\n2\";3\n"))
	f.Add([]byte("\ufeffa\tb\r\n'=1\t\"x\"\"y\"\n"))
	f.Add([]byte("a,\"b\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, err := spreadsheet.ReadTable(t.Context(), "a.csv", content, 50)
		if err != nil && errors.Is(err, io.EOF) {
			t.Errorf("error %v", err)
		}
		if len(rows) > 50 {
			t.Errorf("%d rows, want at most 50", len(rows))
		}
		for i, row := range rows {
			if len(row.Cells) > spreadsheet.MaxColumns || i > 0 && row.Number <= rows[i-1].Number {
				t.Fatalf("row %+v after %v", row, rows[:i])
			}
		}
	})
}
