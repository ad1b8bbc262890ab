package questions_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/web/servertest"
)

// A published version is frozen; the next one is drafted, changed, compared
// and published, and only then asked.
func TestNextVersion(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	const form = "/staff/questionnaires/tthc-quick"
	if resp, _ := v.Get(form + "/1/items/who"); resp.StatusCode != http.StatusConflict {
		t.Errorf("a published version is edited: %d", resp.StatusCode)
	}
	if resp, _ := v.Post(form + "/draft"); resp.StatusCode != http.StatusSeeOther || current.Catalog().Draft("tthc-quick") == nil {
		t.Fatalf("start: %d", resp.StatusCode)
	}
	if current.Catalog().Latest("tthc-quick").Version != 1 {
		t.Error("a draft is asked")
	}
	_, body := v.Get(form + "/2/items/who")
	seen := servertest.Document(t, body).Find("[name=seen]").AttrOr("value", "")

	// Without a Vietnamese label nothing typed is lost.
	resp, body := v.Post(form+"/2/items/who", "seen", seen, "code", "who", "type", "single", "label.en", "For whom?", "option0.vi", "Cho tôi")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("[name='label.en']").AttrOr("value", "") != "For whom?" || doc.Find("[name='option0.vi']").AttrOr("value", "") != "Cho tôi" {
		t.Errorf("wrong item: %d", resp.StatusCode)
	}
	fields := []string{
		"seen", seen, "code", "who", "type", "single", "label.vi", "Ông/Bà đến cho ai?", "label.en", "For whom?", "section", "visit",
		"option0code", "1", "option0.vi", "Cho mình", "option0.en", "Me", "option1code", "2", "option1.vi", "Cho cơ quan", "option1.en", "An office",
		"option2.vi", "Khác", "option2.en", "Other", "option2write", "1",
	}
	if resp, body := v.Post(form+"/2/items/who", fields...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d\n%s", resp.StatusCode, body)
	}
	who := current.Catalog().Draft("tthc-quick").Item("who")
	if len(who.Options) != 3 || who.Options[2].Code != 3 || !who.Options[2].Write || who.Label["en"] != "For whom?" {
		t.Errorf("saved: %+v", who)
	}

	// The second person sees both versions; another question is not disturbed.
	resp, body = v.Post(form+"/2/items/who", fields...)
	doc = servertest.Document(t, body)
	if resp.StatusCode != http.StatusConflict || doc.Find(".conflict").Length() != 1 || doc.Find("[name=seen]").AttrOr("value", "") == seen {
		t.Errorf("an old copy was saved: %d", resp.StatusCode)
	}

	// "who" has two options in the sister form: what a code means must not
	// depend on the form, so this version cannot be published.
	_, body = v.Get(form + "/2")
	if rules := servertest.Document(t, body).Find("#rules li"); rules.Length() != 1 || !strings.Contains(rules.Text(), "tthc-dossier") {
		t.Errorf("rules: %s", rules.Text())
	}
	if resp, _ := v.Post(form+"/2/publish", "rev", "2"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a version that breaks a rule is published: %d", resp.StatusCode)
	}
	_, body = v.Get(form + "/2/items/who")
	fields[1] = servertest.Document(t, body).Find("[name=seen]").AttrOr("value", "")
	if resp, body := v.Post(form+"/2/items/who", fields[:len(fields)-6]...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("mend: %d\n%s", resp.StatusCode, body)
	}
	_, body = v.Get(form + "/2/compare")
	if text := servertest.Document(t, body).Find("tbody").Text(); !strings.Contains(text, "Cho cơ quan") || strings.Contains(text, "Phải chờ lâu") {
		t.Errorf("compare: %s", text)
	}
	if resp, _ := v.Post(form+"/2/move", "part", "item", "code", "who", "to", "up"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("move: %d", resp.StatusCode)
	}
	if first := current.Catalog().Draft("tthc-quick").Sections[0].Items[0].Code; first != "who" {
		t.Errorf("after moving up the first is %q", first)
	}
	_, body = v.Get(form + "/2/publish")
	doc = servertest.Document(t, body)
	rev := doc.Find("main form [name=rev]").AttrOr("value", "")
	if resp, body := v.Post(form+"/2/publish", "rev", rev); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish: %d\n%s", resp.StatusCode, servertest.Document(t, body).Find("main").Text())
	}
	if c := current.Catalog(); c.Latest("tthc-quick").Version != 2 || c.Draft("tthc-quick") != nil {
		t.Error("the version is not published")
	}
}

func TestPreviewIsTheRealForm(t *testing.T) {
	t.Parallel()
	s, _ := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.OneStopOffice})
	v := servertest.SignIn(t, s, "lan")
	resp, body := v.Get("/staff/questionnaires/tthc-quick/1/form")
	policy := resp.Header.Get("Content-Security-Policy")
	if resp.StatusCode != http.StatusOK || servertest.Document(t, body).Find("#q-overall .face").Length() != 5 ||
		!strings.Contains(policy, "frame-ancestors 'self'") || !strings.Contains(policy, "form-action 'none'") {
		t.Errorf("%d, policy %q", resp.StatusCode, policy)
	}
	if resp, _ := v.Get("/staff/questionnaires/sipas-resident/1/form"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a form of another family: %d", resp.StatusCode)
	}
}

func TestImportForms(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	written, err := questions.WriteForm(current.Catalog().Latest("tthc-quick"))
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Replace(written, []byte("type: multiple"), []byte("type: mltiple"), 1)
	resp, body := v.Upload("/staff/questionnaires/import", "file", "f.yaml", string(broken))
	if text := servertest.Document(t, body).Find(".errors").Text(); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "Dòng ") || !strings.Contains(text, "mltiple") {
		t.Errorf("broken file: %d %s", resp.StatusCode, text)
	}
	if resp, _ := v.Upload("/staff/questionnaires/import", "file", "f.yaml", string(written)); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("YAML: %d", resp.StatusCode)
	}
	if d := current.Catalog().Draft("tthc-quick"); d == nil || d.Version != 2 || len(questions.CompareForms(current.Catalog().Latest("tthc-quick"), d)) != 0 {
		t.Error("the imported draft asks something else")
	}
	var workbook bytes.Buffer
	if err := questions.WriteXLSForm(&workbook, current.Catalog().Latest("sipas-resident"), current.Catalog().Sectors); err != nil {
		t.Fatal(err)
	}
	// What is no form at all: the page says which files are.
	_, body = v.Upload("/staff/questionnaires/import", "file", "f.yaml", "a: [1\nb: {")
	if said := servertest.Document(t, body).Find(".errors").Text(); !strings.Contains(said, "XLSForm (.xlsx) hoặc tệp YAML") {
		t.Errorf("a file that is no form: %q", said)
	}

	resp, body = v.Upload("/staff/questionnaires/import", "file", "f.xlsx", workbook.String(), "family", "sipas")
	if resp.StatusCode >= 400 || current.Catalog().Draft("sipas-resident") == nil {
		t.Errorf("XLSForm: %d %s", resp.StatusCode, servertest.Document(t, body).Find("main").Text())
	}
	if resp, _ := v.Upload("/staff/questionnaires/import", "file", "f.yaml", string(written)); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("over a draft, without being told to replace it: %d", resp.StatusCode)
	}
}
