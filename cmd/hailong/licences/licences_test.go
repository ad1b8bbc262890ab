package licences_test

import (
	"bytes"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"

	"hailong/cmd/hailong/licences"
)

// linked are the modules that the binary for this system links, as the go command says.
func linked(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", "hailong/cmd/hailong").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(modules)
	return slices.Compact(slices.DeleteFunc(modules, func(m string) bool { return m == "" }))
}

func TestNoticesOfEveryLinkedModule(t *testing.T) {
	t.Parallel()
	named := licences.Named()
	for _, m := range linked(t) {
		if !slices.Contains(named, m) {
			t.Errorf("%s has no notice; run go generate ./cmd/hailong/licences", m)
		}
	}
	if !slices.ContainsFunc(named, func(m string) bool { return strings.HasPrefix(m, "Go 1.") }) {
		t.Error("Go itself has no notice")
	}
	for section := range strings.SplitSeq(licences.Notices(), "\n== ") {
		if _, text, ok := strings.Cut(section, "\n\n"); ok && len(text) < 200 {
			t.Errorf("no licence is so short: %q", section)
		}
	}
}

// What is written is read again by the library's decoder, names every module with its
// version, and is the same each time.
func TestComponents(t *testing.T) {
	t.Parallel()
	info := &debug.BuildInfo{GoVersion: "go1.26.0", Deps: []*debug.Module{
		{Path: "example.org/a", Version: "v1.2.3", Sum: "h1:a="},
		{Path: "example.org/b", Version: "v0.1.0", Replace: &debug.Module{Path: "example.org/c", Version: "v2.0.0", Sum: "h1:c="}},
	}}
	write := func() []byte {
		var out bytes.Buffer
		if err := licences.WriteComponents(&out, info, "v0.2.0"); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	first := write()
	if !bytes.Equal(first, write()) {
		t.Error("it is not the same twice")
	}
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(first), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	got := []string{bom.Metadata.Component.Name + " " + bom.Metadata.Component.Version}
	for _, c := range *bom.Components {
		got = append(got, c.PackageURL)
	}
	want := []string{"hailong v0.2.0", "pkg:golang/std@1.26.0", "pkg:golang/example.org/a@v1.2.3", "pkg:golang/example.org/c@v2.0.0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
}
