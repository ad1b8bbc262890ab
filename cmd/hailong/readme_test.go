package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// TestReadmeListsSettings holds the README's table of settings to the flags of
// serve.
func TestReadmeListsSettings(t *testing.T) {
	const (
		path  = "../../README.md"
		begin = "<!-- flags of serve: kept true by a test -->\n"
		end   = "<!-- end -->"
	)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(content), begin)
	table, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("README.md has no table of settings")
	}
	var want strings.Builder
	want.WriteString("| cờ – flag | biến – variable | mặc định – default | |\n|---|---|---|---|\n")
	newServeCommand().Flags().VisitAll(func(f *pflag.Flag) {
		value := ""
		if f.DefValue != "" && f.DefValue != "[]" {
			value = "`" + f.DefValue + "`"
		}
		fmt.Fprintf(&want, "| `--%s` | `%s` | %s | %s |\n", f.Name, environmentName(f.Name), value, f.Usage)
	})
	if *updateGolden {
		if err := os.WriteFile(path, []byte(before+begin+want.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want.String(), table); diff != "" {
		t.Errorf("run go test ./cmd/hailong -run Readme -update (-want +got):\n%s", diff)
	}
}
