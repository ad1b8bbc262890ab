package web

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/staff"
)

// newEditableServer serves the shipped catalogue out of a store, so that what
// staff change is in force at the next request.
func newEditableServer(t testing.TB, change ...func(*Config)) (*Server, *survey.CatalogCache) {
	t.Helper()
	store := plantStore(t)
	current, err := survey.OpenCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	s := newServerOn(t, store, current.Catalog(), append(change, func(c *Config) {
		c.Catalog, c.Reload = current.Catalog, current.Reload
	})...)
	return s, current
}

func TestMakePoints(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	before := len(current.Catalog().Points)

	resp, body := v.post("/staff/points", "forms", "sipas-resident", "label.vi", "Cổng sau", "channel", "qr", "again", "1")
	doc := document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-units-error").Length()+doc.Find(".errors").Length() == 0 ||
		doc.Find("[name='label.vi']").AttrOr("value", "") != "Cổng sau" || doc.Find("[name=again]").AttrOr("checked", "none") == "none" {
		t.Errorf("no unit chosen: %d, what was typed is not kept\n%s", resp.StatusCode, doc.Find("main").Text())
	}

	resp, body = v.post("/staff/points", "forms", "sipas-resident", "forms", "tthc-quick", "groups", "commune", "channel", "qr")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("made: %d\n%s", resp.StatusCode, body)
	}
	made := current.Catalog().Points[before:]
	if len(made) != 7 || made[0].Form != "tthc-quick" {
		t.Errorf("%d points made, want one for the quick form in each of 7 communes: those for residents are there", len(made))
	}
	links := document(t, body).Find("tbody tr")
	if links.Length() != len(made) {
		t.Errorf("the page lists %d points", links.Length())
	}
	if resp, _ := get(t, s, "/s/"+string(made[0].Code)); resp.StatusCode != http.StatusOK {
		t.Errorf("a new code answers %d", resp.StatusCode)
	}
}

func TestReplacePoint(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	old := current.Catalog().Points[0]
	path := "/staff/points/" + string(old.Code)

	if resp, _ := v.post(path+"/replace", "rev", "99"); resp.StatusCode != http.StatusConflict {
		t.Errorf("with an old revision: %d", resp.StatusCode)
	}
	resp, _ := v.post(path+"/replace", "rev", strconv.FormatInt(old.Rev, 10))
	next, _, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("Location"), "/staff/points/"), "?")
	made := current.Catalog().Point(survey.PointCode(next))
	if resp.StatusCode != http.StatusSeeOther || made == nil || made.Unit != old.Unit || made.Form != old.Form || made.Off || made.Code == old.Code {
		t.Fatalf("%d to %q: %+v", resp.StatusCode, resp.Header.Get("Location"), made)
	}
	resp, body := get(t, s, "/s/"+string(old.Code))
	unit := current.Catalog().Unit(old.Unit).Name.In(survey.Vietnamese)
	if resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "đã được thay") || !strings.Contains(body, unit) {
		t.Errorf("the old code answers %d without help\n%s", resp.StatusCode, body)
	}
	if strings.Contains(body, next) {
		t.Error("the old code gives the new one away")
	}
	resp, _ = v.post(path+"/on", "rev", "2")
	if to := resp.Header.Get("Location"); !strings.Contains(to, "moved_on") || !current.Catalog().Point(old.Code).Off {
		t.Errorf("a replaced point can be put into use: %d to %q", resp.StatusCode, to)
	}
	if log := recorded(t, s, "point."); len(log) != 1 || log[0] != "point.replace" {
		t.Errorf("audit log: %v", log)
	}
}

// The tablet mode is offered where one press answers what the form is for.
func TestPointLeadsToItsKiosk(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	points := pointsByForm(current.Catalog())
	for form, want := range map[survey.FormCode]int{"tthc-quick": 1, "sipas-resident": 0} {
		_, body := v.get("/staff/points/" + string(points[form]))
		if n := document(t, body).Find("a[href='/k/" + string(points[form]) + "']").Length(); n != want {
			t.Errorf("%s: %d links to the kiosk, want %d", form, n, want)
		}
	}
}

// The second of two who edit a point sees both versions, and keeps theirs by
// sending it once more.
func TestConflictingPointEdits(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	hire(t, s, "mai", survey.Grant{Role: survey.OneStopOffice})
	code := current.Catalog().Points[0].Code
	path, first, second := "/staff/points/"+string(code), visit(t, s, "lan"), visit(t, s, "mai")
	if resp, _ := first.post(path, "rev", "1", "channel", "qr", "label.vi", "Quầy số 1"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("first: %d", resp.StatusCode)
	}
	resp, body := second.post(path, "rev", "1", "channel", "kiosk", "label.vi", "Quầy số 2")
	doc := document(t, body)
	rev := doc.Find("main form[method=post] [name=rev]").AttrOr("value", "")
	if text := doc.Find(".conflict").Text(); resp.StatusCode != http.StatusConflict || !strings.Contains(text, "Quầy số 1") || !strings.Contains(text, "Quầy số 2") || rev != "2" {
		t.Fatalf("second: %d, rev %q, %s", resp.StatusCode, rev, text)
	}
	if resp, _ := second.post(path, "rev", rev, "channel", "kiosk", "label.vi", "Quầy số 2"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("keeping the second: %d", resp.StatusCode)
	}
	if p := current.Catalog().Point(code); p.Label["vi"] != "Quầy số 2" || p.Channel != survey.ChannelKiosk {
		t.Errorf("stored: %+v", p)
	}
}

// A point that takes responses and has none is noticed, and one with a
// response is not.
func TestQuietPoints(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.OneStopOffice})
	v := visit(t, s, "lan")
	alive := current.Catalog().Points[0]
	id := "019cbc00-0000-7000-8000-000000000001" // of 5 March 2026
	if resp, body := do(t, s, formRequest("/s/"+string(alive.Code), "id", id, "a.overall", "5")); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", resp.StatusCode, body)
	}
	_, body := v.get("/staff/points?q=" + string(alive.Code))
	row := document(t, body).Find("tbody tr")
	if row.Length() != 1 || row.Find("td.number").Text() != "1" || row.Find(".tag.bad").Length() != 0 || !strings.Contains(row.Text(), "09:30, 05/03/2026") {
		t.Errorf("a point with a response: %s", row.Text())
	}
	_, body = v.get("/staff/points?state=quiet")
	doc := document(t, body)
	if strings.Contains(doc.Find("tbody").Text(), string(alive.Code)) || doc.Find("tbody tr").Length() < 5 || doc.Find("tbody tr").Length() != doc.Find("tbody .tag.bad").Length() {
		t.Errorf("quiet points: %s", doc.Find("tbody").Text())
	}
	if strings.Contains(doc.Find("tbody").Text(), "Phiếu khảo sát người dân") {
		t.Error("a one-stop office sees points of another family")
	}
}

// Where everything is new, silence says nothing yet.
func TestNewPointsAreNotQuiet(t *testing.T) {
	t.Parallel()
	s, _ := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.OneStopOffice}, func(u *people.User) { u.Created = testNow.AddDate(0, 0, -staff.QuietDays+1) })
	if _, body := visit(t, s, "lan").get("/staff/points?state=quiet"); document(t, body).Find("tbody .tag.bad").Length() != 0 {
		t.Errorf("points of a new store are called quiet: %s", document(t, body).Find("tbody").Text())
	}
}

func TestPrintPoints(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	pages := func(target string) int {
		r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
		r.Header.Set("Cookie", v.cookie)
		resp, err := s.Test(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		pdf, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("%s: %d %v", target, resp.StatusCode, err)
		}
		return bytes.Count(pdf, []byte("/Type /Page\n"))
	}
	points := current.Catalog().Points
	if got := pages("/staff/points.pdf?format=poster&campaign=tthc-2026"); got < 10 || got >= len(points) {
		t.Errorf("the codes of one campaign take %d pages", got)
	}
	if got := pages("/staff/points.pdf?point=" + string(points[0].Code) + "&point=" + string(points[3].Code) + "&copies=2"); got != 4 {
		t.Errorf("two ticked points, two copies: %d pages", got)
	}
	if resp, _ := v.get("/staff/points.pdf?copies=2000"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("far too many: %d", resp.StatusCode)
	}
	if resp, _ := v.get("/staff/points.pdf?q=nosuchpoint"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("none: %d", resp.StatusCode)
	}
}
