package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"hailong/survey"
)

// Slug is the shape of ids and codes of ours: they stand in addresses and file names.
var Slug = regexp.MustCompile(`^[a-z0-9]+([-_][a-z0-9]+)*$`)

// Reader reads the files of a catalogue and gathers what is wrong with them.
type Reader struct {
	Fsys  fs.FS
	Files []*File
}

// File is a catalogue file that knows on which line each of its values stands.
type File struct {
	Name     string
	Broken   bool           // could not be decoded: its values must not be judged
	Lines    map[string]int // by YAML path: "$.units[3].name.vi"
	Problems []Problem
}

// Read decodes a file into v. Fields that v does not have are mistakes.
func (r *Reader) Read(name string, v any) *File {
	f := &File{Name: name, Lines: map[string]int{}}
	r.Files = append(r.Files, f)
	src, err := fs.ReadFile(r.Fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("the file is missing")
	}
	if err == nil {
		err = f.Decode(src, v)
	}
	f.Undecoded(err)
	return f
}

// Undecoded notes why a file could not be decoded, if it could not.
func (f *File) Undecoded(err error) {
	if err != nil {
		f.Broken = true
		line, text := 1, err.Error()
		var at yaml.Error
		if errors.As(err, &at) {
			text = at.GetMessage()
			if token := at.GetToken(); token != nil && token.Position != nil {
				line = token.Position.Line
			}
		}
		f.Problems = append(f.Problems, Problem{File: f.Name, Line: line, Text: text})
	}
}

func (f *File) Decode(src []byte, v any) error {
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
	ast.Walk(lineVisitor(f.Lines), body)
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

// At returns the place of a path, for reporting mistakes there. What is not in
// the file (a missing field) is placed at what should hold it.
func (f *File) At(path string, args ...any) Place {
	return Place{f, fmt.Sprintf("$."+path, args...)}
}

// Place is a spot in a file.
type Place struct {
	file *File
	path string
}

// In returns the place of a part of what stands at p: ".name".
func (p Place) In(part string) Place { return Place{p.file, p.path + part} }

// Nth returns the place of the i-th element of a list that is a part of what
// stands at p; the part is empty where p itself is the list.
func (p Place) Nth(part string, i int) Place {
	return Place{p.file, fmt.Sprintf("%s%s[%d]", p.path, part, i)}
}

func (p Place) line() int {
	for path := p.path; path != ""; path = path[:strings.LastIndexAny(path, ".[")] {
		if line, ok := p.file.Lines[path]; ok {
			return line
		}
		if !strings.ContainsAny(path, ".[") {
			break
		}
	}
	return 1
}

func (p Place) Report(format string, args ...any) {
	p.file.Problems = append(p.file.Problems, Problem{File: p.file.Name, Line: p.line(), Text: fmt.Sprintf(format, args...), Path: p.path})
}

// Need reports the languages in which a text is missing.
func (p Place) Need(t survey.Text) {
	for _, lang := range t.Missing(survey.Vietnamese, survey.English) {
		p.Wrong("text_missing", lang)
	}
}

// May is need for a text that may be left out altogether.
func (p Place) May(t survey.Text) {
	if len(t) > 0 {
		p.Need(t)
	}
}

// Problems returns the mistakes of all files, in the order of files and lines.
func (r *Reader) Problems() Problems {
	var all Problems
	for _, f := range r.Files {
		slices.SortStableFunc(f.Problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
		all = append(all, f.Problems...)
	}
	return all
}
