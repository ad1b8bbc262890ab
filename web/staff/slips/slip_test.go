package slips_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
	"hailong/web/servertest"
)

// newServer is a server with a clerk of the one-stop office who is signed in.
func newServer(t *testing.T) (*servertest.StaffServer, *servertest.Client) {
	t.Helper()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.OneStopOffice})
	return w, servertest.OpenSession(t, w.Server, "lan")
}

var land = string(servertest.Code(servertest.PointLand))

// issue fills in the form of the page and returns where the batch is.
func issue(t *testing.T, v *servertest.Client, count string) string {
	t.Helper()
	_, body := v.Get("/staff/slips")
	request := servertest.Document(t, body).Find("main [name=request]").AttrOr("value", "")
	var first string
	for range 2 { // pressed twice
		resp, body := v.Post("/staff/slips", "point", land, "count", count, "request", request)
		location, _, _ := strings.Cut(resp.Header.Get("Location"), "?")
		if resp.StatusCode != http.StatusSeeOther || first != "" && location != first {
			t.Fatalf("issued: %d to %q, before to %q: %s", resp.StatusCode, location, first, body)
		}
		first = location
	}
	return first
}

func TestSlipsAreIssuedAndPrinted(t *testing.T) {
	t.Parallel()
	w, v := newServer(t)
	batch := issue(t, v, "30")
	resp, body := v.Get(batch)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusOK || !strings.Contains(doc.Find("main").Text(), "30 mã dùng một lần") || doc.Find(".strip").Length() != 0 {
		t.Errorf("the batch: %d %s", resp.StatusCode, doc.Find("main").Text())
	}
	for _, a := range []string{batch + "/print", batch + "/print?format=roll"} {
		resp, body := v.Get(a)
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF") {
			t.Errorf("%s: %d %s", a, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	}
	if _, body := v.Get("/staff/slips"); servertest.Document(t, body).Find(`a[href="`+batch+`"]`).Length() != 1 {
		t.Error("the page does not lead to the batch again")
	}
	servertest.AddUser(t, w.Server, "hoa", survey.Grant{Role: survey.OneStopOffice})
	other := servertest.OpenSession(t, w.Server, "hoa")
	for _, path := range []string{batch, batch + "/print"} {
		if resp, _ := other.Get(path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("another person opens %s: %d", path, resp.StatusCode)
		}
	}
	if resp, _ := v.Get("/staff/slips/" + land + "/2026-03-05/x"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("no such batch: %d", resp.StatusCode)
	}
	want := []survey.Action{"slip.issue", "slip.print", "slip.print"}
	if diff := cmp.Diff(want, servertest.AuditActions(t, w.Server, "slip.")); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// A single slip is on the screen, for the phone of whoever stands at the counter; the
// store does not hold it.
func TestSingleSlipIsShown(t *testing.T) {
	t.Parallel()
	w, v := newServer(t)
	_, body := v.Get(issue(t, v, "1"))
	doc := servertest.Document(t, body)
	address := doc.Find(".strip-url").Text()
	code, err := slips.ParseSlipCode(doc.Find(".strip-code").Text())
	if err != nil || address != "https://hailong.example"+page.SlipPath(string(code)) || doc.Find(".strip svg").Length() != 1 {
		t.Fatalf("shown %q, %v", address, err)
	}
	for _, c := range survey.Collections {
		err := w.Store.Scan(t.Context(), c, "", "", func(raw bson.Raw) error {
			if text := raw.String(); strings.Contains(text, string(code)) || strings.Contains(text, code.Grouped()) {
				t.Errorf("%s holds the slip: %s", c, text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSlipsAreRefused(t *testing.T) {
	t.Parallel()
	_, v := newServer(t)
	request := page.NewIdempotencyKey()
	for name, tt := range map[string]struct{ point, count, request, field string }{
		"NoPoint":     {"", "1", request, "point"},
		"OffPoint":    {string(servertest.Code(servertest.PointOff)), "1", request, "point"},
		"ClosedPoint": {string(servertest.Code(servertest.PointClosed)), "1", request, "point"},
		"None":        {land, "0", request, "count"},
		"NoNumber":    {land, "x", request, "count"},
		"TooMany":     {land, "201", request, "count"},
		"NoRequest":   {land, "3", "", "count"},
	} {
		resp, body := v.Post("/staff/slips", "point", tt.point, "count", tt.count, "request", tt.request)
		doc := servertest.Document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+tt.field+"-error").Length() != 1 || doc.Find("#f-count").AttrOr("value", "") != tt.count {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
		if doc.Find("main [name=request]").AttrOr("value", "") == "" {
			t.Errorf("%s: the form has lost the id of its request", name)
		}
	}
}

// reported are transactions as an office reports them.
type reported int

// Reported returns what the office reports of a day.
func (r reported) Reported(context.Context, survey.PointCode, survey.Date) (int, bool, error) {
	return int(r), true, nil
}

// Attack: a clerk issues a hundred slips of transactions that never were and fills them
// in. The page shows them beside what the office reports.
func TestSlipsStandBesideTransactions(t *testing.T) {
	t.Parallel()
	w, v := newServer(t)
	for _, code := range servertest.IssueSlips(t, w.Server, 100) {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		if resp, _ := servertest.SendForm(t, w.Server, servertest.PointLand, "id", string(id), "slip", string(code), "a.overall", "5"); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("sent: %d", resp.StatusCode)
		}
	}
	row := func() string {
		_, body := v.Get("/staff/slips")
		return strings.Join(strings.Fields(servertest.Document(t, body).Find("main table tbody tr").First().Text()), " ")
	}
	if got := row(); got != "05/03/2026 100 chưa tính –" {
		t.Errorf("while the day lasts: %q", got)
	}
	w.Time = w.Time.AddDate(0, 0, 1)
	v = servertest.OpenSession(t, w.Server, "lan")
	if got := row(); got != "05/03/2026 100 100 –" {
		t.Errorf("where no transactions are known: %q", got)
	}
	w.Slips.Transactions = reported(20)
	if got := row(); got != "05/03/2026 nhiều hơn số giao dịch 100 100 20" {
		t.Errorf("beside 20 transactions: %q", got)
	}
	w.Slips.Transactions = reported(120)
	if got := row(); got != "05/03/2026 100 100 120" {
		t.Errorf("beside 120 transactions: %q", got)
	}
	// To whom the point is no business, it is not shown.
	servertest.AddUser(t, w.Server, "xa", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	if _, body := servertest.OpenSession(t, w.Server, "xa").Get("/staff/slips"); servertest.Document(t, body).Find("main table").Length() != 0 {
		t.Error("a point outside the scope is shown")
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	w, clerk := newServer(t)
	servertest.AddUser(t, w.Server, "admin", survey.Grant{Role: survey.Administrator})
	v := servertest.OpenSession(t, w.Server, "admin")
	if resp, body := v.Post("/staff/slips/rules", "pattern", "(", "days", "0", "most", "0", "rev", "0"); resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find(".field.wrong").Length() != 3 {
		t.Errorf("bad rules: %d", resp.StatusCode)
	}
	if resp, _ := v.Post("/staff/slips/rules", "pattern", `^HS\d+$`, "days", "3", "most", "10", "rev", "0"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d", resp.StatusCode)
	}
	if resp, body := v.Post("/staff/slips/rules", "pattern", `^X$`, "days", "4", "most", "10", "rev", "0"); resp.StatusCode != http.StatusConflict || !strings.Contains(servertest.Document(t, body).Find("main").Text(), `^HS\d+$`) {
		t.Errorf("an older revision: %d", resp.StatusCode)
	}
	resp, body := clerk.Post("/staff/slips", "point", land, "count", "11", "request", page.NewIdempotencyKey())
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(servertest.Document(t, body).Find("#f-count-error").Text(), "10") {
		t.Errorf("more than the rules say: %d", resp.StatusCode)
	}
	if diff := cmp.Diff([]survey.Action{"slip.rules"}, servertest.AuditActions(t, w.Server, "slip.")); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// Where the pages were when slips were links.
func TestFormerAddresses(t *testing.T) {
	t.Parallel()
	_, v := newServer(t)
	if resp, _ := v.Get("/staff/links?lang=en"); resp.StatusCode != http.StatusMovedPermanently || resp.Header.Get("Location") != "/staff/slips?lang=en" {
		t.Errorf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}
