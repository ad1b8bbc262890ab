package spreadsheet

import (
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// MaxSheetRows is how many rows a sheet of Excel has, the header included.
const MaxSheetRows = 1_048_576

// longTable is the first sheet of a table that may go on in others.
const longTable = "Phiếu"

// SheetName is the name of the nth sheet of a table that is longer than a sheet holds:
// "Phiếu", "Phiếu 2" and so on.
func SheetName(n int) string {
	if n == 1 {
		return longTable
	}
	return longTable + " " + strconv.Itoa(n)
}

// WriteXLSX writes a list as the one sheet of a workbook, the header first.
// Every cell is text, which is never taken for a formula.
func WriteXLSX(out io.Writer, rows [][]string) (err error) {
	file := excelize.NewFile()
	defer func() { err = errors.Join(err, file.Close()) }()
	sheet, err := file.NewStreamWriter(file.GetSheetName(0))
	if err != nil {
		return err
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for k, cell := range row {
			cells[k] = cell
		}
		if err := SetRow(sheet, i+1, cells); err != nil {
			return err
		}
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	return file.Write(out)
}

// SetRow writes a row of a sheet, counted from 1.
func SetRow(sheet *excelize.StreamWriter, row int, cells []any) error {
	at, err := excelize.CoordinatesToCellName(1, row)
	if err != nil {
		return err
	}
	return sheet.SetRow(at, cells)
}
