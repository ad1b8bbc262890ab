package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// tableRow is a row of a file, its cells composed and trimmed.
type tableRow struct {
	number int // as a spreadsheet counts: from 1, the header included
	cells  []string
}

// readTable reads a CSV file or the first sheet of an XLSX file, without the
// rows that are empty. CSV may be separated by commas, semicolons or tabs.
func readTable(path string) ([]tableRow, error) {
	var rows []tableRow
	var err error
	if strings.EqualFold(filepath.Ext(path), ".xlsx") {
		rows, err = readXLSX(path)
	} else {
		rows, err = readCSV(path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, r := range rows {
		for i, cell := range r.cells {
			r.cells[i] = strings.TrimSpace(norm.NFC.String(cell))
		}
	}
	return slices.DeleteFunc(rows, func(r tableRow) bool {
		return !slices.ContainsFunc(r.cells, func(cell string) bool { return cell != "" })
	}), nil
}

func readCSV(path string) ([]tableRow, error) {
	content, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		return nil, errors.New("not UTF-8 text; save the list as “CSV UTF-8” or as .xlsx")
	}
	reader := csv.NewReader(bytes.NewReader(content))
	reader.Comma = separator(content)
	reader.FieldsPerRecord = -1
	var rows []tableRow
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := reader.FieldPos(0)
		rows = append(rows, tableRow{line, cells})
	}
}

func readXLSX(path string) (rows []tableRow, err error) {
	f, err := excelize.OpenFile(path)
	if err != nil {
		return nil, fmt.Errorf("not a readable .xlsx file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sheet, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		return nil, err
	}
	for i, cells := range sheet {
		rows = append(rows, tableRow{i + 1, cells})
	}
	return rows, nil
}
