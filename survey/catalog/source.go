package catalog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"hailong/survey"
)

// reader reads the files of a catalogue and gathers what is wrong with them.
type reader struct {
	fsys  fs.FS
	files []*file
}

// file is a catalogue file that knows on which line each of its values stands.
type file struct {
	name     string
	broken   bool           // could not be decoded: its values must not be judged
	lines    map[string]int // by YAML path: "$.units[3].name.vi"
	problems []Problem
}

// read decodes a file into v. Fields that v does not have are mistakes.
func (r *reader) read(name string, v any) *file {
	f := &file{name: name, lines: map[string]int{}}
	r.files = append(r.files, f)
	src, err := fs.ReadFile(r.fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("the file is missing")
	}
	if err == nil {
		err = f.decode(src, v)
	}
	f.undecoded(err)
	return f
}

// undecoded notes why a file could not be decoded, if it could not.
func (f *file) undecoded(err error) {
	if err != nil {
		f.broken = true
		line, text := 1, err.Error()
		var at yaml.Error
		if errors.As(err, &at) {
			text = at.GetMessage()
			if token := at.GetToken(); token != nil && token.Position != nil {
				line = token.Position.Line
			}
		}
		f.problems = append(f.problems, Problem{File: f.name, Line: line, Text: text})
	}
}

func (f *file) decode(src []byte, v any) error {
	tree, err := parser.ParseBytes(src, 0)
	if err != nil {
		return err
	}
	if len(tree.Docs) != 1 {
		return fmt.Errorf("the file holds %d documents; write one", len(tree.Docs))
	}
	body := tree.Docs[0].Body
	if body == nil {
		return errors.New("the file is empty")
	}
	ast.Walk(lineVisitor(f.lines), body)
	return yaml.NewDecoder(bytes.NewReader(nil), yaml.Strict()).DecodeFromNode(body, v)
}

type lineVisitor map[string]int

func (lines lineVisitor) Visit(node ast.Node) ast.Visitor {
	token := node.GetToken()
	if token == nil || token.Position == nil {
		return lines
	}
	// The first node with a path is its key, or the start of its value.
	if _, seen := lines[node.GetPath()]; !seen {
		lines[node.GetPath()] = token.Position.Line
	}
	return lines
}

// at returns the place of a path, for reporting mistakes there. What is not in
// the file (a missing field) is placed at what should hold it.
func (f *file) at(path string, args ...any) place {
	return place{f, fmt.Sprintf("$."+path, args...)}
}

// place is a spot in a file.
type place struct {
	file *file
	path string
}

// in returns the place of a part of what stands at p: ".name".
func (p place) in(part string) place { return place{p.file, p.path + part} }

// nth returns the place of the i-th element of a list that is a part of what
// stands at p; the part is empty where p itself is the list.
func (p place) nth(part string, i int) place {
	return place{p.file, fmt.Sprintf("%s%s[%d]", p.path, part, i)}
}

func (p place) line() int {
	for path := p.path; path != ""; path = path[:strings.LastIndexAny(path, ".[")] {
		if line, ok := p.file.lines[path]; ok {
			return line
		}
		if !strings.ContainsAny(path, ".[") {
			break
		}
	}
	return 1
}

func (p place) report(format string, args ...any) {
	p.file.problems = append(p.file.problems, Problem{File: p.file.name, Line: p.line(), Text: fmt.Sprintf(format, args...), Path: p.path})
}

// need reports the languages in which a text is missing.
func (p place) need(t survey.Text) {
	for _, lang := range t.Missing(survey.Vietnamese, survey.English) {
		p.wrong("text_missing", lang)
	}
}

// may is need for a text that may be left out altogether.
func (p place) may(t survey.Text) {
	if len(t) > 0 {
		p.need(t)
	}
}

// problems returns the mistakes of all files, in the order of files and lines.
func (r *reader) problems() Problems {
	var all Problems
	for _, f := range r.files {
		slices.SortStableFunc(f.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
		all = append(all, f.problems...)
	}
	return all
}
