package spreadsheet

import (
	"errors"
	"fmt"

	"hailong/survey"
)

// Bounds of every table. What a file weighs says little of what it costs to read:
// 100 KB of a workbook can be 300 million empty cells. So what is bounded is what
// costs: columns before a row is filled up to its last one, rows before they are
// kept, what is unpacked while it is unpacked.
const (
	MaxColumns         = 200   // of a list, and of a sheet of an XLSForm
	MaxResponseColumns = 4_000 // of a file of responses, which is read row by row
	MaxCellBytes       = 128 << 10
	MaxRowBytes        = 1 << 20 // of CSV: a quotation mark that is not closed can take the whole file

	// Of a table held in memory, by who brings it. It may have 20 cells a row.
	MaxUploadRows = 100_000
	MaxFileRows   = 1 << 20
	cellsOfRow    = 20
)

// ErrTooLarge is a file that goes beyond a bound. The error that comes is a
// BoundError, which says which one.
var ErrTooLarge = errors.New("tệp quá lớn / the file is too large")

// BoundError is ErrTooLarge with what is too large, as a translation key with
// arguments.
type BoundError struct{ survey.Message }

// brokenBounds are what a BoundError says where nobody translates, by key.
var brokenBounds = map[string]string{
	"file.columns":  "trang %[1]s, dòng %[2]d: có cột thứ %[3]d (%[4]s); nhiều nhất là %[5]d cột; xin xóa các cột thừa / sheet %[1]s, row %[2]d: there is a column %[3]d (%[4]s); %[5]d is the most there may be; delete the columns that are not needed",
	"file.rows":     "bảng có quá nhiều dòng (nhiều nhất: %[1]d dòng); xin chia thành nhiều tệp / the table has too many rows (at most: %[1]d); split the file",
	"file.cells":    "bảng có quá nhiều ô (nhiều nhất: %[1]d ô); xin bỏ các cột không cần / the table has too many cells (at most: %[1]d); leave out the columns that are not needed",
	"file.cell":     "dòng %[1]d: một ô hoặc cả dòng dài quá %[2]d KB; nếu là CSV, có thể thiếu dấu ngoặc kép / row %[1]d: a cell or the whole row is longer than %[2]d KB; in CSV a quotation mark may be missing",
	"file.text":     "một ô của tệp dài quá %[1]d KB; xin rút ngắn / a cell of the file is longer than %[1]d KB; shorten it",
	"file.parts":    "phần %[1]s của tệp có quá nhiều mục (nhiều nhất: %[2]d); xin chép riêng dữ liệu sang một tệp Excel mới / the part %[1]s of the file holds too much (at most: %[2]d); copy the data alone into a new Excel file",
	"file.formats":  "bảng có quá nhiều ô ngày hoặc số có định dạng; xin lưu thành “CSV UTF-8” / too many cells of the table are dates or formatted numbers; save it as “CSV UTF-8”",
	"file.unpacked": "giải nén tệp này được hơn %[1]d MiB; xin chia thành nhiều tệp / the file unpacks to more than %[1]d MiB; split it",
}

func (e *BoundError) Error() string {
	return fmt.Sprintf(brokenBounds[e.Key], e.Args...)
}

// Is makes a BoundError an ErrTooLarge.
func (e *BoundError) Is(target error) bool { return target == ErrTooLarge }

func tooLarge(key string, args ...any) error {
	return &BoundError{survey.Message{Key: key, Args: args}}
}

// Unreadable is why a file could not be read, for an error of ReadTable or
// ReadWorkbook: the bound that it breaks, or that it is none that can be read.
func Unreadable(err error) survey.Message {
	var bound *BoundError
	if errors.As(err, &bound) {
		return bound.Message
	}
	return survey.Message{Key: "list.file_unreadable"}
}
