package faulttest

import (
	"os"
	"path/filepath"
	"testing"
)

// failures is a test that notes that it failed.
type failures struct {
	testing.TB
	failed bool
}

func (f *failures) Helper()               {}
func (f *failures) Log(...any)            {}
func (f *failures) Errorf(string, ...any) { f.failed = true }

// Every outcome is a row of the table; one in which something was lost or doubled fails.
func TestReport(t *testing.T) { // not parallel: it sets the environment
	file := filepath.Join(t.TempDir(), "table")
	t.Setenv(tableEnv, file)
	for _, c := range []struct {
		o    Outcome
		want string
		bad  bool
	}{
		{Outcome{Done: "killed", Acknowledged: 7, Stored: 9, Note: "3 rounds"}, "| killed                                                           |       7 |       9 |       0 |       0 | 3 rounds |\n", false},
		{Outcome{Done: "bit", Acknowledged: Unknown, Stored: Unknown, Lost: 1}, "| bit                                                              |       – |       – |       1 |       0 |  |\n", true},
		{Outcome{Done: "twice", Doubled: 2}, "| twice                                                            |       0 |       0 |       0 |       2 |  |\n", true},
	} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		f := &failures{TB: t}
		c.o.Report(f)
		row, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(row) != c.want || f.failed != c.bad {
			t.Errorf("%q, failed is %v, want %q and %v", row, f.failed, c.want, c.bad)
		}
	}
}
