package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Bounds of a source file. The largest of the catalogue has 21 KB, 2,000 nodes and a
// depth of 10.
const (
	MaxBytes = 256 << 10
	MaxDepth = 32     // lists and fields inside one another
	MaxNodes = 20_000 // values, keys included
)

// brokenBound is a bound that a file does not keep: a key in sentences, for translation.
type brokenBound struct {
	key  string
	line int
	args []any
}

func (b *brokenBound) Error() string { return fmt.Sprintf(sentences[b.key], b.args...) }

// decode decodes the file into v. Its size is looked at before it is parsed, and the
// rest of its bounds before a value is made of it. The parser is one whose cost grows
// with the size of the file: others need seconds for its bounds, because they compare
// each key with all those before.
func (f *File) decode(content []byte, v any) error {
	if len(content) > MaxBytes {
		return &brokenBound{"file_large", 1, []any{MaxBytes >> 10}}
	}
	f.length = bytes.Count(bytes.TrimRight(content, "\n"), []byte("\n")) + 1
	body, err := parse(content)
	if err != nil {
		return err
	}
	tree := &tree{lines: f.lines, aliases: f.aliases}
	if err := tree.walk(body, "$", 1); err != nil {
		return err
	}
	// That no key stands twice was just seen; the library compares all with all.
	return body.Load(v, yaml.WithKnownFields(), yaml.WithUniqueKeys(false))
}

// parse returns the one document of a file.
func parse(content []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var first *yaml.Node
	for documents := 0; ; documents++ {
		var document yaml.Node
		err := decoder.Decode(&document)
		switch {
		case errors.Is(err, io.EOF) && documents == 0:
			return nil, errors.New("the file is empty")
		case errors.Is(err, io.EOF) && documents > 1:
			return nil, fmt.Errorf("the file holds %d documents; write one", documents)
		case errors.Is(err, io.EOF):
			return first, nil
		case err != nil:
			return nil, err
		case documents > 0:
			continue
		case len(document.Content) == 0:
			return nil, errors.New("the file is empty")
		}
		first = document.Content[0]
	}
}

// tree notes the line of each path of a YAML tree, and sees that it keeps its bounds.
// What an alias stands for counts each time.
type tree struct {
	lines   map[string]int
	nodes   int
	aliases bool // may stand in it
}

func (t *tree) walk(node *yaml.Node, path string, depth int) error {
	// The first node with a path is its key, or the start of its value.
	if _, seen := t.lines[path]; !seen {
		t.lines[path] = node.Line
	}
	t.nodes++
	switch {
	case t.nodes > MaxNodes:
		return &brokenBound{"file_nodes", node.Line, []any{MaxNodes}}
	case depth > MaxDepth:
		return &brokenBound{"file_deep", node.Line, []any{MaxDepth}}
	case !t.aliases && (node.Kind == yaml.AliasNode || node.Anchor != ""):
		return &brokenBound{"file_alias", node.Line, nil}
	case node.Kind == yaml.AliasNode: // one that stands in what it is for is deeper than MaxDepth
		return t.walk(node.Alias, path, depth+1)
	case node.Kind == yaml.SequenceNode:
		for i, element := range node.Content {
			if err := t.walk(element, fmt.Sprintf("%s[%d]", path, i), depth+1); err != nil {
				return err
			}
		}
	case node.Kind == yaml.MappingNode:
		return t.walkFields(node, path, depth)
	}
	return nil
}

func (t *tree) walkFields(node *yaml.Node, path string, depth int) error {
	known := make(map[string]int, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if line, twice := known[key.Value]; twice {
			return yaml.NewLoadError("", fmt.Sprintf("%q stands on line %d already", key.Value, line), yaml.Mark{Line: key.Line}, nil)
		}
		known[key.Value] = key.Line
		at := path + "." + key.Value
		if err := t.walk(key, at, depth+1); err != nil {
			return err
		}
		if err := t.walk(value, at, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// notDecoded reports why the file could not be decoded, at the lines that the error
// names.
func (f *File) notDecoded(err error) {
	f.Broken = true
	report := func(line int, text string) {
		// What ends too early is missed by the parser below the last line.
		f.problems = append(f.problems, Problem{File: f.Name, Line: max(min(line, f.length), 1), Text: text})
	}
	var bound *brokenBound
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &bound):
		f.problems = append(f.problems, Problem{File: f.Name, Line: bound.line, Text: err.Error(), Key: bound.key, Args: bound.args})
	case errors.As(err, &many):
		for _, e := range many.Errors[:min(len(many.Errors), shownErrors)] {
			report(e.Mark.Line, inWords(e))
		}
	case errors.As(err, &one):
		report(one.Mark.Line, inWords(one))
	default:
		report(1, err.Error())
	}
}

// shownErrors is how many mistakes are told of a file that cannot be decoded.
const shownErrors = 20

// inWords is what is wrong, without the names of our types.
func inWords(e *yaml.LoadError) string {
	text, _, _ := strings.Cut(e.Message, " in type ")
	text, _, _ = strings.Cut(text, " into ")
	return text
}
