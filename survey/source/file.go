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

// Files reads the files of a catalogue and gathers what is wrong with them.
type Files struct {
	FS   fs.FS
	read []*File
}

// Read decodes a file into v. Fields that v does not have are mistakes, as is a
// file that is missing.
func (r *Files) Read(name string, v any) *File {
	f := NewFile(name)
	r.read = append(r.read, f)
	content, err := fs.ReadFile(r.FS, name)
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("the file is missing")
	}
	if err != nil {
		f.notDecoded(err)
		return f
	}
	f.Decode(content, v)
	return f
}

// Problems returns the mistakes of all files, in the order of files and lines.
func (r *Files) Problems() Problems {
	var all Problems
	for _, f := range r.read {
		all = append(all, f.Problems()...)
	}
	return all
}

// File is a source file that knows on which line each of its values stands.
type File struct {
	Name     string
	Broken   bool           // could not be decoded: its values must not be judged
	lines    map[string]int // by YAML path: "$.units[3].name.vi"
	problems Problems
}

// NewFile returns a file without content.
func NewFile(name string) *File { return &File{Name: name, lines: map[string]int{}} }

// Problems returns the mistakes of the file in the order of lines.
func (f *File) Problems() Problems {
	slices.SortStableFunc(f.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return f.problems
}

// Decode reads the content of the file into v and returns whether that could
// be done; if not, the reason is among the problems.
func (f *File) Decode(content []byte, v any) bool {
	err := f.decode(content, v)
	if err != nil {
		f.notDecoded(err)
	}
	return err == nil
}

func (f *File) decode(content []byte, v any) error {
	tree, err := parser.ParseBytes(content, 0)
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

// notDecoded reports why the file could not be decoded, at the line that the
// error names.
func (f *File) notDecoded(err error) {
	f.Broken = true
	line, text := 1, err.Error()
	var at yaml.Error
	if errors.As(err, &at) {
		text = at.GetMessage()
		if token := at.GetToken(); token != nil && token.Position != nil {
			line = token.Position.Line
		}
	}
	f.problems = append(f.problems, Problem{File: f.Name, Line: line, Text: text})
}

// lineVisitor notes the line of each path of a YAML tree.
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

// Position is where a value stands in a file, for reporting mistakes there. A
// value that is missing is reported at what should hold it.
type Position struct {
	file *File
	path string
}

// At returns the position of a path: "units[3]".
func (f *File) At(path string, args ...any) Position {
	return Position{f, fmt.Sprintf("$."+path, args...)}
}

// Field returns the position of a field of the value at p.
func (p Position) Field(name string) Position { return Position{p.file, p.path + "." + name} }

// Element returns the position of the i-th element of a list that is a field of
// the value at p.
func (p Position) Element(field string, i int) Position {
	return Position{p.file, fmt.Sprintf("%s.%s[%d]", p.path, field, i)}
}

func (p Position) line() int {
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

// Report reports a mistake, in English.
func (p Position) Report(format string, args ...any) {
	p.file.problems = append(p.file.problems, Problem{File: p.file.Name, Line: p.line(), Text: fmt.Sprintf(format, args...), Path: p.path})
}

// BreaksRule reports a broken rule of questionnaires by its key in sentences.
func (p Position) BreaksRule(key string, args ...any) {
	p.file.problems = append(p.file.problems, Problem{
		File: p.file.Name, Line: p.line(), Text: fmt.Sprintf(sentences[key], args...), Path: p.path, Key: key, Args: args,
	})
}

// RequireText reports the languages in which a text is missing.
func (p Position) RequireText(t survey.Text) {
	for _, lang := range t.Missing(survey.Vietnamese, survey.English) {
		p.BreaksRule("text_missing", lang)
	}
}

// OptionalText is RequireText for a text that may be left out altogether.
func (p Position) OptionalText(t survey.Text) {
	if len(t) > 0 {
		p.RequireText(t)
	}
}
