package spreadsheet_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"hailong/survey/spreadsheet"
	"hailong/survey/surveytest"
)

func row(number int, cells ...string) spreadsheet.Row {
	return spreadsheet.Row{Number: number, Cells: cells}
}

// workbookOf makes an Excel file of sheets, each a name and its rows.
func workbookOf(t testing.TB, names []string, sheets map[string][][]any) []byte {
	t.Helper()
	file := excelize.NewFile()
	for i, name := range names {
		var err error
		if i == 0 {
			err = file.SetSheetName(file.GetSheetName(0), name)
		} else {
			_, err = file.NewSheet(name)
		}
		if err != nil {
			t.Fatal(err)
		}
		for k, cells := range sheets[name] {
			at, err := excelize.CoordinatesToCellName(1, k+1)
			if err == nil {
				err = file.SetSheetRow(name, at, &cells)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := errors.Join(file.Write(&out), file.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadTableOfCSV(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content string
		want    []spreadsheet.Row
	}{
		"Comma":     {"a,b\n1,2\n", []spreadsheet.Row{row(1, "a", "b"), row(2, "1", "2")}},
		"Semicolon": {"\ufeffa;b\r\n1,5;2\r\n", []spreadsheet.Row{row(1, "a", "b"), row(2, "1,5", "2")}},
		"Tab":       {"a\tb\n1\t2", []spreadsheet.Row{row(1, "a", "b"), row(2, "1", "2")}},
		"Trimmed":   {" a , b\n,\n 1 ,\n", []spreadsheet.Row{row(1, "a", "b"), row(3, "1", "")}},
		// A spreadsheet counts a blank line, and not a line break inside a cell.
		"Numbers":    {"a,b\n\n\"x\ny\r\nz\",2\n\n3,4\n", []spreadsheet.Row{row(1, "a", "b"), row(3, "x\ny\nz", "2"), row(5, "3", "4")}},
		"Guarded":    {"a\n'=1+1\n'+84 912\n'quoted\n", []spreadsheet.Row{row(1, "a"), row(2, "=1+1"), row(3, "+84 912"), row(4, "'quoted")}},
		"Composed":   {"a\nXa\u0303\n", []spreadsheet.Row{row(1, "a"), row(2, "Xã")}},
		"Nothing":    {"", nil},
		"OnlyBlanks": {"\n,,\n \n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := spreadsheet.ReadTable(t.Context(), "list.csv", []byte(tt.content), spreadsheet.MaxUploadRows)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadTableRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file    string
		content []byte
		want    error
	}{
		"Latin":        {"a.csv", []byte("t\xean tr\xfd\xf6ng\n"), spreadsheet.ErrNotUTF8},
		"LatinBelow":   {"a.csv", []byte("a\n\xff\n"), spreadsheet.ErrNotUTF8},
		"NotAWorkbook": {"a.XLSX", []byte("a,b\n"), spreadsheet.ErrNotWorkbook},
		"CutOff":       {"a.xlsx", []byte("PK\x03\x04 cut off"), spreadsheet.ErrNotWorkbook},
		"Columns":      {"a.csv", bytes.Repeat([]byte(","), spreadsheet.MaxColumns), spreadsheet.ErrTooLarge},
		"Cells":        {"a.csv", bytes.Repeat([]byte("x"+strings.Repeat(",", 199)+"\n"), spreadsheet.MaxUploadRows/10+1), spreadsheet.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := spreadsheet.ReadTable(t.Context(), tt.file, tt.content, spreadsheet.MaxUploadRows)
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if rows != nil {
				t.Errorf("%d rows, want none", len(rows))
			}
			if err != nil && strings.Contains(err.Error(), "zip") {
				t.Errorf("%v: the words of the cause are not for people", err)
			}
		})
	}
}

func TestReadWorkbook(t *testing.T) {
	t.Parallel()
	content := workbookOf(t, []string{"Survey", "choices", "empty"}, map[string][][]any{
		"Survey":  {{" type ", "name"}, {}, {"text", "Xa\u0303"}},
		"choices": {{"list_name"}, {12}},
	})
	got, err := spreadsheet.ReadWorkbook(t.Context(), content, "survey", "choices", "empty", "none")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]spreadsheet.Row{
		"survey":  {row(1, "type", "name"), row(3, "text", "Xã")},
		"choices": {row(1, "list_name"), row(2, "12")},
		"empty":   nil,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	if table, err := spreadsheet.ReadTable(t.Context(), "a.xlsx", content, spreadsheet.MaxUploadRows); err != nil || cmp.Diff(want["survey"], table) != "" {
		t.Errorf("the first sheet: %v, %v", table, err)
	}
	if _, err := spreadsheet.ReadWorkbook(t.Context(), []byte("no")); !errors.Is(err, spreadsheet.ErrNotWorkbook) {
		t.Errorf("error %v, want %v", err, spreadsheet.ErrNotWorkbook)
	}
}

// What a writer of lists writes the reader gives back, and Excel as well as
// CSV.
func TestListsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	cell := rapid.StringMatching(`[a-z=+@'";,\t\n-]{0,5}x`)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "columns")
		table := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 6).Draw(t, "table")
		var want []spreadsheet.Row
		for i, cells := range table {
			trimmed := make([]string, len(cells))
			for k, c := range cells {
				trimmed[k] = strings.TrimSpace(c)
			}
			want = append(want, row(i+1, trimmed...))
		}
		for name, write := range map[string]func(io.Writer) error{
			"a.csv":  func(w io.Writer) error { return spreadsheet.WriteCSV(w, ',', table) },
			"a.xlsx": func(w io.Writer) error { return spreadsheet.WriteXLSX(w, table) },
		} {
			var out bytes.Buffer
			if err := write(&out); err != nil {
				t.Fatal(err)
			}
			if name == "a.csv" && spreadsheet.Separator(out.Bytes()) != ',' {
				continue // a header full of semicolons is read as separated by them
			}
			got, err := spreadsheet.ReadTable(t.Context(), name, out.Bytes(), spreadsheet.MaxUploadRows)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestOpenRowsOfAMissingFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"none.csv", "none.xlsx"} {
		if _, err := spreadsheet.OpenRows(filepath.Join(t.TempDir(), name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: error %v, want that it does not exist", name, err)
		}
	}
}

func TestOpenRowsOfNoWorkbook(t *testing.T) {
	t.Parallel()
	name := surveytest.WriteFile(t, "a.xlsx", "no")
	if _, err := spreadsheet.OpenRows(name); !errors.Is(err, spreadsheet.ErrNotWorkbook) {
		t.Errorf("error %v, want %v", err, spreadsheet.ErrNotWorkbook)
	}
}

// An export that fills a sheet goes on in the next; the rows are one file.
func TestRowsGoOnInTheNextSheet(t *testing.T) {
	t.Parallel()
	content := workbookOf(t, []string{"Phiếu", "Bảng mã", "Phiếu 2", "Phiếu 4"}, map[string][][]any{
		"Phiếu":   {{"unit", "day"}, {"u1", 46085}, {"u2"}},
		"Bảng mã": {{"a codebook"}},
		"Phiếu 2": {{"unit", "day"}, {"u3", 0.5}},
		"Phiếu 4": {{"unit"}, {"not of the export"}},
	})
	rows, err := spreadsheet.OpenRows(surveytest.WriteFile(t, "a.xlsx", string(content)))
	if err != nil {
		t.Fatal(err)
	}
	var got []spreadsheet.Row
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, spreadsheet.Row{Number: row.Number, Cells: append([]string{}, row.Cells...)})
	}
	if err := rows.Close(); err != nil {
		t.Error(err)
	}
	want := []spreadsheet.Row{row(1, "unit", "day"), row(2, "u1", "46085"), row(3, "u2"), row(4, "u3", "0.5")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// A date that somebody typed into Excel has the short format of that computer, which the
// file does not tell. It is read so that day and month cannot be taken for each other.
func TestReadTableOfDates(t *testing.T) {
	t.Parallel()
	file := excelize.NewFile()
	const shortDate = 14 // the format that Excel gives to a typed date
	style, err := file.NewStyle(&excelize.Style{NumFmt: shortDate})
	if err != nil {
		t.Fatal(err)
	}
	sheet := file.GetSheetName(0)
	var out bytes.Buffer
	err = errors.Join(
		file.SetCellValue(sheet, "A1", 46331), // 5 November 2026
		file.SetCellStyle(sheet, "A1", "A1", style),
		file.Write(&out), file.Close(),
	)
	if err != nil {
		t.Fatal(err)
	}
	got, err := spreadsheet.ReadTable(t.Context(), "list.xlsx", out.Bytes(), spreadsheet.MaxUploadRows)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]spreadsheet.Row{row(1, "2026-11-05")}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
