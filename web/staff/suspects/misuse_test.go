package suspects_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/intake"
	"hailong/survey/people"
	"hailong/survey/proof"
	"hailong/survey/quarantine"
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

// slipsMisused is a server at which so many responses with a slip arrived on days one
// after the other, and where their misuse was stated.
func slipsMisused(t *testing.T, days ...int) *servertest.StaffServer {
	t.Helper()
	w := servertest.NewStaffServer(t)
	point := servertest.Code(servertest.PointLand)
	for _, n := range days {
		for range n {
			id, err := survey.NewResponseID()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Intake.Submit(t.Context(), intake.Submission{
				ID: string(id), Point: point, Lang: "vi", Checks: proof.Checks{Slip: true}, Given: survey.Given{Codes: map[string][]string{"overall": {"5"}}},
			}); err != nil {
				t.Fatal(err)
			}
		}
		w.Time = w.Time.Add(24 * time.Hour)
	}
	if err := w.Quarantine.StateMisuse(t.Context(), survey.Actor{Login: "hoa"}, quarantine.MisuseRequest{
		Point: point, Proof: survey.VerifiedSlip, From: "2026-03-05", To: survey.DateOf(w.Time.Add(-24 * time.Hour)), Reason: "Mã dùng một lần bị dùng sai",
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

// Where the page hides how many are held, its form, a conflict and the audit log hide it
// too: whoever handed out a single slip does not learn whether it was used. What was seen
// is decided nevertheless, on all days at once.
func TestTheFormTellsNoMoreThanThePage(t *testing.T) {
	t.Parallel()
	var forms, pages [][]string
	for _, days := range [][]int{{1, 4}, {4, 2}} { // five in all, or nothing is held
		w := slipsMisused(t, days...)
		grant := survey.Grant{Role: survey.HomeAffairs}
		lan, binh := signIn(t, w, "lan", grant), signIn(t, w, "binh", grant)
		_, body := lan.Get(burstPath())
		form := servertest.HiddenFields(servertest.Document(t, body), "main form")
		forms = append(forms, form)
		var words []string
		for path, of := range map[string]string{"/staff": "main .tasks", listPath: "main", burstPath(): "main", "/staff/campaigns/tthc-2026": "main .note"} {
			_, body := lan.Get(path)
			said := servertest.Words(servertest.Document(t, body).Find(of))
			if !strings.Contains(strings.ToLower(said), "nghi vấn") && path != burstPath() {
				t.Errorf("%v: %s does not say that somebody must decide: %s", days, path, said)
			}
			words = append(words, path+": "+said)
		}
		slices.Sort(words)
		pages = append(pages, words)
		all := []string{"choice.misused_slip", "leave_out", "days.misused_slip", "all", "reason", reason}
		if resp, body := choose(t, lan, all...); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%v: the first choice: %d %s", days, resp.StatusCode, main(t, body))
		}
		resp, body := binh.Post(burstPath(), append(slices.Clone(all), form...)...)
		if words := servertest.Words(servertest.Document(t, body).Find(".conflict")); resp.StatusCode != http.StatusConflict || strings.Contains(words, "Số phiếu tạm giữ") {
			t.Errorf("%v: overtaken: %d %s", days, resp.StatusCode, words)
		}
		if resp, body := choose(t, binh, all...); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%v: the second choice: %d %s", days, resp.StatusCode, main(t, body))
		}
		if held, err := w.Quarantine.Bursts(t.Context(), "tthc-2026"); err != nil || len(held) != 2 || held[0].Waits() || held[1].Waits() {
			t.Errorf("%v: not all days are decided: %v", days, err)
		}
		err := w.Audit.Each(t.Context(), audit.EntryFilter{Action: "suspect."}, func(e audit.ChainedEntry) error {
			if strings.Contains(e.After, `"responses":`) && !strings.Contains(e.After, `"responses":0`) {
				t.Errorf("%v: the log tells of few: %s", days, e.After)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(pages[0], pages[1]); diff != "" {
		t.Errorf("the pages about one and about four responses differ:\n%s", diff)
	}
	if diff := cmp.Diff(forms[0], forms[1]); diff != "" {
		t.Errorf("the forms of one and of four responses differ:\n%s", diff)
	}
	w := slipsMisused(t, 5, 2)
	_, body := signIn(t, w, "lan", survey.Grant{Role: survey.HomeAffairs}).Get(burstPath())
	form := servertest.HiddenFields(servertest.Document(t, body), "main form")
	if diff := cmp.Diff([]string{"rev.misused_slip", "0", "responses.misused_slip", "5", "others.misused_slip", "0/1"}, form); diff != "" {
		t.Errorf("the form of five (-want +got):\n%s", diff)
	}
}

// Beside a crowd, whose number is told, no sum tells how many few are.
func TestNoSumTellsOfFew(t *testing.T) {
	t.Parallel()
	w := slipsMisused(t, 2, 3)
	id := verification.NewBurstID("tthc-2026", servertest.Code(servertest.PointLand), "2026-03-05")
	var crowd []verification.Suspect
	for range 100 {
		response, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		crowd = append(crowd, verification.NewSuspect(id, response, verification.SignCrowd, 9, servertest.Now))
	}
	servertest.InsertAll(t, w.Store, survey.Suspects, crowd)
	v := signIn(t, w, "lan", survey.Grant{Role: survey.HomeAffairs})
	for path, want := range map[string]string{
		"/staff": "100 phiếu nghi vấn chờ", listPath: "100 + dưới 5", burstPath(): "dưới 5", "/staff/campaigns/tthc-2026": "100 phiếu nghi vấn đang chờ",
	} {
		_, body := v.Get(path)
		if words := main(t, body); !strings.Contains(words, want) || strings.Contains(words, "102") {
			t.Errorf("%s: %q is missing, or the sum is there: %s", path, want, words)
		}
	}
}
