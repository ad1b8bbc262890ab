package spreadsheet_test

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"hailong/survey/costtest"
	"hailong/survey/spreadsheet"
)

// csvBombs are files of text that a reader takes much of before it sees a row.
var csvBombs = map[string]struct {
	content func() []byte
	table   string // what is said of it as a list in memory; empty: it is read
	rows    string // and of a file of responses, which is read row by row
}{
	"Field":          {func() []byte { return []byte("a,b\n" + strings.Repeat("x", size(100<<20))) }, "row 2: a cell or the whole row is longer than 1024 KB", "row 2: a cell"},
	"QuoteNotClosed": {func() []byte { return []byte("a,b\n1,\"" + strings.Repeat("2\n3,", size(10_000_000))) }, "row 2: a cell or the whole row", "row 2: a cell"},
	"Columns":        {func() []byte { return []byte(strings.Repeat("a,", 1_000_000)) }, "row 1: a cell or the whole row", "row 1: a cell"},
	"ManyColumns":    {func() []byte { return []byte(strings.Repeat(",", 1_000_000)) }, "row 1: there is a column 1000001 (XFD); 200", "4000"},
	"Rows":           {func() []byte { return []byte(strings.Repeat("a,b\n", 1_000_000)) }, "at most: 100000", ""},
	"Cells":          {func() []byte { return []byte(strings.Repeat(strings.Repeat("a,", 199)+"a\n", 11_000)) }, "at most: 2000000", ""},
	"BlankRows":      {func() []byte { return []byte("a\n" + strings.Repeat(",\n", size(10_000_000))) }, "", ""},
	"MostRows":       {func() []byte { return []byte(strings.Repeat(strings.Repeat("ab,", 19)+"c\n", 100_000)) }, "", ""},
	"Quotes":         {func() []byte { return []byte(strings.Repeat(`"""""",`, size(10_000_000))) }, "row 1: a cell or the whole row", "row 1: a cell"},
}

// No text costs much either, as a list or as a file of responses.
func TestCSVBombs(t *testing.T) {
	t.Parallel()
	for name, bomb := range csvBombs {
		for way, want := range map[string]string{"Table": bomb.table, "Rows": bomb.rows} {
			t.Run(name+way, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				cost := costtest.Check(t, bomb.content, func(content []byte) string {
					err := readTableOrRows(way, dir, content)
					if err != nil {
						return err.Error()
					}
					return ""
				})
				if (want == "") != (cost.Result == "") || !strings.Contains(cost.Result, want) {
					t.Errorf("it said %.300q, want %q", cost.Result, want)
				}
			})
		}
	}
}

func readTableOrRows(way, dir string, content []byte) error {
	if way == "Table" {
		_, err := spreadsheet.ReadTable(context.Background(), "brought.csv", content, spreadsheet.MaxUploadRows)
		return err
	}
	return readAll(dir+"/brought.csv", content)
}

// readAll reads a file of responses row by row.
func readAll(name string, content []byte) error {
	if err := os.WriteFile(name, content, 0o600); err != nil {
		return err
	}
	rows, err := spreadsheet.OpenRows(name)
	if err != nil {
		return err
	}
	for {
		if _, err := rows.Next(); errors.Is(err, io.EOF) {
			return rows.Close()
		} else if err != nil {
			return errors.Join(err, rows.Close())
		}
	}
}

// A workbook of responses is read within the same bounds, from a file.
func TestWorkbookBombsFromAFile(t *testing.T) {
	t.Parallel()
	for name, bomb := range workbookBombs {
		if size(5) < 5 && !slices.Contains([]string{"Wide2000", "Deep", "RunsOfACell", "Gigabyte", "Lying", "MostOfAll"}, name) {
			continue // "make faults" reads all of them
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cost := costtest.Check(t, bomb.content, func(content []byte) string {
				if err := readAll(dir+"/brought.xlsx", content); err != nil {
					return err.Error()
				}
				return ""
			})
			if cost.Result != "" && !strings.Contains(cost.Result, " / ") {
				t.Errorf("it said %.300q, want what to do, in Vietnamese and English", cost.Result)
			}
		})
	}
}
