package transactions

import (
	"context"
	"fmt"
	"strings"

	"hailong/survey"
	"hailong/survey/spreadsheet"
)

var listColumns = []spreadsheet.ListColumn{
	{Name: "point", Title: survey.Text{"vi": "mã điểm khảo sát", "en": "point"}, Headers: []string{"point", "mã điểm khảo sát", "mã điểm", "điểm khảo sát"}},
	{Name: "day", Title: survey.Text{"vi": "ngày", "en": "day"}, Headers: []string{"day", "ngày", "date"}},
	{Name: "number", Title: survey.Text{"vi": "số lượt giao dịch", "en": "number"}, Headers: []string{"number", "số lượt giao dịch", "số lượt", "số giao dịch", "transactions"}},
}

// List is a file of counts: what it would state, and where it stands.
type List struct {
	Counts        []Count
	Rows          []int // of the file, for each count
	Changed, Same int   // days with another number than before; with the same one
	FarAbove      int   // days with a number far above what is usual
	Fewer         int   // days with a number below the responses received
}

// ReadList reads a file of counts, a row a point and day, and compares it with
// what is stated. Every row that is wrong is a problem, and then nothing is to be
// stored. Errors are those of spreadsheet.ReadList, and of the store.
func (t *Transactions) ReadList(ctx context.Context, name string, content []byte) (List, []survey.RowProblem, error) {
	rows, err := spreadsheet.ReadList(ctx, name, content, listColumns)
	if err != nil {
		return List{}, nil, err
	}
	var list List
	var problems []survey.RowProblem
	first := survey.Date("")
	seen := map[string]bool{}
	for _, row := range rows {
		count, wrong := t.readRow(row)
		key := fmt.Sprint(count.Point, count.Day)
		if len(wrong) == 0 && seen[key] {
			wrong = []survey.RowProblem{{Row: row.Row, Column: "day", Message: survey.Message{Key: "transaction.day_twice"}}}
		}
		if seen[key] = true; len(wrong) > 0 {
			problems = append(problems, wrong...)
			continue
		}
		if first == "" || count.Day < first {
			first = count.Day
		}
		list.Counts, list.Rows = append(list.Counts, count), append(list.Rows, row.Row)
	}
	if len(problems) > 0 {
		return list, problems, nil
	}
	if len(list.Counts) == 0 {
		return list, nil, nil
	}
	stated, err := t.Since(ctx, before(first))
	list.FarAbove = farAbove(stated, list.Counts)
	for _, c := range list.Counts {
		if n, known := stated[c.Point][c.Day]; known && n == c.Number {
			list.Same++
		} else {
			list.Changed++
		}
	}
	if err != nil {
		return list, nil, err
	}
	fewer, err := t.FewerThanReceived(ctx, list.Counts)
	list.Fewer = len(fewer)
	return list, nil, err
}

func (t *Transactions) readRow(row spreadsheet.ListRow) (Count, []survey.RowProblem) {
	c := Count{Day: survey.Date(row.Cells["day"]), Number: survey.WholeNumber(row.Cells["number"])}
	if day, err := survey.ParseDate(strings.TrimSpace(row.Cells["day"])); err == nil {
		c.Day = day
	}
	if code, err := survey.ParsePointCode(row.Cells["point"]); err == nil {
		c.Point = code
	}
	var problems []survey.RowProblem
	fields := survey.FieldsOf(t.Check(c))
	for _, column := range []string{"point", "day", "number"} {
		if message, wrong := fields[column]; wrong {
			problems = append(problems, survey.RowProblem{Row: row.Row, Column: column, Message: message})
		}
	}
	return c, problems
}
