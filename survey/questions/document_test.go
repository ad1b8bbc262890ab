package questions_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/catalog"
	"hailong/survey/questions"
	"hailong/survey/source"
)

// Every shipped questionnaire comes back from YAML as it was.
func TestFormsSurviveYAML(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range c.Questionnaires {
		t.Run(q.ID, func(t *testing.T) {
			t.Parallel()
			written, err := questions.WriteForm(&q)
			if err != nil {
				t.Fatal(err)
			}
			back, err := questions.ReadForm("form.yaml", written, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(q, back); diff != "" {
				t.Errorf("after writing and reading (-before +after):\n%s", diff)
			}
			if problems := questions.CheckForm(q, c.Questionnaires); len(problems) > 0 {
				t.Errorf("a shipped form breaks the rules: %v", problems)
			}
		})
	}
}

func TestReadFormNamesLines(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	written, err := questions.WriteForm(c.Latest("tthc-quick"))
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(written), "code: \"wrong\"\n", "code: \"sector\"\n", 1)
	want := slices.IndexFunc(strings.Split(broken, "\n"), func(l string) bool { return strings.Contains(l, "type: multiple") })
	_, err = questions.ReadForm("form.yaml", []byte(broken), nil)
	problems, ok := err.(source.Problems) //nolint:errorlint // ReadForm promises the type itself
	if !ok || len(problems) == 0 {
		t.Fatalf("error %v, want problems", err)
	}
	if problems[0].Key != "item_twice" {
		t.Errorf("%v, want an item that stands twice", problems[0])
	}
	if problems[0].Line != want {
		t.Errorf("line %d, want %d", problems[0].Line, want)
	}
}

// What is no form has one problem, on its line.
func TestReadFormThatIsNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content string
		line    int
		text    string
	}{
		"NoYAML":       {"code: [x\n", 1, "did not find expected ',' or ']'"},
		"UnknownField": {"code: x\nnonsense: 1\n", 2, "field nonsense not found"},
		"Empty":        {"", 1, "the file is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, err := questions.ReadForm("form.yaml", []byte(tt.content), nil)
			want := source.Problems{{File: "form.yaml", Line: tt.line, Text: tt.text}}
			if diff := cmp.Diff(error(want), err); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(survey.Questionnaire{}, q); diff != "" {
				t.Errorf("the form is not empty (-want +got):\n%s", diff)
			}
		})
	}
}

// A code that means one thing in a form must not mean another in the next.
func TestCheckFormAgainstOthers(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	q := *c.Latest("tthc-quick")
	q.Code, q.Order = "tthc-new", 99
	q.Sections = slices.Clone(q.Sections)
	q.Sections[0].Items = slices.Clone(q.Sections[0].Items)
	q.Sections[0].Items[0] = survey.Item{Code: "who", Type: survey.TextItem, Label: survey.Text{"vi": "Ai?", "en": "Who?"}}
	q.Sections[0].Items = q.Sections[0].Items[:1]
	problems := questions.CheckForm(q, c.Questionnaires)
	if len(problems) != 1 || problems[0].Key != "code_meaning" || problems[0].Path != "$.sections[0].items[0].code" {
		t.Errorf("%v", problems)
	}
}

func FuzzReadForm(f *testing.F) {
	c, err := catalog.Load()
	if err != nil {
		f.Fatal(err)
	}
	for _, q := range c.Questionnaires[:2] {
		b, err := questions.WriteForm(&q)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("code: x\nsections:\n  - {code: a, items: [{code: b, type: scale, scale: s}]}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		q, err := questions.ReadForm("f.yaml", content, nil)
		if err != nil {
			return
		}
		written, err := questions.WriteForm(&q)
		if err != nil {
			t.Fatal(err)
		}
		back, err := questions.ReadForm("f.yaml", written, nil)
		if err != nil {
			t.Fatalf("what was read does not read back: %v", err)
		}
		if diff := cmp.Diff(q, back); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	})
}
