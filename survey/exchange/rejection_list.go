package exchange

import (
	"errors"
	"io"
	"strconv"

	"hailong/survey"
	"hailong/survey/spreadsheet"
)

// RejectionList writes rejected rows as a CSV file, a line for each fault. The
// file is made for the first one: without a rejection there is none.
type RejectionList struct {
	Create  func() (io.WriteCloser, error)
	Explain func(survey.Message) string // in the language of the reader

	file io.WriteCloser
	csv  *spreadsheet.CSVWriter
}

// Add writes a rejection.
func (l *RejectionList) Add(r Rejection) error {
	if l.file == nil {
		file, err := l.Create()
		if err != nil {
			return err
		}
		l.file, l.csv = file, spreadsheet.NewCSVWriter(file)
		if err := l.csv.Write([]string{"dòng / row", "cột / column", "lý do / reason", "giá trị / value"}); err != nil {
			return err
		}
	}
	return l.csv.Write([]string{strconv.Itoa(r.Row), r.Column, l.Explain(r.Reason), r.Value})
}

// Close finishes the file, if there is one.
func (l *RejectionList) Close() error {
	if l.file == nil {
		return nil
	}
	return errors.Join(l.csv.Flush(), l.file.Close())
}
