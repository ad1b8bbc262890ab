package registry_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/web"
	"hailong/web/servertest"
)

const (
	bumTo  = "xa-bum-to-2025"
	muCa   = "xa-mu-ca"
	taTong = "xa-ta-tong-2025"
)

func TestUnitMadeAndEdited(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, s, "mai", survey.Grant{Role: survey.HomeAffairs})
	lan, mai := servertest.SignIn(t, s, "lan"), servertest.SignIn(t, s, "mai")

	resp, body := lan.Post("/staff/units", "kind", "department", "name.vi", "", "name.en", "Clinic", "parent", bumTo, "from", "01/07/2026")
	servertest.AssertRefused(t, resp, body, "name.vi", "name.en", "Clinic", "parent", bumTo, "kind", "department")
	resp, body = lan.Post("/staff/units", "kind", "department", "name.vi", "Trạm y tế", "parent", "", "from", "ngày mai")
	servertest.AssertRefused(t, resp, body, "from", "name.vi", "Trạm y tế", "from", "ngày mai")
	servertest.AssertRefused(t, resp, body, "parent")

	resp, body = lan.Post("/staff/units", "kind", "department", "name.vi", "Trạm y tế", "parent", bumTo, "from", "2025-07-01")
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("made: %d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find(".error")))
	}
	path := servertest.RedirectPath(resp)
	unit := func() *survey.Unit {
		return current.Catalog().Unit(survey.UnitID(strings.TrimPrefix(path, "/staff/units/")))
	}
	if u := unit(); u == nil || u.Name["vi"] != "Trạm y tế" || u.Parent != bumTo || u.Valid.From != "2025-07-01" {
		t.Fatalf("stored %+v", u)
	}

	typed := func(name, rev string) []string {
		return []string{"kind", "department", "name.vi", name, "parent", bumTo, "from", "2025-07-01", "rev", rev}
	}
	if resp, _ := lan.Post(path, typed("Trạm y tế số 1", "1")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("the first edit: %d", resp.StatusCode)
	}
	resp, body = mai.Post(path, typed("Trạm y tế số 2", "1")...)
	doc := servertest.Document(t, body)
	if conflict := servertest.Words(doc.Find(".conflict")); resp.StatusCode != http.StatusConflict || !strings.Contains(conflict, "Trạm y tế số 1") || !strings.Contains(conflict, "Trạm y tế số 2") {
		t.Fatalf("the second edit: %d %s", resp.StatusCode, conflict)
	}
	form := doc.Find("main form[method=post]").First()
	servertest.AssertKeeps(t, form, "name.vi", "Trạm y tế số 2", "rev", "2")
	if resp, _ := mai.Post(path, typed("Trạm y tế số 2", "2")...); resp.StatusCode != http.StatusSeeOther || unit().Name["vi"] != "Trạm y tế số 2" {
		t.Errorf("the second version was chosen: %d, %v", resp.StatusCode, unit().Name)
	}
	if diff := cmp.Diff([]survey.Action{"unit.create", "unit.edit", "unit.edit"}, servertest.AuditActions(t, s, "unit.")); diff != "" {
		t.Errorf("audit log: %s", diff)
	}
}

func TestUnitEnded(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	const path = "/staff/units/" + bumTo
	rev := func() string { return strconv.FormatInt(current.Catalog().Unit(bumTo).Rev, 10) }

	resp, body := v.Post(path+"/close", "last", "không rõ", "successors", muCa, "rev", rev())
	servertest.AssertRefused(t, resp, body, "last", "last", "không rõ", "successors", muCa)
	resp, body = v.Post(path+"/close", "last", "30/06/2026", "rev", rev())
	servertest.AssertRefused(t, resp, body, "successors", "last", "30/06/2026")
	if current.Catalog().Unit(bumTo).Valid.To != "" {
		t.Error("a refused end is stored")
	}

	// Somebody else ends it on another day while this one decides.
	old := rev()
	if resp, body := v.Post(path+"/close", "last", "2026-05-31", "successors", muCa, "rev", old); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
	}
	resp, body = v.Post(path+"/close", "last", "2026-06-30", "successors", taTong, "rev", old)
	doc := servertest.Document(t, body)
	conflict := servertest.Words(doc.Find(".conflict"))
	for _, part := range []string{"31/05/2026", "30/06/2026", "Xã Mù Cả", "Xã Tà Tổng"} {
		if resp.StatusCode != http.StatusConflict || !strings.Contains(conflict, part) {
			t.Errorf("a second end: %d, %q is missing in %q", resp.StatusCode, part, conflict)
		}
	}
	servertest.AssertKeeps(t, doc.Find("main form[method=post]"), "last", "2026-06-30", "successors", taTong, "rev", rev())

	u := current.Catalog().Unit(bumTo)
	if u.Valid.To != "2026-05-31" || len(u.Successors) != 1 || len(current.Catalog().Children(bumTo)) == 0 {
		t.Errorf("stored %+v, %d units below it", u, len(current.Catalog().Children(bumTo)))
	}
	if resp, _ := v.Post(path+"/reopen", "rev", old); resp.StatusCode != http.StatusConflict {
		t.Errorf("reopened by an old revision: %d", resp.StatusCode)
	}
	if resp, _ := v.Post(path+"/reopen", "rev", rev()); resp.StatusCode != http.StatusSeeOther || current.Catalog().Unit(bumTo).Valid.To != "" {
		t.Errorf("reopened: %d", resp.StatusCode)
	}
	if log := servertest.AuditActions(t, s, "unit."); log[0] != "unit.close" || log[len(log)-1] != "unit.reopen" {
		t.Errorf("audit log: %v", log)
	}
}

// Two communes become one on a day to come. Nothing moves: until that day all
// is called as before, and from then on what lies below them and the codes on
// their walls belong to the new one.
func TestUnitsMerged(t *testing.T) {
	t.Parallel()
	var now atomic.Pointer[time.Time]
	now.Store(&servertest.Now)
	s, current := servertest.NewEditable(t, func(c *web.Config) { c.Now = func() time.Time { return *now.Load() } })
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	var wall survey.PointCode
	for _, p := range current.Catalog().Points {
		if p.Unit == muCa {
			wall = p.Code
		}
	}
	if wall == "" {
		t.Fatal("the commune has no point")
	}

	resp, body := v.Post("/staff/units/merge", "units", muCa, "on", "2026-04-01", "name.vi", "Xã Hợp Nhất")
	servertest.AssertRefused(t, resp, body, "units", "units", muCa, "on", "2026-04-01", "name.vi", "Xã Hợp Nhất")
	resp, body = v.Post("/staff/units/merge", "units", muCa, "units", bumTo, "on", "2026-04-01", "name.en", "United")
	servertest.AssertRefused(t, resp, body, "name.vi", "units", muCa, "units", bumTo, "name.en", "United")
	resp, body = v.Post("/staff/units/merge", "units", "muong-te", "units", bumTo, "on", "2026-04-01", "name.vi", "Xã Hợp Nhất")
	servertest.AssertRefused(t, resp, body, "units", "units", "muong-te", "units", bumTo, "name.vi", "Xã Hợp Nhất")
	if log := servertest.AuditActions(t, s, "unit."); len(log) != 0 {
		t.Errorf("what was refused is recorded: %v", log)
	}

	merge := []string{"units", muCa, "units", bumTo, "on", "2026-04-01", "name.vi", "Xã Hợp Nhất"}
	resp, body = v.Post("/staff/units/merge", merge...)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
	}
	into := survey.UnitID(strings.TrimPrefix(servertest.RedirectPath(resp), "/staff/units/"))
	c := current.Catalog()
	for _, id := range []survey.UnitID{muCa, bumTo} {
		if u := c.Unit(id); u.Valid.To != "2026-03-31" || len(u.Successors) != 1 || u.Successors[0] != into {
			t.Errorf("%s: %+v", id, u)
		}
	}
	if p := c.Point(wall); p.Unit != muCa {
		t.Errorf("the code on the wall was moved to %s", p.Unit)
	}
	// As after a failure between two writes: it goes on where it stopped.
	if resp, _ := v.Post("/staff/units/merge", merge...); servertest.RedirectPath(resp) != "/staff/units/"+string(into) {
		t.Errorf("the same once more: %d, led to %s", resp.StatusCode, servertest.RedirectPath(resp))
	}
	if diff := cmp.Diff([]survey.Action{"unit.create", "unit.merge", "unit.merge"}, servertest.AuditActions(t, s, "unit.")); diff != "" {
		t.Errorf("audit log: %s", diff)
	}

	named := func(old, merged bool) {
		t.Helper()
		for _, path := range []string{"/s/", "/k/"} {
			if _, body := servertest.Get(t, s, path+string(wall)); strings.Contains(body, "Xã Mù Cả") != old || strings.Contains(body, "Xã Hợp Nhất") != merged {
				t.Errorf("%s names the place wrongly: %s", path, servertest.Words(servertest.Document(t, body).Find("main")))
			}
		}
	}
	named(true, false)
	later := servertest.Now.AddDate(0, 1, 0)
	now.Store(&later)
	named(false, true)
	servertest.AddUser(t, s, "mai", survey.Grant{Role: survey.HomeAffairs})
	mai := servertest.SignIn(t, s, "mai")
	_, body = mai.Get("/staff/units")
	list := servertest.Document(t, body).Find("tbody")
	office := c.Children(bumTo)[0]
	for id, want := range map[survey.UnitID]int{muCa: 0, bumTo: 0, into: 1, office.ID: 1} {
		if office.Kind == survey.School {
			t.Fatal("the commune has no office")
		}
		if n := list.Find("a[href='/staff/units/" + string(id) + "']").Length(); n != want {
			t.Errorf("the list shows %s %d times", id, n)
		}
	}
	_, body = mai.Get("/staff/units/" + string(into))
	if page := servertest.Words(servertest.Document(t, body).Find("main")); !strings.Contains(page, string(wall)) || !strings.Contains(page, office.Name["vi"]) {
		t.Errorf("the page of the new one: %s", page)
	}
	// What lies below the old ones can be edited as before.
	resp, body = mai.Post("/staff/units/"+string(office.ID), "kind", string(office.Kind), "name.vi", office.Name["vi"]+" mới", "parent", bumTo, "rev", strconv.FormatInt(office.Rev, 10))
	if resp.StatusCode != http.StatusSeeOther {
		t.Errorf("edited: %d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find(".error")))
	}
}

// Somebody else changed one of the units: nothing is written, and what was
// chosen stays to be sent again.
func TestMergerConflict(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	units := survey.Documents[survey.Unit]{Store: s.Store, Collection: survey.Units}
	theirs, err := units.Get(t.Context(), muCa) // the last of the two in order
	if err != nil {
		t.Fatal(err)
	}
	theirs.Rev++
	if err := units.Replace(t.Context(), theirs.Rev-1, theirs); err != nil {
		t.Fatal(err)
	}
	before := len(current.Catalog().Units)
	merge := []string{"units", bumTo, "units", muCa, "on", "2026-04-01", "name.vi", "Xã Hợp Nhất"}
	resp, body := v.Post("/staff/units/merge", merge...)
	if resp.StatusCode != http.StatusConflict {
		t.Fatalf("%d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
	}
	servertest.AssertKeeps(t, servertest.Document(t, body).Find("main form[method=post]"), merge...)
	c := current.Catalog()
	if log := servertest.AuditActions(t, s, "unit."); len(log) != 0 || len(c.Units) != before || c.Unit(bumTo).Valid.To != "" {
		t.Errorf("something was written: %v", log)
	}
	if resp, _ := v.Post("/staff/units/merge", merge...); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("sent again: %d", resp.StatusCode)
	}
}

func TestSectorMadeAndEdited(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, s, "mai", survey.Grant{Role: survey.HomeAffairs})
	lan, mai := servertest.SignIn(t, s, "lan"), servertest.SignIn(t, s, "mai")
	resp, body := lan.Post("/staff/sectors", "name.vi", "", "name.en", "Water", "group", string(survey.LandBuildInvest), "short", "1")
	servertest.AssertRefused(t, resp, body, "name.vi", "name.en", "Water", "group", string(survey.LandBuildInvest), "short", "1")
	if resp, _ := lan.Post("/staff/sectors", "name.vi", "Cấp nước", "short", "1"); resp.StatusCode != http.StatusSeeOther {
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
	resp, body = lan.Post(path, "name.vi", "Cấp thoát nước", "order", "nhất", "rev", "1")
	servertest.AssertRefused(t, resp, body, "order", "name.vi", "Cấp thoát nước", "order", "nhất")
	if resp, _ := lan.Post(path, "name.vi", "Cấp thoát nước", "order", order, "rev", "1"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("the first edit: %d", resp.StatusCode)
	}
	resp, body = mai.Post(path, "name.vi", "Nước sạch", "order", order, "rev", "1")
	doc := servertest.Document(t, body)
	if conflict := servertest.Words(doc.Find(".conflict")); resp.StatusCode != http.StatusConflict || !strings.Contains(conflict, "Cấp thoát nước") || !strings.Contains(conflict, "Nước sạch") {
		t.Fatalf("the second edit: %d %s", resp.StatusCode, conflict)
	}
	servertest.AssertKeeps(t, doc.Find("main form[method=post]"), "name.vi", "Nước sạch", "rev", "2")
	if resp, _ := mai.Post(path, "name.vi", "Nước sạch", "order", order, "rev", "2"); resp.StatusCode != http.StatusSeeOther || sector().Name["vi"] != "Nước sạch" {
		t.Errorf("the second version was chosen: %d", resp.StatusCode)
	}
	// "Other" stays last, which is an edit of its own.
	if diff := cmp.Diff([]survey.Action{"sector.edit", "sector.create", "sector.edit", "sector.edit"}, servertest.AuditActions(t, s, "sector.")); diff != "" {
		t.Errorf("audit log: %s", diff)
	}
}

func TestSchoolsImportedOnThePage(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "hoa", survey.Grant{Role: survey.EducationOffice})
	v := servertest.SignIn(t, s, "hoa")
	const page, header = "/staff/schools/import", "tên trường;cấp học;xã;mã\n"
	before := len(current.Catalog().Units)

	for name, content := range map[string]string{"NoFile": "", "Binary": "\x00\x01", "OtherColumns": "a;b\n1;2\n", "HeaderAlone": header} {
		resp, body := v.Upload(page, "file", "truong.csv", content, "keep", "1")
		if resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("#f-file-error").Length() != 1 || servertest.Document(t, body).Find("[name=keep][checked]").Length() != 1 {
			t.Errorf("%s: %d %s", name, resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
		}
	}
	resp, body := v.Upload(page, "file", "truong.csv", header+"Trường Một;Tiểu học;Xã Bum Tở;A1\nTrường Hai;Đại học;Xã Bum Tở;A2\nTrường Ba;THCS;Xã Không Có;A3\n", "keep", "1")
	problems := servertest.Words(servertest.Document(t, body).Find(".errors"))
	if resp.StatusCode != http.StatusUnprocessableEntity || strings.Contains(problems, "Dòng 2") || !strings.Contains(problems, "Dòng 3") || !strings.Contains(problems, "Dòng 4") {
		t.Errorf("bad rows: %d %s", resp.StatusCode, problems)
	}

	preview := func(list string) []string {
		resp, body := v.Upload(page, "file", "truong.csv", header+list)
		doc := servertest.Document(t, body)
		kept := doc.Find("[name=kept]").AttrOr("value", "")
		if resp.StatusCode != http.StatusOK || kept == "" {
			t.Fatalf("preview: %d %s", resp.StatusCode, servertest.Words(doc.Find("main")))
		}
		return []string{"kept", kept, "keep", ""}
	}
	list := preview("Trường Một;Tiểu học;Xã Bum Tở;A1\n")
	if len(current.Catalog().Units) != before || len(servertest.AuditActions(t, s, "school.")) != 0 {
		t.Error("the preview changed something")
	}
	if resp, _ := v.Post(page+"/apply", list...); resp.StatusCode != http.StatusSeeOther {
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
	if diff := cmp.Diff([]survey.Action{"school.import"}, servertest.AuditActions(t, s, "school.")); diff != "" || school.Parent != bumTo {
		t.Errorf("%+v; audit log: %s", school, diff)
	}

	// Somebody at another server renames the school between preview and button.
	list = preview("Trường Số Một;Tiểu học;Xã Bum Tở;A1\n")
	renamed := school
	renamed.Rev, renamed.Name = school.Rev+1, servertest.ViEn("Trường Thứ Nhất", "")
	if err := (survey.Documents[survey.Unit]{Store: s.Store, Collection: survey.Units}).Replace(t.Context(), school.Rev, renamed); err != nil {
		t.Fatal(err)
	}
	resp, body = v.Post(page+"/apply", list...)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusConflict || doc.Find(".conflict").Length() != 1 || doc.Find("[name=kept]").AttrOr("value", "") != list[1] {
		t.Fatalf("a list that somebody overtook: %d %s", resp.StatusCode, servertest.Words(doc.Find("main")))
	}
	if resp, _ := v.Post(page+"/apply", list...); resp.StatusCode != http.StatusSeeOther || current.Catalog().Unit(school.ID).Name["vi"] != "Trường Số Một" {
		t.Errorf("the list was chosen: %d", resp.StatusCode)
	}
}
