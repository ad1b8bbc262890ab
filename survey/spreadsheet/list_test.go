package spreadsheet_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"hailong/survey"
	"hailong/survey/spreadsheet"
	"hailong/survey/surveytest"
)

// workbook is an Excel file with rows on its first sheet, and a sheet behind it.
func workbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("Sheet2"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellValue("Sheet2", "A1", "other"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadTable(t *testing.T) {
	t.Parallel()
	want := []spreadsheet.Row{{Number: 1, Cells: []string{"Tên", "Cấp"}}, {Number: 3, Cells: []string{"Trường Một", "2"}}}
	for name, content := range map[string][]byte{
		"comma.csv":      []byte("Tên,Cấp\n,\n Trường Một ,2\n"),
		"semicolon.csv":  []byte("Tên;Cấp\r\n;\r\nTrường Một;2\r\n"),
		"tab.txt":        []byte("Tên\tCấp\n\t\nTrường Một\t2"),
		"mark.csv":       []byte("\ufeffTên,Cấp\n , \nTrường Một,2\n"),
		"decomposed.csv": []byte("Te\u0302n,Ca\u0302\u0301p\n,\nTru\u031bo\u031b\u0300ng Mo\u0323\u0302t,2\n"),
		"book.XLSX":      workbook(t, []any{"Tên", "Cấp"}, []any{"", " "}, []any{"Trường Một", 2}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := spreadsheet.ReadTable(t.Context(), name, content, spreadsheet.MaxUploadRows)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSeparator(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]rune{"": ',', "a": ',', "a,b\n;;;": ',', "a;b;c,d": ';', "a\tb": '\t', "a;b,c": ','} {
		if got := spreadsheet.Separator([]byte(content)); got != want {
			t.Errorf("%q is separated by %q, want %q", content, got, want)
		}
	}
}

func TestReadList(t *testing.T) {
	t.Parallel()
	columns := []spreadsheet.ListColumn{
		{Name: "name", Title: survey.Text{"vi": "Tên", "en": "Name"}, Headers: []string{"tên", "name"}},
		{Name: "level", Title: survey.Text{"vi": "Cấp", "en": "Level"}, Headers: []string{"cấp", "level"}},
		{Name: "code", Title: survey.Text{"vi": "Mã"}, Headers: []string{"mã"}, Optional: true},
	}
	rows, err := spreadsheet.ReadList(t.Context(), "x.csv", []byte("CẤP,Ghi chú,Tên\n2,x,Một\n\n3\n"), columns)
	if err != nil {
		t.Fatal(err)
	}
	want := []spreadsheet.ListRow{{Row: 2, Cells: map[string]string{"level": "2", "name": "Một"}}, {Row: 4, Cells: map[string]string{"level": "3"}}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct {
		file, content, key string
		args               []any
	}{
		"NotUTF8":    {"x.csv", "T\xean,C\n", "list.file_unreadable", nil},
		"BadQuotes":  {"x.csv", "Tên,Cấp\n\"a,b", "list.file_unreadable", nil},
		"NoWorkbook": {"x.xlsx", "Tên,Cấp\n", "list.file_unreadable", nil},
		"Empty":      {"x.csv", "\n , \n", "list.file_empty", nil},
		"NoRows":     {"x.csv", "Tên,Cấp\n", "list.file_no_rows", nil},
		"TooLong":    {"x.csv", "Tên,Cấp\n" + strings.Repeat("Một,2\n", spreadsheet.MaxListRows+1), "list.file_long", []any{spreadsheet.MaxListRows}},
		"NoColumns":  {"x.csv", "Mã,Khác\n1,2\n", "list.file_columns", []any{survey.Text{"vi": "Tên, Cấp", "en": "Name, Level"}}},
		"OneColumn":  {"x.csv", "Mã,Tên\n1,2\n", "list.file_columns", []any{survey.Text{"vi": "Cấp", "en": "Level"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := spreadsheet.ReadList(t.Context(), tt.file, []byte(tt.content), columns)
			surveytest.WantError(t, err, survey.Invalid, tt.key)
			if diff := cmp.Diff(tt.args, argsOf(err)); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
		})
	}
	if rows, err := spreadsheet.ReadList(t.Context(), "x.csv", []byte("Tên,Cấp\n"+strings.Repeat("Một,2\n", spreadsheet.MaxListRows)), columns); err != nil || len(rows) != spreadsheet.MaxListRows {
		t.Errorf("the longest list has %d rows, want %d (%v)", len(rows), spreadsheet.MaxListRows, err)
	}
}

func argsOf(err error) []any {
	var e *survey.Error
	if errors.As(err, &e) {
		return e.Args
	}
	return nil
}

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	rows := [][]string{{"Tên", "Ghi chú"}, {"=1+1", "a;b"}, {"Một", `"x"`}}
	if err := spreadsheet.WriteCSV(&b, ';', rows); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffTên;Ghi chú\r\n'=1+1;\"a;b\"\r\nMột;\"\"\"x\"\"\"\r\n"
	if got := b.String(); got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
	long := [][]string{rows[0], {strings.Repeat("x", 100_000)}}
	for left := range 2 { // more than is gathered for one write
		if err := spreadsheet.WriteCSV(&surveytest.FullDisk{Left: left}, ',', long); !errors.Is(err, surveytest.ErrDiskFull) {
			t.Errorf("with room for %d writes: error %v, want %v", left, err, surveytest.ErrDiskFull)
		}
	}
}
