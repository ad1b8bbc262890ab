package questions_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"hailong/survey"
	"hailong/survey/costtest"
	"hailong/survey/questions"
	"hailong/survey/spreadsheet"
)

// xlsBomb makes an XLSForm of so many rows of questions and of choices.
func xlsBomb(heading []any, rows int, question func(int) []any, options int, choice func(int) []any) []byte {
	file := excelize.NewFile()
	sheet := func(name string, heading []any, n int, cells func(int) []any) {
		if _, err := file.NewSheet(name); err != nil {
			panic(err)
		}
		w, err := file.NewStreamWriter(name)
		if err != nil {
			panic(err)
		}
		for i := range n + 1 {
			row := heading
			if i > 0 {
				row = cells(i)
			}
			if err := spreadsheet.SetRow(w, i+1, row); err != nil {
				panic(err)
			}
		}
		if err := w.Flush(); err != nil {
			panic(err)
		}
	}
	sheet("survey", heading, rows, question)
	sheet("choices", []any{"list_name", "name", "label"}, options, choice)
	var out bytes.Buffer
	if err := file.Write(&out); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// longestForm is as much as is read.
func longestForm() []byte {
	return xlsBomb([]any{"type", "name", "label"}, 5_000, func(i int) []any { return []any{"select_one l", fmt.Sprint("q", i), "x"} },
		20_000, func(i int) []any {
			if i <= 10 {
				return []any{"l", i, "x"}
			}
			return []any{"other", i, "x"}
		})
}

// xlsBombs are XLSForms that make a reader compare much with much.
var xlsBombs = map[string]func() []byte{
	"Questions": func() []byte {
		return xlsBomb([]any{"type", "name", "label"}, 50_000, func(i int) []any { return []any{"select_one l", fmt.Sprint("q", i), "x"} },
			4, func(i int) []any { return []any{"l", i, "x"} })
	},
	"SameQuestion": func() []byte {
		return xlsBomb([]any{"type", "name", "label"}, 50_000, func(int) []any { return []any{"select_one l", "q", "x"} },
			4, func(int) []any { return []any{"l", 1, "x"} })
	},
	"Lists": func() []byte {
		return xlsBomb([]any{"type", "name", "label"}, 30_000, func(i int) []any { return []any{fmt.Sprint("select_one l", i), fmt.Sprint("q", i), "x"} },
			60_000, func(i int) []any { return []any{fmt.Sprint("l", i/2), i % 2, fmt.Sprint("x", i)} })
	},
	"Choices": func() []byte {
		return xlsBomb([]any{"type", "name", "label"}, 500, func(i int) []any { return []any{"select_one l", fmt.Sprint("q", i), "x"} },
			90_000, func(i int) []any { return []any{"l", fmt.Sprint("c", i), "x"} })
	},
	"Longest": longestForm,
	"Options": func() []byte {
		return xlsBomb([]any{"type", "name", "label"}, 5_000, func(i int) []any { return []any{"select_one l", fmt.Sprint("q", i), "x"} },
			20_000, func(i int) []any { return []any{"l", i, "x"} })
	},
	"SameChoice": func() []byte {
		return xlsBomb([]any{"type", "name", "label"}, 500, func(i int) []any { return []any{"select_one l", fmt.Sprint("q", i), "x"} },
			90_000, func(int) []any { return []any{"l", "c", "x"} })
	},
	"Groups": func() []byte {
		return xlsBomb([]any{"type", "name", "label"}, 80_000, func(i int) []any { return []any{"begin group", fmt.Sprint("g", i), "x"} },
			0, nil)
	},
	"Conditions": func() []byte {
		relevant := strings.Repeat("(", 5_000) + "${q1} = '1'" + strings.Repeat(" and ${q1} = '1')", 5_000)
		return xlsBomb([]any{"type", "name", "label", "relevant"}, 30, func(i int) []any { return []any{"text", fmt.Sprint("q", i), "x", relevant} },
			0, nil)
	},
	"Languages": func() []byte {
		heading := []any{"type", "name"}
		for i := range 198 {
			heading = append(heading, fmt.Sprintf("label::L%d (l%d)", i, i))
		}
		return xlsBomb(heading, 9_000, func(i int) []any {
			row := []any{"text", fmt.Sprint("q", i)}
			for range 198 {
				row = append(row, "x")
			}
			return row
		}, 0, nil)
	},
}

// No XLSForm within the size of an upload costs much, whatever stands in it.
func TestXLSFormBombs(t *testing.T) {
	t.Parallel()
	for name, content := range xlsBombs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cost := costtest.Check(t, content, func(content []byte) string {
				q, lost, err := questions.ReadXLSForm(t.Context(), content, survey.Procedures, nil)
				return fmt.Sprintf("%d questions, %d lost, %v", len(q.Items()), len(lost), err)
			})
			long := strings.Contains(cost.Result, "questionnaire.file_long") || strings.Contains(cost.Result, "file.unpacked")
			if read := name == "Longest" || name == "Conditions"; read == long {
				t.Errorf("it said %.200s", cost.Result)
			}
		})
	}
}
