package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"hailong/survey/source"
)

// What is just within a bound is read; what is just beyond is refused by the bound's
// key, so that a page says it in its language.
func TestBounds(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	flat := func(nodes int) string { return "[" + strings.Repeat("a,", nodes-1) + "]" } // the list is a node
	for name, tt := range map[string]struct {
		content string
		key     string
	}{
		"Bytes":       {strings.Repeat("x", source.MaxBytes), ""},
		"BytesBeyond": {strings.Repeat("x", source.MaxBytes+1), "file_large"},
		"Depth":       {nested(source.MaxDepth), ""},
		"DepthBeyond": {nested(source.MaxDepth + 1), "file_deep"},
		"Nodes":       {flat(source.MaxNodes), ""},
		"NodesBeyond": {flat(source.MaxNodes + 1), "file_nodes"},
		"Alias":       {"[&a x, *a]", "file_alias"},
		"Anchor":      {"[&a x]", "file_alias"},
		"Quoted":      {`["&a", "*a"]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := source.NewFile("brought.yaml")
			var v any
			ok := f.Decode([]byte(tt.content), &v)
			if ok != (tt.key == "") {
				t.Fatalf("read: %v, problems %v", ok, f.Problems())
			}
			if !ok && (f.Problems()[0].Key != tt.key || f.Problems()[0].Line != 1) {
				t.Errorf("%+v, want %s on line 1", f.Problems()[0], tt.key)
			}
			if !ok && v != nil {
				t.Errorf("a value was made of what was refused")
			}
		})
	}
}

// The program's own files may write a sentence once and name it; what it stands for
// counts each time, and one that stands in itself is refused.
func TestAliasesOfTheCatalogue(t *testing.T) {
	t.Parallel()
	got, r, f := read("name: &n {vi: a, en: b}\nunits:\n  - {id: x, name: *n}\n")
	if f.Broken || len(got.Units) != 1 || got.Units[0].Name["en"] != "b" {
		t.Errorf("%+v, %v", got, r.Problems())
	}
	for content, key := range map[string]string{
		laughs():           "file_nodes",
		"units: &u [*u]\n": "file_deep",
	} {
		if _, r, _ := read(content); len(r.Problems()) != 1 || r.Problems()[0].Key != key {
			t.Errorf("%.200v, want %s", r.Problems(), key)
		}
	}
}

// Of many mistakes twenty are told, each on its line and without our types.
func TestManyUnknownFields(t *testing.T) {
	t.Parallel()
	f := source.NewFile("brought.yaml")
	f.Decode([]byte(repeated(30, "k%d: 1\n")), &list{})
	if got := len(f.Problems()); got != 20 {
		t.Fatalf("%d problems, want 20", got)
	}
	for i, p := range f.Problems() {
		if want := fmt.Sprintf("brought.yaml:%d: field k%d not found", i+1, i); p.String() != want {
			t.Errorf("%s, want %s", p, want)
		}
	}
}

// Whatever stands in a file, it is read within its bounds or refused on a line of it.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(twoUnits))
	f.Add([]byte("a: [b, {c: d}]\n---\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Add([]byte("a: !!binary x\nb: 2025-01-01\n<<: {c: 1}\n"))
	f.Add([]byte("name: |\n  x\n\ty: >-\n"))
	f.Add([]byte("units: [{id: \xff, name: {vi: \"\\ud800\"}}]"))
	for _, bomb := range bombs {
		if content := bomb.content(); len(content) < 4096 {
			f.Add([]byte(content))
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		file := source.NewFile("brought.yaml")
		var v list
		ok := file.Decode(content, &v)
		problems := file.Problems()
		if ok != (len(problems) == 0) || ok == file.Broken {
			t.Fatalf("read %v, broken %v, problems %v", ok, file.Broken, problems)
		}
		if !ok && (v.Name != nil || v.Units != nil) {
			t.Errorf("a value was made of what was refused: %+v", v)
		}
		var all error = problems
		if len(problems) > 20 || !ok && !errors.As(all, new(source.Problems)) {
			t.Errorf("%d problems", len(problems))
		}
		for _, p := range problems {
			if lines := strings.Count(string(content), "\n") + 1; p.Line < 1 || p.Line > lines || p.Text == "" {
				t.Errorf("%+v of a file of %d lines", p, lines)
			}
		}
	})
}
