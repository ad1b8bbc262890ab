package questions_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"hailong/survey"
	"hailong/survey/catalog"
	"hailong/survey/questions"
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
			back, lostBack, err := questions.ReadXLSForm(b.Bytes(), "", nil)
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
	sheets, err := questions.SheetsOf(content)
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
	f := excelize.NewFile()
	write := func(sheet string, rows ...[]string) {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetSheetRow(sheet, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
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
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	q, lost, err := questions.ReadXLSForm(b.Bytes(), survey.Procedures, nil)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, l := range lost {
		keys = append(keys, fmt.Sprintf("%s %d: %s", l.Sheet, l.Row, l.Key))
	}
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
	if _, _, err := questions.ReadXLSForm([]byte("no workbook"), survey.Procedures, nil); err == nil {
		t.Error("a file that is no workbook was read")
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
		if q, _, err := questions.ReadXLSForm(content, survey.Procedures, nil); err == nil && len(q.Items()) == 0 {
			t.Error("no error and no question")
		}
	})
}
