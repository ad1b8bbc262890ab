package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
)

// semanticVersion is SemVer 2.0 behind a v, as tags of Go modules have it.
var semanticVersion = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

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
	first, rest, _ := strings.Cut(string(out), "\n")
	if want := "hailong v9.8.7"; first != want {
		t.Errorf("printed %q first, want %q", first, want)
	}
	if want := fmt.Sprintf("\nformat  %d\n", survey.CurrentFormat); !strings.Contains(rest, want) {
		t.Errorf("printed %q, want %q in it", rest, want)
	}
	for _, file := range []string{"Dockerfile", "../../Makefile"} {
		if content := shelltest.ReadFile(t, file); !bytes.Contains(content, []byte("-X main.version=")) {
			t.Errorf("%s does not set main.version", file)
		}
	}
}

func TestDevelopmentVersion(t *testing.T) {
	t.Parallel()
	const commit = "94b797d2807b4ee7313057635b17e7dff4c436ac"
	for _, tt := range []struct {
		commit  string
		changed bool
		want    string
	}{
		{"", false, nextRelease + "-dev"},
		{commit, false, nextRelease + "-dev+94b797d2807b"},
		{commit, true, nextRelease + "-dev+94b797d2807b.changed"},
	} {
		got := developmentVersion(tt.commit, tt.changed)
		if got != tt.want {
			t.Errorf("built from %q, changed %t: %s, want %s", tt.commit, tt.changed, got, tt.want)
		}
		if !semanticVersion.MatchString(got) {
			t.Errorf("%s is no semantic version", got)
		}
	}
}

// The version that is to come is written in two places, and every version that the list of
// changes names can be told from the others.
func TestChangelogNamesTheNextRelease(t *testing.T) {
	t.Parallel()
	changelog := shelltest.ReadFile(t, "operations/CHANGELOG.md")
	headings := regexp.MustCompile(`(?m)^## (\S+)`).FindAllSubmatch(changelog, -1)
	if len(headings) == 0 || string(headings[0][1]) != nextRelease {
		t.Errorf("the newest heading of CHANGELOG.md is not %s", nextRelease)
	}
	for _, h := range headings {
		if !semanticVersion.Match(h[1]) {
			t.Errorf("CHANGELOG.md: %s is no semantic version", h[1])
		}
	}
}
