package registry_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/survey/transactions"
	"hailong/web/servertest"
)

func TestTransactionsOfAMonth(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.OneStopOffice, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	v := servertest.OpenSession(t, w.Server, "lan")
	code := servertest.Code(servertest.PointLand)
	path := "/staff/transactions/" + string(code)
	_, body := v.Get(path)
	doc := servertest.Document(t, body)
	if n := doc.Find("main tbody tr").Length(); n != 5 { // up to the day of the tests
		t.Errorf("%d days are asked for, want 5", n)
	}
	hidden := servertest.HiddenFields(doc, "main form")
	resp, body := v.Post(path, append([]string{"day.2026-03-02", "1.200", "day.2026-03-03", "nhiều", "day.2026-03-04", ""}, hidden...)...)
	doc = servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("[name='day.2026-03-02']").AttrOr("value", "") != "1.200" ||
		doc.Find("[name='day.2026-03-03']").AttrOr("value", "") != "nhiều" || doc.Find("[name='day.2026-03-03'][aria-invalid]").Length() != 1 || doc.Find("main [aria-invalid]").Length() != 1 {
		t.Errorf("a word for a number: %d %s", resp.StatusCode, servertest.Words(doc.Find("main")))
	}
	if resp, _ := v.Post(path, append([]string{"day.2026-03-02", "1.200", "day.2026-03-03", "0"}, hidden...)...); resp.StatusCode != http.StatusSeeOther || !strings.Contains(resp.Header.Get("Location"), "month=2026-03") {
		t.Fatalf("saved: %d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	stated, err := w.Transactions.Since(t.Context(), "2026-03-01")
	if diff := cmp.Diff(transactions.Numbers{code: {"2026-03-02": 1200, "2026-03-03": 0}}, stated); diff != "" || err != nil {
		t.Errorf("stored (-want +got), %v:\n%s", err, diff)
	}
	// Somebody who had the page open before keeps what they typed.
	resp, body = v.Post(path, append([]string{"day.2026-03-02", "7"}, hidden...)...)
	doc = servertest.Document(t, body)
	if resp.StatusCode != http.StatusConflict || doc.Find("[name='day.2026-03-02']").AttrOr("value", "") != "7" || !strings.Contains(servertest.Words(doc.Find(".conflict")), "1200") {
		t.Errorf("over a later change: %d %s", resp.StatusCode, servertest.Words(doc.Find("main")))
	}
	if _, body := v.Get("/staff/transactions"); !strings.Contains(servertest.Words(servertest.Document(t, body).Find("main")), "1.200") {
		t.Error("the list does not hold the month's number")
	}
	// A month of the future is not offered, one of the past is.
	_, body = v.Get(path + "?month=2027-01")
	if doc := servertest.Document(t, body); doc.Find("[name=month]").AttrOr("value", "") != "2026-03" || doc.Find("nav.pages a").Length() != 1 {
		t.Errorf("a month of the future: %s", servertest.Words(doc.Find("main")))
	}
	if _, body := v.Get(path + "?month=2026-02"); servertest.Document(t, body).Find("main tbody tr").Length() != 28 {
		t.Error("February does not have 28 days")
	}
	if diff := cmp.Diff([]survey.Action{"transaction.state"}, servertest.AuditActions(t, w.Server, "transaction")); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// A number below the responses received is asked about before it is saved; how many came
// in is not told, and what was typed stays.
func TestTransactionsFewerThanReceived(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	w.Transactions.Received = func(context.Context, survey.PointCode, survey.Date) (int, error) { return 45, nil }
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.OneStopOffice})
	v := servertest.OpenSession(t, w.Server, "lan")
	code := servertest.Code(servertest.PointLand)
	path := "/staff/transactions/" + string(code)
	_, body := v.Get(path)
	typed := append([]string{"day.2026-03-02", "1", "day.2026-03-03", "60"}, servertest.HiddenFields(servertest.Document(t, body), "main form")...)
	resp, body := v.Post(path, typed...)
	doc := servertest.Document(t, body)
	words := servertest.Words(doc.Find("main"))
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("[name='day.2026-03-02']").AttrOr("value", "") != "1" || doc.Find("[name=fewer]").Length() != 1 {
		t.Fatalf("a number that is too small: %d %s", resp.StatusCode, words)
	}
	if note := servertest.Words(doc.Find(".note[role=alert]")); !strings.Contains(note, "02/03/2026") || strings.Contains(note, "03/03/2026") || strings.Contains(words, "45") {
		t.Errorf("it is said %q", note)
	}
	if stated, err := w.Transactions.Since(t.Context(), "2026-03-01"); len(stated) != 0 || err != nil {
		t.Errorf("stored before it was confirmed: %v, %v", stated, err)
	}
	if resp, _ := v.Post(path, append(typed, "fewer", "all")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("confirmed: %d", resp.StatusCode)
	}
	if _, body := v.Get(path); servertest.Document(t, body).Find("[name=fewer]").Length() != 0 {
		t.Error("what was confirmed is asked about again")
	}
	_, body = v.Upload("/staff/transactions/import", "file", "x.csv", "point,day,number\n"+string(code)+",2026-03-04,1\n")
	if main := servertest.Words(servertest.Document(t, body).Find("main")); !strings.Contains(main, "ít hơn số phiếu đã nhận: 1") {
		t.Errorf("a file: %s", main)
	}
}

// A number far above the others is saved, and whoever states it is asked to look at
// it again, on the page and before a file is taken.
func TestTransactionsFarAboveTheUsual(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.OneStopOffice})
	v := servertest.OpenSession(t, w.Server, "lan")
	code := servertest.Code(servertest.PointLand)
	list := "point,day,number\n"
	for _, day := range []string{"23", "24", "25", "26", "27"} {
		list += string(code) + ",2026-02-" + day + ",15\n"
	}
	const page, warning = "/staff/transactions/import", "nhiều hơn hẳn mức thường có"
	_, body := v.Upload(page, "file", "x.csv", list+string(code)+",2026-03-02,45\n")
	if words := servertest.Words(servertest.Document(t, body).Find("main")); strings.Contains(words, warning) {
		t.Errorf("a busy day is called unusual: %s", words)
	}
	_, body = v.Upload(page, "file", "x.csv", list+string(code)+",2026-03-02,5000\n")
	doc := servertest.Document(t, body)
	if words := servertest.Words(doc.Find("main")); !strings.Contains(words, warning+": 1.") {
		t.Errorf("the preview of a file: %s", words)
	}
	if resp, _ := v.Post(page+"/apply", servertest.HiddenFields(doc, "main form")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("carried out: %d", resp.StatusCode)
	}
	_, body = v.Get("/staff/transactions/" + string(code) + "?month=2026-03")
	note := servertest.Words(servertest.Document(t, body).Find("main p.note"))
	if !strings.Contains(note, "02/03/2026") || !strings.Contains(note, warning) || !strings.Contains(note, "45 lượt") {
		t.Errorf("the page says %q", note)
	}
	if stated, err := w.Transactions.Since(t.Context(), "2026-03-01"); err != nil || stated[code]["2026-03-02"] != 5000 {
		t.Errorf("stored: %v, %v", stated, err)
	}
}

func TestTransactionsOutsideTheScope(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "hoa", survey.Grant{Role: survey.OneStopOffice, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	v := servertest.OpenSession(t, w.Server, "hoa")
	code := string(servertest.Code(servertest.PointLand))
	if resp, _ := v.Get("/staff/transactions/" + code); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the month of another office: %d", resp.StatusCode)
	}
	if _, body := v.Get("/staff/transactions"); strings.Contains(body, code) {
		t.Error("the list holds a point of another office")
	}
	resp, body := v.Upload("/staff/transactions/import", "file", "x.csv", "point,day,number\n"+code+",2026-03-02,5\n")
	if words := servertest.Words(servertest.Document(t, body).Find(".errors")); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(words, "Dòng 2") {
		t.Errorf("a file about another office: %d %s", resp.StatusCode, words)
	}
}

func TestTransactionsImportedOnThePage(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.OneStopOffice})
	v := servertest.OpenSession(t, w.Server, "lan")
	const page = "/staff/transactions/import"
	code := servertest.Code(servertest.PointLand)
	list := "mã điểm;ngày;số lượt giao dịch\n" + string(code) + ";02/03/2026;31\n" + string(code) + ";03/03/2026;0\n"
	resp, body := v.Upload(page, "file", "x.csv", list+string(code)+";09/03/2026;1\n")
	if words := servertest.Words(servertest.Document(t, body).Find(".errors")); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(words, "Dòng 4, cột ngày") {
		t.Errorf("a day of the future: %d %s", resp.StatusCode, words)
	}
	resp, body = v.Upload(page, "file", "x.csv", list)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusOK || !strings.Contains(servertest.Words(doc.Find("main")), "2 ngày mới hoặc thay đổi") {
		t.Fatalf("preview: %d %s", resp.StatusCode, servertest.Words(doc.Find("main")))
	}
	if stated, err := w.Transactions.Since(t.Context(), "2026-03-01"); err != nil || len(stated) != 0 {
		t.Errorf("the preview stored %v, %v", stated, err)
	}
	if resp, _ := v.Post(page+"/apply", servertest.HiddenFields(doc, "main form")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("carried out: %d", resp.StatusCode)
	}
	stated, err := w.Transactions.Since(t.Context(), "2026-03-01")
	if diff := cmp.Diff(transactions.Numbers{code: {"2026-03-02": 31, "2026-03-03": 0}}, stated); diff != "" || err != nil {
		t.Errorf("stored (-want +got), %v:\n%s", err, diff)
	}
}

// The clerk who enrolled the kiosk of a point states its transactions: the page says
// that they raise nothing, until somebody else looked at them.
func TestTransactionsOfWhoMakesTheProofs(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	code := servertest.Code(servertest.PointLand)
	for _, login := range []survey.Login{"lan", "binh"} {
		servertest.AddUser(t, w.Server, login, survey.Grant{Role: survey.OneStopOffice})
	}
	lan, binh := servertest.OpenSession(t, w.Server, "lan"), servertest.OpenSession(t, w.Server, "binh")
	if _, _, err := w.Proofs.Invite(t.Context(), survey.Actor{Login: "lan"}, code, proof.Kiosk, "Máy quầy 1"); err != nil {
		t.Fatal(err)
	}
	path := "/staff/transactions/" + string(code)
	day := string(survey.DateOf(servertest.Now))
	save := func(v *servertest.Client, pairs ...string) {
		t.Helper()
		_, body := v.Get(path)
		hidden := servertest.HiddenFields(servertest.Document(t, body), "main form")
		if resp, body := v.Post(path, append(append(hidden, "day."+day, "500"), pairs...)...); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("saving: %d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
		}
	}
	check := func(v *servertest.Client, box int, want string) {
		t.Helper()
		_, body := v.Get(path)
		doc := servertest.Document(t, body)
		note := servertest.Words(doc.Find(".note"))
		if doc.Find("[name=vouch]").Length() != box || !strings.Contains(note, want) || want == "" && strings.Contains(note, "đăng ký thiết bị") {
			t.Errorf("%d boxes, note %q; want %d and %q", doc.Find("[name=vouch]").Length(), note, box, want)
		}
	}
	save(lan)
	check(lan, 0, "xin người khác xem")
	check(binh, 1, "Xin so với sổ tiếp nhận")
	save(lan, "vouch", "all") // the page has no such box for her
	check(binh, 1, "Xin so với sổ tiếp nhận")
	save(binh, "vouch", "all")
	check(lan, 0, "")
	if vouched, err := w.Transactions.Vouched(t.Context(), "2026-03-01"); err != nil || vouched[code][survey.Date(day)] != 500 {
		t.Errorf("vouched for: %v, %v", vouched, err)
	}
}
