package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hailong/cmd/hailong/shelltest"
)

// The Makefile and the Dockerfile set the version by the variable's name, which
// the compiler does not check: a linker that finds no such variable says nothing.
func TestVersionSetByLinker(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "hailong")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-ldflags", "-s -w -X main.version=v9.8.7", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), binary, "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.TrimSpace(string(out)), "hailong v9.8.7"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	for _, file := range []string{"Dockerfile", "../../Makefile"} {
		if content := shelltest.ReadFile(t, file); !bytes.Contains(content, []byte("-X main.version=")) {
			t.Errorf("%s does not set main.version", file)
		}
	}
}
