package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
)

// recorded lists the actions in the audit log that begin with a word, oldest
// first.
func recorded(t *testing.T, s *Server, action survey.Action) []survey.Action {
	t.Helper()
	var actions []survey.Action
	if err := s.audit.Each(t.Context(), survey.AuditFilter{Action: action}, func(e survey.AuditEntry) error {
		actions = append(actions, e.Action)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return actions
}

// refused asserts that a form came back with a status, a message at a field,
// and what was typed into others.
func refused(t *testing.T, resp *http.Response, body, field string, kept ...string) {
	t.Helper()
	doc := document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+strings.ReplaceAll(field, ".", `\.`)+"-error").Length() != 1 {
		t.Errorf("%d without a message at %s:\n%s", resp.StatusCode, field, words(doc.Find("main")))
	}
	keeps(t, doc.Find("main form[method=post]"), kept...)
}

// keeps asserts that a form holds values: pairs of a field and what was typed,
// ticked or chosen there.
func keeps(t *testing.T, form *goquery.Selection, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name, want := pairs[i], pairs[i+1]
		fields := form.Find("[name='" + name + "']")
		held := fields.FilterFunction(func(_ int, field *goquery.Selection) bool {
			switch kind := field.AttrOr("type", ""); {
			case field.Is("select"):
				return field.Find("option[selected]").AttrOr("value", "") == want
			case kind == "checkbox" || kind == "radio":
				_, checked := field.Attr("checked")
				return checked && field.AttrOr("value", "") == want
			}
			return field.AttrOr("value", field.Text()) == want
		})
		if held.Length() != 1 {
			t.Errorf("%s: %q was typed and is lost among %d fields", name, want, fields.Length())
		}
	}
}

// ledTo is the path that an answer redirects to.
func ledTo(resp *http.Response) string {
	path, _, _ := strings.Cut(resp.Header.Get("Location"), "?")
	return path
}

const (
	bumTo  = "xa-bum-to-2025"
	muCa   = "xa-mu-ca"
	taTong = "xa-ta-tong-2025"
)

func TestUnitMadeAndEdited(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	hire(t, s, "mai", survey.Grant{Role: survey.HomeAffairs})
	lan, mai := visit(t, s, "lan"), visit(t, s, "mai")

	resp, body := lan.post("/staff/units", "kind", "department", "name.vi", "", "name.en", "Clinic", "parent", bumTo, "from", "01/07/2026")
	refused(t, resp, body, "name.vi", "name.en", "Clinic", "parent", bumTo, "kind", "department")
	resp, body = lan.post("/staff/units", "kind", "department", "name.vi", "Trạm y tế", "parent", "", "from", "ngày mai")
	refused(t, resp, body, "from", "name.vi", "Trạm y tế", "from", "ngày mai")
	refused(t, resp, body, "parent")

	resp, body = lan.post("/staff/units", "kind", "department", "name.vi", "Trạm y tế", "parent", bumTo, "from", "2025-07-01")
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("made: %d %s", resp.StatusCode, words(document(t, body).Find(".error")))
	}
	path := ledTo(resp)
	unit := func() *survey.Unit {
		return current.Catalog().Unit(survey.UnitID(strings.TrimPrefix(path, "/staff/units/")))
	}
	if u := unit(); u == nil || u.Name["vi"] != "Trạm y tế" || u.Parent != bumTo || u.Valid.From != "2025-07-01" {
		t.Fatalf("stored %+v", u)
	}

	typed := func(name, rev string) []string {
		return []string{"kind", "department", "name.vi", name, "parent", bumTo, "from", "2025-07-01", "rev", rev}
	}
	if resp, _ := lan.post(path, typed("Trạm y tế số 1", "1")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("the first edit: %d", resp.StatusCode)
	}
	resp, body = mai.post(path, typed("Trạm y tế số 2", "1")...)
	doc := document(t, body)
	if both := words(doc.Find(".conflict")); resp.StatusCode != http.StatusConflict || !strings.Contains(both, "Trạm y tế số 1") || !strings.Contains(both, "Trạm y tế số 2") {
		t.Fatalf("the second edit: %d %s", resp.StatusCode, both)
	}
	form := doc.Find("main form[method=post]").First()
	keeps(t, form, "name.vi", "Trạm y tế số 2", "rev", "2")
	if resp, _ := mai.post(path, typed("Trạm y tế số 2", "2")...); resp.StatusCode != http.StatusSeeOther || unit().Name["vi"] != "Trạm y tế số 2" {
		t.Errorf("the second version was chosen: %d, %v", resp.StatusCode, unit().Name)
	}
	if diff := cmp.Diff([]survey.Action{"unit.create", "unit.edit", "unit.edit"}, recorded(t, s, "unit.")); diff != "" {
		t.Errorf("audit log: %s", diff)
	}
}

func TestUnitEnded(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	const path = "/staff/units/" + bumTo
	rev := func() string { return strconv.FormatInt(current.Catalog().Unit(bumTo).Rev, 10) }

	resp, body := v.post(path+"/close", "last", "không rõ", "successors", muCa, "move", "1", "rev", rev())
	refused(t, resp, body, "last", "last", "không rõ", "successors", muCa, "move", "1")
	resp, body = v.post(path+"/close", "last", "30/06/2026", "rev", rev())
	refused(t, resp, body, "move", "last", "30/06/2026")
	if current.Catalog().Unit(bumTo).Valid.To != "" {
		t.Error("a refused end is stored")
	}

	// Somebody else ends it on another day while this one decides.
	old := rev()
	if resp, body := v.post(path+"/close", "last", "2026-05-31", "successors", muCa, "move", "1", "rev", old); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", resp.StatusCode, words(document(t, body).Find("main")))
	}
	resp, body = v.post(path+"/close", "last", "2026-06-30", "successors", taTong, "move", "1", "rev", old)
	doc := document(t, body)
	both := words(doc.Find(".conflict"))
	for _, part := range []string{"31/05/2026", "30/06/2026", "Xã Mù Cả", "Xã Tà Tổng"} {
		if resp.StatusCode != http.StatusConflict || !strings.Contains(both, part) {
			t.Errorf("a second end: %d, %q is missing in %q", resp.StatusCode, part, both)
		}
	}
	keeps(t, doc.Find("main form[method=post]"), "last", "2026-06-30", "successors", taTong, "rev", rev())

	u := current.Catalog().Unit(bumTo)
	if u.Valid.To != "2026-05-31" || len(u.Successors) != 1 || len(current.Catalog().Children(bumTo)) != 0 {
		t.Errorf("stored %+v, %d units below it", u, len(current.Catalog().Children(bumTo)))
	}
	if resp, _ := v.post(path+"/reopen", "rev", old); resp.StatusCode != http.StatusConflict {
		t.Errorf("reopened by an old revision: %d", resp.StatusCode)
	}
	if resp, _ := v.post(path+"/reopen", "rev", rev()); resp.StatusCode != http.StatusSeeOther || current.Catalog().Unit(bumTo).Valid.To != "" {
		t.Errorf("reopened: %d", resp.StatusCode)
	}
	if log := recorded(t, s, "unit."); log[0] != "unit.close" || log[len(log)-1] != "unit.reopen" {
		t.Errorf("audit log: %v", log)
	}
}

// Two communes become one: what lies below them and the codes on their walls
// go over to it.
func TestUnitsMerged(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	var wall survey.PointCode
	for _, p := range current.Catalog().Points {
		if p.Unit == muCa {
			wall = p.Code
		}
	}
	if wall == "" {
		t.Fatal("the commune has no point")
	}

	resp, body := v.post("/staff/units/merge", "units", muCa, "on", "2026-03-01", "name.vi", "Xã Mù Cả Mới")
	refused(t, resp, body, "units", "units", muCa, "on", "2026-03-01", "name.vi", "Xã Mù Cả Mới")
	resp, body = v.post("/staff/units/merge", "units", muCa, "units", bumTo, "on", "2026-03-01", "name.en", "New Mù Cả")
	refused(t, resp, body, "name.vi", "units", muCa, "units", bumTo, "name.en", "New Mù Cả")
	if log := recorded(t, s, "unit."); len(log) != 0 {
		t.Errorf("what was refused is recorded: %v", log)
	}

	resp, body = v.post("/staff/units/merge", "units", muCa, "units", bumTo, "on", "2026-03-01", "name.vi", "Xã Mù Cả Mới")
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", resp.StatusCode, words(document(t, body).Find("main")))
	}
	into := survey.UnitID(strings.TrimPrefix(ledTo(resp), "/staff/units/"))
	c := current.Catalog()
	for _, id := range []survey.UnitID{muCa, bumTo} {
		if u := c.Unit(id); u.Valid.To != "2026-02-28" || len(u.Successors) != 1 || u.Successors[0] != into {
			t.Errorf("%s: %+v", id, u)
		}
		for _, child := range c.Children(id) {
			if child.Valid.To == "" {
				t.Errorf("%s stays below %s", child.ID, id)
			}
		}
	}
	if p := c.Point(wall); p.Unit != into {
		t.Errorf("the code on the wall leads to %s", p.Unit)
	}
	if resp, body := get(t, s, "/s/"+string(wall)); resp.StatusCode != http.StatusOK || !strings.Contains(body, "Xã Mù Cả Mới") {
		t.Errorf("the code on the wall answers %d", resp.StatusCode)
	}
	log := recorded(t, s, "unit.")
	merged := 0
	for _, action := range log {
		if action == "unit.merge" {
			merged++
		}
	}
	if log[0] != "unit.create" || merged != 2 {
		t.Errorf("audit log: %v", log)
	}
}

func TestSectorMadeAndEdited(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	hire(t, s, "mai", survey.Grant{Role: survey.HomeAffairs})
	lan, mai := visit(t, s, "lan"), visit(t, s, "mai")
	resp, body := lan.post("/staff/sectors", "name.vi", "", "name.en", "Water", "group", string(survey.LandBuildInvest), "short", "1")
	refused(t, resp, body, "name.vi", "name.en", "Water", "group", string(survey.LandBuildInvest), "short", "1")
	if resp, _ := lan.post("/staff/sectors", "name.vi", "Cấp nước", "short", "1"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("made: %d", resp.StatusCode)
	}
	sector := func() *survey.Sector {
		sectors := current.Catalog().Sectors
		return &sectors[len(sectors)-2] // the last is "other"
	}
	if made := sector(); made.Name["vi"] != "Cấp nước" || !made.Short {
		t.Fatalf("the last but one is %+v", made)
	}
	path, order := "/staff/sectors/"+string(sector().ID), strconv.Itoa(sector().Order)
	resp, body = lan.post(path, "name.vi", "Cấp thoát nước", "order", "nhất", "rev", "1")
	refused(t, resp, body, "order", "name.vi", "Cấp thoát nước", "order", "nhất")
	if resp, _ := lan.post(path, "name.vi", "Cấp thoát nước", "order", order, "rev", "1"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("the first edit: %d", resp.StatusCode)
	}
	resp, body = mai.post(path, "name.vi", "Nước sạch", "order", order, "rev", "1")
	doc := document(t, body)
	if both := words(doc.Find(".conflict")); resp.StatusCode != http.StatusConflict || !strings.Contains(both, "Cấp thoát nước") || !strings.Contains(both, "Nước sạch") {
		t.Fatalf("the second edit: %d %s", resp.StatusCode, both)
	}
	keeps(t, doc.Find("main form[method=post]"), "name.vi", "Nước sạch", "rev", "2")
	if resp, _ := mai.post(path, "name.vi", "Nước sạch", "order", order, "rev", "2"); resp.StatusCode != http.StatusSeeOther || sector().Name["vi"] != "Nước sạch" {
		t.Errorf("the second version was chosen: %d", resp.StatusCode)
	}
	// "Other" stays last, which is an edit of its own.
	if diff := cmp.Diff([]survey.Action{"sector.edit", "sector.create", "sector.edit", "sector.edit"}, recorded(t, s, "sector.")); diff != "" {
		t.Errorf("audit log: %s", diff)
	}
}

func TestSchoolsImportedOnThePage(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "hoa", survey.Grant{Role: survey.EducationOffice})
	v := visit(t, s, "hoa")
	const page, header = "/staff/schools/import", "tên trường;cấp học;xã;mã\n"
	before := len(current.Catalog().Units)

	for name, content := range map[string]string{"NoFile": "", "Binary": "\x00\x01", "OtherColumns": "a;b\n1;2\n", "HeaderAlone": header} {
		resp, body := v.upload(page, "file", "truong.csv", content, "keep", "1")
		if resp.StatusCode != http.StatusUnprocessableEntity || document(t, body).Find("#f-file-error").Length() != 1 || document(t, body).Find("[name=keep][checked]").Length() != 1 {
			t.Errorf("%s: %d %s", name, resp.StatusCode, words(document(t, body).Find("main")))
		}
	}
	resp, body := v.upload(page, "file", "truong.csv", header+"Trường Một;Tiểu học;Xã Bum Tở;A1\nTrường Hai;Đại học;Xã Bum Tở;A2\nTrường Ba;THCS;Xã Không Có;A3\n", "keep", "1")
	problems := words(document(t, body).Find(".errors"))
	if resp.StatusCode != http.StatusUnprocessableEntity || strings.Contains(problems, "Dòng 2") || !strings.Contains(problems, "Dòng 3") || !strings.Contains(problems, "Dòng 4") {
		t.Errorf("bad rows: %d %s", resp.StatusCode, problems)
	}

	preview := func(list string) []string {
		resp, body := v.upload(page, "file", "truong.csv", header+list)
		doc := document(t, body)
		kept := doc.Find("[name=kept]").AttrOr("value", "")
		if resp.StatusCode != http.StatusOK || kept == "" {
			t.Fatalf("preview: %d %s", resp.StatusCode, words(doc.Find("main")))
		}
		return []string{"kept", kept, "keep", ""}
	}
	list := preview("Trường Một;Tiểu học;Xã Bum Tở;A1\n")
	if len(current.Catalog().Units) != before || len(recorded(t, s, "school.")) != 0 {
		t.Error("the preview changed something")
	}
	if resp, _ := v.post(page+"/apply", list...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("carried out: %d", resp.StatusCode)
	}
	c := current.Catalog()
	if len(c.Units) != before+1 {
		t.Fatalf("%d units, before %d", len(c.Units), before)
	}
	var school survey.Unit
	for _, u := range c.Units {
		if u.Kind == survey.School && u.Code == "A1" {
			school = u
		}
	}
	if diff := cmp.Diff([]survey.Action{"school.import"}, recorded(t, s, "school.")); diff != "" || school.Parent != bumTo {
		t.Errorf("%+v; audit log: %s", school, diff)
	}

	// Somebody at another server renames the school between preview and button.
	list = preview("Trường Số Một;Tiểu học;Xã Bum Tở;A1\n")
	renamed := school
	renamed.Rev, renamed.Name = school.Rev+1, vien("Trường Thứ Nhất", "")
	if err := (survey.Table[survey.Unit]{Store: s.config.Intake.Store, Collection: survey.Units}).Replace(t.Context(), school.Rev, renamed); err != nil {
		t.Fatal(err)
	}
	resp, body = v.post(page+"/apply", list...)
	doc := document(t, body)
	if resp.StatusCode != http.StatusConflict || doc.Find(".conflict").Length() != 1 || doc.Find("[name=kept]").AttrOr("value", "") != list[1] {
		t.Fatalf("a list that somebody overtook: %d %s", resp.StatusCode, words(doc.Find("main")))
	}
	if resp, _ := v.post(page+"/apply", list...); resp.StatusCode != http.StatusSeeOther || current.Catalog().Unit(school.ID).Name["vi"] != "Trường Số Một" {
		t.Errorf("the list was chosen: %d", resp.StatusCode)
	}
}
