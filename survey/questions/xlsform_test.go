package questions_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"hailong/survey"
	"hailong/survey/catalog"
	"hailong/survey/questions"
	"hailong/survey/source"
)

// Every shipped questionnaire comes back from an XLSForm as it was, but for
// what the export lists.
func TestFormsSurviveXLSForm(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range c.Questionnaires {
		t.Run(q.ID, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := questions.WriteXLSForm(&b, &q, c.Sectors); err != nil {
				t.Fatal(err)
			}
			checkXLSForm(t, b.Bytes())
			back, lostBack, err := questions.ReadXLSForm(t.Context(), b.Bytes(), "", nil)
			if err != nil || len(lostBack) > 0 {
				t.Fatalf("%v; lost %v", err, lostBack)
			}
			if diff := cmp.Diff(without(&q, questions.LostInXLSForm(&q)), &back); diff != "" {
				t.Errorf("(-before +after):\n%s", diff)
			}
		})
	}
}

// checkXLSForm holds a workbook against the rules of xlsform.org: sheets and
// columns, names, lists, groups and references.
func checkXLSForm(t *testing.T, content []byte) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheets, err := questions.SheetsOf(t.Context(), content)
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string]map[string]bool{}
	for _, row := range sheets["choices"] {
		list, name := row.Get("list_name"), row.Get("name")
		if lists[list] == nil {
			lists[list] = map[string]bool{}
		}
		if name == "" || strings.ContainsAny(name, " \t") || lists[list][name] || len(row.TextOf("label")) == 0 {
			t.Errorf("choices row %d: list %q, name %q", row.Line(), list, name)
		}
		lists[list][name] = true
	}
	name := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)
	reference := regexp.MustCompile(`\$\{([^}]*)\}`)
	names := map[string]bool{}
	depth := 0
	for _, row := range sheets["survey"] {
		kind, list, _ := strings.Cut(row.Get("type"), " ")
		switch kind {
		case "begin_group":
			depth++
		case "end_group":
			depth--
			continue
		case "select_one", "select_multiple":
			if lists[list] == nil {
				t.Errorf("row %d: no list %q", row.Line(), list)
			}
		case "note", "text", "decimal", "acknowledge":
		default:
			t.Errorf("row %d: type %q", row.Line(), row.Get("type"))
		}
		if n := row.Get("name"); !name.MatchString(n) || names[n] {
			t.Errorf("row %d: name %q is no XML name or stands twice", row.Line(), n)
		}
		names[row.Get("name")] = true
		for _, column := range []string{"relevant", "constraint"} {
			for _, m := range reference.FindAllStringSubmatch(row.Get(column), -1) {
				if !names[m[1]] {
					t.Errorf("row %d: %s refers to %q, which is not above", row.Line(), column, m[1])
				}
			}
			if strings.Count(row.Get(column), "(") != strings.Count(row.Get(column), ")") {
				t.Errorf("row %d: %s %q", row.Line(), column, row.Get(column))
			}
		}
		if len(row.TextOf("label")) == 0 {
			t.Errorf("row %d has no label", row.Line())
		}
	}
	if depth != 0 {
		t.Errorf("%d groups are open at the end", depth)
	}
	settings := sheets["settings"]
	if len(settings) != 1 || settings[0].Get("form_id") == "" || settings[0].Get("form_title") == "" || settings[0].Get("default_language") != "Tiếng Việt (vi)" {
		t.Errorf("settings: %v", settings)
	}
}

// A form made elsewhere comes in with what can be said, and the rest is listed.
func TestReadForeignXLSForm(t *testing.T) {
	t.Parallel()
	var form workbook
	write := form.add
	write("survey",
		[]string{"type", "name", "label", "required", "relevant", "constraint", "calculation"},
		[]string{"start", "start"},
		[]string{"select_one yesno", "came", "Đã đến chưa?", "true"},
		[]string{"integer", "times", "Mấy lần?", "", "${came} = 'yes'", ". >= 1 and . <= 9"},
		[]string{"geopoint", "where", "Ở đâu?"},
		[]string{"begin group", "g", "Nhóm"},
		[]string{"select_multiple reasons or_other", "why", "Vì sao?", "", "${times} > 3"},
		[]string{"end group"},
		[]string{"text", "note1", "Ghi chú", "", "selected(${why}, '2')"},
	)
	write("choices", []string{"list name", "name", "label"},
		[]string{"yesno", "yes", "Rồi"}, []string{"yesno", "no", "Chưa"}, []string{"reasons", "1", "Xa"}, []string{"reasons", "2", "Bận"})
	write("settings", []string{"form_title", "form_id"}, []string{"Phiếu thử", "Phiếu Thử 1"})
	q, lost, err := questions.ReadXLSForm(t.Context(), form.bytes(t), survey.Procedures, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := lostKeys(lost)
	if diff := cmp.Diff([]string{"choices 2: choice_code", "choices 3: choice_code", "survey 2: type", "survey 5: type", "survey 7: relevant"}, keys); diff != "" {
		t.Errorf("lost (-want +got):\n%s", diff)
	}
	if q.Code != "phieu-thu-1" || q.Family != survey.Procedures || len(q.Sections) != 3 {
		t.Errorf("%s of %s with %d sections", q.Code, q.Family, len(q.Sections))
	}
	times, why, note := q.Item("times"), q.Item("why"), q.Item("note1")
	if diff := cmp.Diff([]survey.When{{Item: "came", In: []int{1}}}, times.ShowIf); diff != "" || times.Min != 1 || times.Max != 9 {
		t.Errorf("times: %+v", times)
	}
	if len(why.Options) != 3 || !why.Options[2].Write || len(why.ShowIf) != 0 {
		t.Errorf("why: %+v", why)
	}
	if diff := cmp.Diff([]survey.When{{Item: "why", In: []int{2}}}, note.ShowIf); diff != "" {
		t.Errorf("note: %s", diff)
	}
}

// workbook is a form that is written cell by cell.
type workbook struct{ sheets []sheet }

type sheet struct {
	name string
	rows [][]string
}

func (w *workbook) add(name string, rows ...[]string) {
	w.sheets = append(w.sheets, sheet{name: name, rows: rows})
}

// bytes is the workbook as a file.
func (w *workbook) bytes(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	for _, s := range w.sheets {
		if _, err := f.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for i, row := range s.rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetSheetRow(s.name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lostKeys are what a form lost, with sheet and row.
func lostKeys(lost []questions.Lost) []string {
	var keys []string
	for _, l := range lost {
		keys = append(keys, fmt.Sprintf("%s %d: %s", l.Sheet, l.Row, l.Key))
	}
	return keys
}

// Groups, notes and repeats of a form made elsewhere: what has no place here is
// listed, and the questions stay.
func TestForeignXLSFormOfGroups(t *testing.T) {
	t.Parallel()
	var form workbook
	form.add("survey",
		[]string{"type", "name", "label", "hint", "required", "relevant", "constraint", "default"},
		[]string{"note", "welcome", "Xin chào"},
		[]string{"begin_group", "outer", "Nhóm ngoài", "", "", "${a} = '1'"},
		[]string{"begin group", "inner", "Nhóm trong"},
		[]string{"select_one mood", "mood", "Ông/Bà thấy sao?", "Chọn một", "yes"},
		[]string{"end group"},
		[]string{"end_group"},
		[]string{"begin repeat", "child", "Con"},
		[]string{"text", "name", "Tên", "", "", "${mood} = '2' and ${mood} = '3'", "string-length(.) <= 1000", "An"},
		[]string{"end repeat"},
		[]string{""},
		[]string{"acknowledge", "consent", "Tôi đồng ý", "", "yes"},
		[]string{"decimal", "hours", "Mấy giờ?", "", "", "${consent} = 'OK'", ". >= 0.5 and . < 9"},
		[]string{"select_multiple mood", "moods", "Những gì?", "", "", "", "count-selected(.) <= 2"},
		[]string{"text", "short", "Ngắn", "", "", "${nobody} = '1'", "string-length(.) <= 10"},
	)
	form.add("choices", []string{"list_name", "name", "label"}, []string{"mood", "1", "bad"}, []string{"mood", "2", "good"}, []string{"mood", "3", "best"})
	form.add("settings", []string{"form_title", "form_id", "version"}, []string{"Phiếu nhóm", "nhom", "4"})
	known := []survey.Scale{{ID: "s3", Points: []survey.Option{
		{Code: 1, Label: survey.Text{"vi": "bad"}}, {Code: 2, Label: survey.Text{"vi": "good"}}, {Code: 3, Label: survey.Text{"vi": "best"}},
	}, Satisfied: []int{2, 3}}}
	q, lost, err := questions.ReadXLSForm(t.Context(), form.bytes(t), survey.Residents, known)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"survey 2: note", "survey 3: group_relevant", "survey 4: nested_group", "survey 8: repeat", "survey 9: column", "survey 13: constraint",
		"survey 15: constraint", "survey 15: relevant",
	}
	if diff := cmp.Diff(want, lostKeys(lost)); diff != "" {
		t.Errorf("lost (-want +got):\n%s", diff)
	}
	if q.Version != 4 {
		t.Errorf("version %d, want 4", q.Version)
	}
	if diff := cmp.Diff(known, q.Scales); diff != "" {
		t.Errorf("scales (-want +got):\n%s", diff)
	}
	mood := q.Item("mood")
	if mood.Type != survey.ScaleItem || mood.Scale != "s3" || !mood.Required {
		t.Errorf("choices that are those of a known scale: %+v, want a required item of that scale", mood)
	}
	if diff := cmp.Diff([]survey.When{{Item: "mood", In: []int{2}}, {Item: "mood", In: []int{3}}}, q.Item("name").ShowIf); diff != "" {
		t.Errorf("condition (-want +got):\n%s", diff)
	}
	if it := q.Item("consent"); it.Type != survey.ConsentItem || it.Required {
		t.Errorf("%+v, want a consent that is not required", it)
	}
	if got := q.Item("moods").Max; got != 2 {
		t.Errorf("%v may be chosen, want 2", got)
	}
	if diff := cmp.Diff([]survey.When{{Item: "consent", In: []int{1}}}, q.Item("hours").ShowIf); diff != "" {
		t.Errorf("condition on the consent (-want +got):\n%s", diff)
	}
	if got := q.Item("hours").Min; got != 0.5 {
		t.Errorf("at least %v hours, want 0.5", got)
	}
}

// A file that holds no form says why.
func TestNoXLSForm(t *testing.T) {
	t.Parallel()
	var lists, empty workbook
	lists.add("choices", []string{"list_name", "name", "label"}, []string{"mood", "1", "bad"})
	empty.add("survey", []string{"type", "name"}, []string{"note", "welcome"})
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"NoSurvey":   {lists.bytes(t), "the workbook has no sheet “survey”: it is not an XLSForm"},
		"NoQuestion": {empty.bytes(t), "the sheet “survey” holds no question"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := questions.ReadXLSForm(t.Context(), tt.content, survey.Procedures, nil)
			var problems source.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("error %v, want problems", err)
			}
			if len(problems) != 1 || !strings.HasPrefix(problems[0].Text, tt.want) {
				t.Errorf("problems %v, want one: %s", problems, tt.want)
			}
		})
	}
}

// What is no workbook is Invalid with a key, for the page to say.
func TestReadXLSFormThatIsNoWorkbook(t *testing.T) {
	t.Parallel()
	_, _, err := questions.ReadXLSForm(t.Context(), []byte("no workbook"), survey.Procedures, nil)
	var bad *survey.Error
	if !errors.As(err, &bad) || bad.Kind != survey.Invalid || bad.Key != "list.file_unreadable" {
		t.Errorf("error %v, want Invalid: list.file_unreadable", err)
	}
}

func FuzzReadXLSForm(f *testing.F) {
	c, err := catalog.Load()
	if err != nil {
		f.Fatal(err)
	}
	var b bytes.Buffer
	if err := questions.WriteXLSForm(&b, c.Latest("tthc-quick"), c.Sectors); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if q, _, err := questions.ReadXLSForm(t.Context(), content, survey.Procedures, nil); err == nil && len(q.Items()) == 0 {
			t.Error("no error and no question")
		}
	})
}
