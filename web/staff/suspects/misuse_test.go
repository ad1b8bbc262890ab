package suspects_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/people"
	"hailong/survey/proof"
	"hailong/survey/transactions"
	"hailong/survey/verification"
	"hailong/web/servertest"
)

const misusePath = "/staff/misuse"

// filledIn is a server at which a kiosk sent seven responses on each of three days that
// are over, and telephones three.
func filledIn(t *testing.T) *servertest.StaffServer {
	t.Helper()
	w := servertest.NewStaffServer(t)
	for range 3 {
		for i := range 10 {
			id, err := survey.NewResponseID()
			if err != nil {
				t.Fatal(err)
			}
			s := intake.Submission{
				ID: string(id), Point: servertest.Code(servertest.PointLand), Lang: "vi", Given: survey.Given{Codes: map[string][]string{"overall": {"5"}}},
			}
			if i < 7 {
				s.Channel, s.Checks = survey.ChannelKiosk, proof.Checks{Device: true}
			}
			if _, err := w.Intake.Submit(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		w.Time = w.Time.Add(24 * time.Hour)
	}
	return w
}

func asked(point string) string {
	return misusePath + "?" + url.Values{"point": {point}, "proof": {"device"}, "from": {"2026-03-05"}, "to": {"2026-03-07"}}.Encode()
}

// Somebody of home affairs sees how much it is, and holds it; two people decide about all
// days at once.
func TestMisuseIsHeldAndDecided(t *testing.T) {
	t.Parallel()
	w := filledIn(t)
	grant := survey.Grant{Role: survey.HomeAffairs}
	hoa := signIn(t, w, "hoa", grant)
	lan, binh := signIn(t, w, "lan", grant), signIn(t, w, "binh", grant)
	resp, body := hoa.Get(asked(string(servertest.Code(servertest.PointLand))))
	if words := main(t, body); resp.StatusCode != http.StatusOK || !strings.Contains(words, "Sẽ tạm giữ 21 phiếu của 3 ngày") {
		t.Fatalf("before confirming: %d %s", resp.StatusCode, words)
	}
	hidden := servertest.HiddenFields(servertest.Document(t, body), "main form[method=post]")
	resp, body = hoa.Post(misusePath, append(hidden, "reason", "ít")...)
	if doc := servertest.Document(t, body); resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-reason-error").Length() != 1 || doc.Find("#f-reason").Text() != "ít" {
		t.Errorf("a short reason: %d %s", resp.StatusCode, main(t, body))
	}
	if held, err := verification.HeldResponses(t.Context(), w.Store, ""); err != nil || len(held) != 0 {
		t.Errorf("%d are held before it was confirmed, %v", len(held), err)
	}
	if resp, body = hoa.Post(misusePath, append(hidden, "reason", "Máy bị mang về nhà")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("confirming: %d %s", resp.StatusCode, main(t, body))
	}
	if held, err := verification.HeldResponses(t.Context(), w.Store, "tthc-2026"); err != nil || len(held) != 21 {
		t.Errorf("%d are held, %v; want 21", len(held), err)
	}
	_, body = hoa.Get(misusePath)
	if doc := servertest.Document(t, body); doc.Find("tbody a").AttrOr("href", "") != listPath || !strings.Contains(main(t, body), "Máy bị mang về nhà") {
		t.Errorf("the page does not say what was said: %s", main(t, body))
	}
	for _, v := range []*servertest.Client{lan, binh} {
		if resp, body := choose(t, v, "choice.misused_device", "leave_out", "days.misused_device", "all", "reason", "Đã xác minh với bộ phận một cửa"); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("deciding: %d %s", resp.StatusCode, main(t, body))
		}
	}
	bursts, err := w.Quarantine.Bursts(t.Context(), "tthc-2026")
	if err != nil || len(bursts) != 3 {
		t.Fatalf("%d bursts, %v", len(bursts), err)
	}
	for _, b := range bursts {
		if g := b.Group(verification.SignMisusedDevice); g == nil || g.Decision.Choice != verification.LeaveOut || g.Decision.First.By != "lan" || len(g.Responses) != 7 {
			t.Errorf("%s: %+v", b.ID, g)
		}
	}
	if diff := cmp.Diff([]survey.Action{"misuse.state"}, servertest.AuditActions(t, w.Server, "misuse")); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// Whoever does not publish figures holds nothing: a clerk who issued slips would learn
// what became of them.
func TestWhoStatesAMisuse(t *testing.T) {
	t.Parallel()
	w := filledIn(t)
	point := string(servertest.Code(servertest.PointLand))
	for name, test := range map[string]struct {
		grant  survey.Grant
		status int
	}{
		"here":       {survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}}, http.StatusSeeOther},
		"onestop":    {survey.Grant{Role: survey.OneStopOffice}, http.StatusForbidden},
		"elsewhere":  {survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}}, http.StatusUnprocessableEntity},
		"commune":    {survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}}, http.StatusForbidden},
		"supervisor": {survey.Grant{Role: survey.Supervisor}, http.StatusForbidden},
	} {
		servertest.AddUser(t, w.Server, survey.Login(name), test.grant, func(u *people.User) { u.Name = name })
		v := servertest.OpenSession(t, w.Server, survey.Login(name))
		resp, body := v.Post(misusePath, "point", point, "proof", "device", "from", "2026-03-05", "to", "2026-03-07", "reason", "Máy bị mang về nhà")
		if resp.StatusCode != test.status && !(test.status == http.StatusForbidden && resp.StatusCode == http.StatusNotFound) {
			t.Errorf("%s: %d, want %d: %s", name, resp.StatusCode, test.status, main(t, body))
		}
		if name == "elsewhere" {
			if _, body := v.Get(asked(point)); strings.Contains(main(t, body), "21 phiếu") || strings.Contains(main(t, body), point) {
				t.Error("somebody of another office is told how many there are")
			}
		}
	}
}

// The office stated 20 where 500 people were served, and corrects it: nothing goes free by
// itself, and the page says who stated what and has the reason ready.
func TestRestatedTransactionsAreShown(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	point, day := servertest.Code(servertest.PointLand), survey.Date("2026-03-05")
	id := verification.NewBurstID("tthc-2026", point, day)
	servertest.InsertAll(t, w.Store, survey.Suspects, []verification.Suspect{verification.NewSuspect(id, servertest.ResponseID, verification.SignTransactions, 9, servertest.Now)})
	w.Time = servertest.Now.Add(24 * time.Hour)
	for i, n := range []int{20, 500} {
		who := survey.Actor{Login: []survey.Login{"hoa", "mai"}[i]}
		if _, err := w.Transactions.State(t.Context(), who, []transactions.Count{{Point: point, Day: day, Number: n}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Quarantine.Judge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if held, err := verification.HeldResponses(t.Context(), w.Store, "tthc-2026"); err != nil || len(held) != 1 {
		t.Errorf("%d are held after the number was corrected, %v; want 1", len(held), err)
	}
	lan := signIn(t, w, "lan", survey.Grant{Role: survey.HomeAffairs})
	_, body := lan.Get(burstPath())
	doc := servertest.Document(t, body)
	if words := main(t, body); !strings.Contains(words, "hoa: 20") || !strings.Contains(words, "mai: 500") {
		t.Errorf("the page does not say who stated what: %s", words)
	}
	if got, want := doc.Find("#f-reason").Text(), "Số lượt giao dịch được nhập lại từ 20 thành 500 (mai)."; got != want || doc.Find("input[type=radio][checked]").Length() != 0 {
		t.Errorf("reason %q, want %q and nothing chosen", got, want)
	}
}
