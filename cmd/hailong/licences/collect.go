//go:build ignore

// Command collect writes notices.txt: the licences and notices of every module that the
// binary links, and of Go itself. Modules with the same text share it.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// legal are the names of files that have to be passed on.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([-._].*)?$`)

func main() {
	log.SetFlags(0)
	holders := map[string][]string{} // text to the modules that have it
	add := func(name, dir string) {
		text, err := notices(dir)
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		holders[text] = append(holders[text], name)
	}
	for _, m := range linked() {
		fields := strings.Fields(m)
		add(fields[0]+" "+fields[1], fields[2])
	}
	add("Go "+goSeries(), runtime.GOROOT())
	texts := make([]string, 0, len(holders))
	for text := range holders {
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b string) int { return strings.Compare(holders[a][0], holders[b][0]) })
	var out bytes.Buffer
	for _, text := range texts {
		for _, name := range holders[text] {
			fmt.Fprintf(&out, "== %s\n", name)
		}
		fmt.Fprintf(&out, "\n%s\n", text)
	}
	if err := os.WriteFile("notices.txt", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// linked are the modules that a release for any system links, with version and directory.
func linked() []string {
	var modules []string
	for _, system := range []string{"linux", "windows", "darwin"} {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}", "hailong/cmd/hailong")
		list.Env = append(os.Environ(), "GOOS="+system)
		out, err := list.Output()
		if err != nil {
			log.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if line = strings.TrimSpace(line); line != "" {
				modules = append(modules, line)
			}
		}
	}
	slices.Sort(modules)
	return slices.Compact(modules)
}

// notices are the legal files of a module, one after the other.
func notices(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, e := range entries {
		if e.IsDir() || !legal.MatchString(e.Name()) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "-- %s\n%s\n", e.Name(), strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n")))
	}
	if text.Len() == 0 {
		return "", fmt.Errorf("no licence in %s", dir)
	}
	return text.String(), nil
}

// goSeries is the version of Go without its last number, which changes nothing here.
func goSeries() string {
	parts := strings.Split(runtime.Version(), ".")
	return strings.TrimPrefix(strings.Join(parts[:min(2, len(parts))], "."), "go")
}
