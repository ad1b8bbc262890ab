package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hailong/cmd/hailong/shelltest"
)

func TestReportOfPrivacy(t *testing.T) {
	t.Parallel()
	f := newErasureTest(t)
	f.draw(t)
	out, _, err := shelltest.Run(t, newRootCommand(), "report", "--privacy", "--store", f.url)
	if err != nil || !strings.Contains(out, "| `contacts` | 51 |") || !strings.Contains(out, "51 đã niêm phong, 0 chưa") || strings.Contains(out, telephone) {
		t.Errorf("the record, %v:\n%s", err, out)
	}
	file := filepath.Join(t.TempDir(), "record.md")
	shelltest.WantExit(t, newRootCommand(), 0, "report", "--privacy", "--lang", "en", "--store", f.url, "--out", file)
	shelltest.WantExit(t, newRootCommand(), 1, "report", "--privacy", "--store", f.url, "--out", file) // never over a file that is there
	if content := string(shelltest.ReadFile(t, file)); !strings.Contains(content, "51 sealed, 0 not") {
		t.Errorf("the file is\n%s", content)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's rights are %v, %v", info.Mode(), err)
	}
	shelltest.WantExit(t, newRootCommand(), 2, "report", "--store", f.url)
	shelltest.WantExit(t, newRootCommand(), 2, "report", "--privacy", "--lang", "fr", "--store", f.url)
}
