package spreadsheet_test

import (
	"fmt"
	"strings"
	"testing"

	"hailong/survey/costtest"
	"hailong/survey/spreadsheet"
)

// No workbook costs much, whatever is packed in it, and each is told what is wrong.
func TestWorkbookBombs(t *testing.T) {
	t.Parallel()
	for name, bomb := range workbookBombs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cost := costtest.Check(t, bomb.content, func(content []byte) string {
				rows, err := spreadsheet.ReadTable(t.Context(), "brought.xlsx", content, spreadsheet.MaxUploadRows)
				if err == nil && len(rows) == 0 {
					err = fmt.Errorf("no rows")
				}
				if err != nil {
					return err.Error()
				}
				return ""
			})
			if (bomb.want == "") != (cost.Result == "") || !strings.Contains(cost.Result, bomb.want) {
				t.Errorf("it said %.300q, want %q", cost.Result, bomb.want)
			}
		})
	}
}
