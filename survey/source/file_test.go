package source_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/source"
)

// list is what the files of these tests hold.
type list struct {
	Name  survey.Text `yaml:"name"`
	Units []struct {
		ID   string      `yaml:"id"`
		Name survey.Text `yaml:"name"`
	} `yaml:"units"`
}

const twoUnits = `name: {vi: Danh sách}

units:
  - id: a
    name:
      vi: Đơn vị A
      en: Unit A
  - id: b
    name: {en: Unit B}
`

// read reads one file of some content.
func read(content string) (list, *source.Files, *source.File) {
	r := &source.Files{FS: fstest.MapFS{"units.yaml": {Data: []byte(content)}}}
	var got list
	f := r.Read("units.yaml", &got)
	return got, r, f
}

// texts are problems as they are printed.
func texts(problems source.Problems) []string {
	var lines []string
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	return lines
}

func TestFileIsRead(t *testing.T) {
	t.Parallel()
	got, r, f := read(twoUnits)
	if f.Broken {
		t.Errorf("the file is broken: %v", r.Problems())
	}
	if len(got.Units) != 2 {
		t.Fatalf("%d units, want 2", len(got.Units))
	}
	if diff := cmp.Diff(survey.Text{"vi": "Đơn vị A", "en": "Unit A"}, got.Units[0].Name); diff != "" {
		t.Errorf("the first unit's name (-want +got):\n%s", diff)
	}
	if problems := r.Problems(); len(problems) != 0 {
		t.Errorf("problems %v, want none", problems)
	}
}

// A file that cannot be decoded has one problem, on the line where it lies.
func TestFileThatCannotBeDecoded(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ content, want string }{
		"Empty":        {"", "units.yaml:1: the file is empty"},
		"CommentAlone": {"# nothing\n", "units.yaml:1: the file is empty"},
		"TwoDocuments": {"name: {vi: a}\n---\nname: {vi: b}\n", "units.yaml:1: the file holds 2 documents; write one"},
		"UnknownField": {twoUnits + "colour: red\n", "units.yaml:10: field colour not found"},
		"NoYAML":       {"name: {vi: a}\nunits: [", "units.yaml:2: did not find expected node content"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r, f := read(tt.content)
			if !f.Broken {
				t.Error("the file is not marked as broken")
			}
			if diff := cmp.Diff([]string{tt.want}, texts(r.Problems())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	r := &source.Files{FS: fstest.MapFS{}}
	r.Read("units.yaml", &list{})
	if diff := cmp.Diff([]string{"units.yaml:1: the file is missing"}, texts(r.Problems())); diff != "" {
		t.Errorf("of no file (-want +got):\n%s", diff)
	}
}

// A mistake is told on the line of the value it is about; of a value that is not
// in the file, on the line of what should hold it.
func TestLinesOfPlaces(t *testing.T) {
	t.Parallel()
	_, r, f := read(twoUnits)
	f.At("units[1].name").Report("last")
	f.At("units[%d]", 0).Field("name").Field("en").Report("of %s", "unit a")
	f.At("units[0]").Field("name.hmn").Report("not there")
	f.At("units[0]").Element("name", 3).Report("no list")
	f.At("units[7].id").Report("no such unit")
	f.At("levels[2].name").Report("no such list")
	want := []string{
		"units.yaml:1: no such list", "units.yaml:3: no such unit", "units.yaml:5: not there", "units.yaml:5: no list",
		"units.yaml:7: of unit a", "units.yaml:9: last",
	}
	problems := r.Problems()
	if diff := cmp.Diff(want, texts(problems)); diff != "" {
		t.Errorf("by line (-want +got):\n%s", diff)
	}
	if got := problems.Error(); got != strings.Join(want, "\n") {
		t.Errorf("the error says %q, want each problem on a line", got)
	}
	if got, want := problems[4].Path, "$.units[0].name.en"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
	// A form that was never a file has no lines.
	alone := source.NewFile("draft")
	alone.At("units[0].name").Report("no file")
	if got, want := alone.Problems()[0].String(), "draft:1: no file"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A broken rule of questionnaires has a key and arguments, for translation.
func TestBrokenRule(t *testing.T) {
	t.Parallel()
	_, r, f := read(twoUnits)
	f.At("units[1].id").BreaksRule("item_twice", "b")
	want := source.Problem{
		File: "units.yaml", Line: 8, Text: `item "b" stands twice`, Path: "$.units[1].id", Key: "item_twice", Args: []any{"b"},
	}
	if diff := cmp.Diff(source.Problems{want}, r.Problems()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A text is needed in Vietnamese and English; one that may be left out is so in
// both or in neither.
func TestMissingTexts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text      survey.Text
		need, may []any // languages in which it is missing
	}{
		"Both":         {survey.Text{"vi": "a", "en": "b"}, nil, nil},
		"None":         {nil, []any{survey.Vietnamese, survey.English}, nil},
		"Vietnamese":   {survey.Text{"vi": "a"}, []any{survey.English}, []any{survey.English}},
		"EnglishBlank": {survey.Text{"vi": "a", "en": " "}, []any{survey.English}, []any{survey.English}},
		"AnotherOne":   {survey.Text{"hmn": "a"}, []any{survey.Vietnamese, survey.English}, []any{survey.Vietnamese, survey.English}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			missing := func(check func(source.Position)) []any {
				f := source.NewFile("units.yaml")
				check(f.At("name"))
				var langs []any
				for _, p := range f.Problems() {
					if p.Key != "text_missing" {
						t.Errorf("key %s, want text_missing", p.Key)
					}
					langs = append(langs, p.Args...)
				}
				return langs
			}
			if diff := cmp.Diff(tt.need, missing(func(p source.Position) { p.RequireText(tt.text) })); diff != "" {
				t.Errorf("needed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.may, missing(func(p source.Position) { p.OptionalText(tt.text) })); diff != "" {
				t.Errorf("may be left out (-want +got):\n%s", diff)
			}
		})
	}
}
