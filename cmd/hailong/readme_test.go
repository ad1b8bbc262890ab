package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// readme is the README of a language.
type readme struct {
	path, other string // in the root of the repository; the README of the other language
	head        string // of the table of settings
	text        func(string) string
}

var readmes = map[string]readme{
	"English":    {"README.md", "README.vi.md", "| flag | variable | default | |", inEnglish},
	"Vietnamese": {"README.vi.md", "README.md", "| cờ | biến môi trường | mặc định | |", inVietnamese},
}

func (r readme) read(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../../" + r.path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestReadmeListsSettings holds the table of settings of both READMEs to the
// flags of serve.
func TestReadmeListsSettings(t *testing.T) {
	const (
		begin = "<!-- flags of serve: kept true by a test -->\n"
		end   = "<!-- end -->"
	)
	for name, r := range readmes {
		t.Run(name, func(t *testing.T) {
			before, rest, found := strings.Cut(r.read(t), begin)
			table, after, closed := strings.Cut(rest, end)
			if !found || !closed {
				t.Fatalf("%s has no table of settings", r.path)
			}
			var want strings.Builder
			want.WriteString(r.head + "\n|---|---|---|---|\n")
			newServeCommand().Flags().VisitAll(func(f *pflag.Flag) {
				value := ""
				if f.DefValue != "" && f.DefValue != "[]" {
					value = "`" + f.DefValue + "`"
				}
				fmt.Fprintf(&want, "| `--%s` | `%s` | %s | %s |\n", f.Name, environmentName(f.Name), value, r.text(f.Usage))
			})
			if *updateGolden {
				if err := os.WriteFile("../../"+r.path, []byte(before+begin+want.String()+end+after), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want.String(), table); diff != "" {
				t.Errorf("run go test ./cmd/hailong -run Readme -update (-want +got):\n%s", diff)
			}
		})
	}
}

// Each README names every command, and leads to the other language at its top.
func TestReadmeNamesEveryCommand(t *testing.T) {
	for name, r := range readmes {
		t.Run(name, func(t *testing.T) {
			content := r.read(t)
			for _, cmd := range newRootCommand().Commands() {
				if !cmd.IsAvailableCommand() || cmd.Name() == "help" {
					continue
				}
				if !regexp.MustCompile("(?m)^\\|.*`hailong " + cmd.Name() + "\\b").MatchString(content) {
					t.Errorf("%s does not list the command %s", r.path, cmd.Name())
				}
			}
			if top := strings.SplitN(content, "\n##", 2)[0]; !strings.Contains(top, "]("+r.other+")") {
				t.Errorf("%s does not lead to %s before its first section", r.path, r.other)
			}
		})
	}
}

// What one README explains the other explains too: both have the same sections,
// and name the same flags, variables, addresses, packages and links.
func TestReadmesSayTheSame(t *testing.T) {
	section := regexp.MustCompile("(?m)^#+ ")
	name := regexp.MustCompile("`(--[a-z-]+|HAILONG_\\w+|/[a-z0-9./]+|[a-z0-9]+)`|\\]\\([^R)][^)]*\\)|(?m:^    [a-z./]+)")
	outline := func(r readme) (parts []string) {
		content := r.read(t)
		found := name.FindAllString(content, -1)
		slices.Sort(found)
		return append(section.FindAllString(content, -1), slices.Compact(found)...)
	}
	en := outline(readmes["English"])
	if len(en) < 60 {
		t.Errorf("only %d things are named: is the README cut off?", len(en))
	}
	if diff := cmp.Diff(en, outline(readmes["Vietnamese"])); diff != "" {
		t.Errorf("the READMEs differ (-English +Vietnamese):\n%s", diff)
	}
}
