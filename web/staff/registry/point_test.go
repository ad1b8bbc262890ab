package registry_test

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
	"hailong/survey/surveytest"
	"hailong/web/servertest"
	"hailong/web/staff"
)

func TestMakePoints(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	before := len(current.Catalog().Points)

	resp, body := v.Post("/staff/points", "forms", "sipas-resident", "label.vi", "Cổng sau", "channel", "qr", "again", "1")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-units-error").Length()+doc.Find(".errors").Length() == 0 ||
		doc.Find("[name='label.vi']").AttrOr("value", "") != "Cổng sau" || doc.Find("[name=again]").AttrOr("checked", "none") == "none" {
		t.Errorf("no unit chosen: %d, what was typed is not kept\n%s", resp.StatusCode, doc.Find("main").Text())
	}

	resp, body = v.Post("/staff/points", "forms", "sipas-resident", "forms", "tthc-quick", "groups", "commune", "channel", "qr")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("made: %d\n%s", resp.StatusCode, body)
	}
	made := current.Catalog().Points[before:]
	if len(made) != 7 || made[0].Form != "tthc-quick" {
		t.Errorf("%d points made, want one for the quick form in each of 7 communes: those for residents are there", len(made))
	}
	links := servertest.Document(t, body).Find("tbody tr")
	if links.Length() != len(made) {
		t.Errorf("the page lists %d points", links.Length())
	}
	if resp, _ := servertest.Get(t, s, "/s/"+string(made[0].Code)); resp.StatusCode != http.StatusOK {
		t.Errorf("a new code answers %d", resp.StatusCode)
	}
}

func TestReplacePoint(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	old := current.Catalog().Points[0]
	path := "/staff/points/" + string(old.Code)

	if resp, _ := v.Post(path+"/replace", "rev", "99"); resp.StatusCode != http.StatusConflict {
		t.Errorf("with an old revision: %d", resp.StatusCode)
	}
	resp, _ := v.Post(path+"/replace", "rev", strconv.FormatInt(old.Rev, 10))
	next, _, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("Location"), "/staff/points/"), "?")
	made := current.Catalog().Point(survey.PointCode(next))
	if resp.StatusCode != http.StatusSeeOther || made == nil || made.Unit != old.Unit || made.Form != old.Form || made.Off || made.Code == old.Code {
		t.Fatalf("%d to %q: %+v", resp.StatusCode, resp.Header.Get("Location"), made)
	}
	resp, body := servertest.Get(t, s, "/s/"+string(old.Code))
	unit := current.Catalog().Unit(old.Unit).Name.In(survey.Vietnamese)
	if resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "đã được thay") || !strings.Contains(body, unit) {
		t.Errorf("the old code answers %d without help\n%s", resp.StatusCode, body)
	}
	if strings.Contains(body, next) {
		t.Error("the old code gives the new one away")
	}
	resp, _ = v.Post(path+"/on", "rev", "2")
	if to := resp.Header.Get("Location"); !strings.Contains(to, "moved_on") || !current.Catalog().Point(old.Code).Off {
		t.Errorf("a replaced point can be put into use: %d to %q", resp.StatusCode, to)
	}
	if log := servertest.AuditActions(t, s, "point."); len(log) != 1 || log[0] != "point.replace" {
		t.Errorf("audit log: %v", log)
	}
}

// The tablet mode is offered where one press answers what the form is for.
func TestPointLeadsToItsKiosk(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	points := servertest.PointsByForm(current.Catalog())
	for form, want := range map[survey.FormCode]int{"tthc-quick": 1, "sipas-resident": 0} {
		_, body := v.Get("/staff/points/" + string(points[form]))
		if n := servertest.Document(t, body).Find("a[href='/k/" + string(points[form]) + "']").Length(); n != want {
			t.Errorf("%s: %d links to the kiosk, want %d", form, n, want)
		}
	}
}

// The second of two who edit a point sees both versions, and keeps theirs by
// sending it once more.
func TestConflictingPointEdits(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, s, "mai", survey.Grant{Role: survey.OneStopOffice})
	code := current.Catalog().Points[0].Code
	path, first, second := "/staff/points/"+string(code), servertest.SignIn(t, s, "lan"), servertest.SignIn(t, s, "mai")
	if resp, _ := first.Post(path, "rev", "1", "channel", "qr", "label.vi", "Quầy số 1"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("first: %d", resp.StatusCode)
	}
	resp, body := second.Post(path, "rev", "1", "channel", "kiosk", "label.vi", "Quầy số 2")
	doc := servertest.Document(t, body)
	rev := doc.Find("main form[method=post] [name=rev]").AttrOr("value", "")
	if text := doc.Find(".conflict").Text(); resp.StatusCode != http.StatusConflict || !strings.Contains(text, "Quầy số 1") || !strings.Contains(text, "Quầy số 2") || rev != "2" {
		t.Fatalf("second: %d, rev %q, %s", resp.StatusCode, rev, text)
	}
	if resp, _ := second.Post(path, "rev", rev, "channel", "kiosk", "label.vi", "Quầy số 2"); resp.StatusCode != http.StatusSeeOther {
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
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.OneStopOffice})
	v := servertest.SignIn(t, s, "lan")
	used := current.Catalog().Points[0]
	path := "/staff/points?q=" + string(used.Code)
	look := func() (list, one string) {
		_, body := v.Get(path)
		_, page := v.Get("/staff/points/" + string(used.Code))
		return servertest.Words(servertest.Document(t, body).Find("main")), servertest.Words(servertest.Document(t, page).Find("main .facts"))
	}
	list, one := look()
	id := "019cbc00-0000-7000-8000-000000000001" // of 5 March 2026
	if resp, body := servertest.Do(t, s, servertest.FormRequest("/s/"+string(used.Code), "id", id, "a.overall", "5")); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", resp.StatusCode, body)
	}
	// Whoever looks before and after a citizen at the counter learns nothing of this point.
	if listAfter, oneAfter := look(); listAfter != list || oneAfter != one {
		t.Errorf("a response of today shows:\n%s\n%s", listAfter, oneAfter)
	}
	yesterday := surveytest.Response
	yesterday.ID, yesterday.Point, yesterday.Received = "019cb600-0000-7000-8000-000000000002", used.Code, servertest.Now.AddDate(0, 0, -1)
	servertest.InsertAll(t, s.Store, survey.Responses, []survey.Response{yesterday})
	_, body := v.Get(path)
	row := servertest.Document(t, body).Find("tbody tr")
	if row.Length() != 1 || row.Find("td.number").Text() != "dưới 5" || row.Find(".tag.bad").Length() != 0 || !strings.Contains(row.Text(), "04/03/2026") || strings.Contains(row.Text(), "09:30") {
		t.Errorf("a point with a response of yesterday: %s", row.Text())
	}
	_, body = v.Get("/staff/points?state=quiet")
	doc := servertest.Document(t, body)
	if strings.Contains(doc.Find("tbody").Text(), string(used.Code)) || doc.Find("tbody tr").Length() < 5 || doc.Find("tbody tr").Length() != doc.Find("tbody .tag.bad").Length() {
		t.Errorf("quiet points: %s", doc.Find("tbody").Text())
	}
	if strings.Contains(doc.Find("tbody").Text(), "Phiếu khảo sát người dân") {
		t.Error("a one-stop office sees points of another family")
	}
}

// Where everything is new, silence says nothing yet.
func TestNewPointsAreNotQuiet(t *testing.T) {
	t.Parallel()
	s, _ := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.OneStopOffice}, func(u *people.User) { u.Created = servertest.Now.AddDate(0, 0, -staff.QuietDays+1) })
	if _, body := servertest.SignIn(t, s, "lan").Get("/staff/points?state=quiet"); servertest.Document(t, body).Find("tbody .tag.bad").Length() != 0 {
		t.Errorf("points of a new store are called quiet: %s", servertest.Document(t, body).Find("tbody").Text())
	}
}

func TestPrintPoints(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	pages := func(target string) int {
		r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
		r.Header.Set("Cookie", v.Cookie)
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
	if resp, _ := v.Get("/staff/points.pdf?copies=2000"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("far too many: %d", resp.StatusCode)
	}
	if resp, _ := v.Get("/staff/points.pdf?q=nosuchpoint"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("none: %d", resp.StatusCode)
	}
}
