package source

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"

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
	f.aliases = true
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
	aliases  bool           // may stand in it: in the program's own, never in one that is brought
	length   int            // in lines
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
// be done; if not, the reasons are among the problems. A file beyond MaxBytes,
// MaxDepth or MaxNodes is refused, and one with anchors and aliases, which
// would make much of little.
func (f *File) Decode(content []byte, v any) bool {
	err := f.decode(content, v)
	if err != nil {
		reflect.ValueOf(v).Elem().SetZero() // half of a file is none
		f.notDecoded(err)
	}
	return err == nil
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
