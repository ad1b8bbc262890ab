package questions

import (
	"hailong/survey"
)

// SheetsOf reads a workbook as ReadXLSForm does.
var SheetsOf = xlsSheets

// Get is the cell of a column.
func (r xlsRow) Get(column string) string { return r.get(column) }

// TextOf is the text of a part, in each of its languages.
func (r xlsRow) TextOf(part string) survey.Text { return r.text(part) }

// Line is the row's number in its sheet.
func (r xlsRow) Line() int { return r.number }
