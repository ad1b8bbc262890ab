package campaigns_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/web/servertest"
	"hailong/web/staff"
)

func TestCampaignFromDraftToWithdrawal(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, w.Server, "lan")

	// A draft.
	_, body := v.Get("/staff/campaigns/new?family=tthc")
	doc := servertest.Document(t, body)
	if doc.Find("[name=forms][checked]").Length() != 1 || doc.Find("[name=targets][checked]").Length() != 2 {
		t.Errorf("a new campaign is not filled in with the newest form and the targets: %s", doc.Find("main form").Text())
	}
	typed := []string{
		"family", "tthc", "title", "Đợt thử tháng Ba", "from", "2026-03-01", "to", "31/03/2026", "forms", "quick@2", "units", "cu",
		"formula", "top2", "pooling", "overall", "confidence", "95", "min_n", "5", "langs", "vi", "langs", "en", "targets", "TTHC",
	}
	typed = append(typed, "idempotency_key", doc.Find("main [name=idempotency_key]").AttrOr("value", ""))
	resp, body := v.Post("/staff/campaigns", typed...)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("draft: %d %s", resp.StatusCode, servertest.Document(t, body).Find(".error").Text())
	}
	if twice, _ := v.Post("/staff/campaigns", typed...); twice.Header.Get("Location") != resp.Header.Get("Location") {
		t.Errorf("pressed twice: %q and %q", resp.Header.Get("Location"), twice.Header.Get("Location"))
	}
	id := survey.CampaignID(strings.TrimPrefix(strings.SplitN(resp.Header.Get("Location"), "?", 2)[0], "/staff/campaigns/"))
	k := w.Campaign(t, id)
	if id != "tthc-2026-2" || k.State != survey.Draft || k.Period != (survey.Span{From: "2026-03-01", To: "2026-03-31"}) || k.Frame != "2026-03-01" || k.Method.Confidence != 0.95 {
		t.Errorf("stored %s %+v", id, k)
	}
	if resp, _ := servertest.Get(t, w.Server, "/results/"+string(id)); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a draft is public: %d", resp.StatusCode)
	}

	// The unit of an open campaign cannot be asked twice: the first one is over.
	path := staff.CampaignPath(id)
	if resp, _ := w.Step(t, v, path+"/open"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("open: %d", resp.StatusCode)
	}
	point := servertest.Code(servertest.PointClosed) // of the unit "cu"; its earlier campaign has ended
	for i := range 8 {
		servertest.SubmitAt(t, w.Server, point, []string{"5", "5", "5", "2"}[i%4], "land")
	}
	if resp, _ := v.Get(path + "/publish"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("an open campaign can be published: %d", resp.StatusCode)
	}

	// Closed: the form is, yet a late phone is heard.
	w.Time = w.Time.Add(48 * time.Hour)
	v = servertest.SignIn(t, w.Server, "lan")
	if resp, _ := w.Step(t, v, path+"/close"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("close: %d", resp.StatusCode)
	}
	if resp, _ := servertest.Get(t, w.Server, "/s/"+string(point)); resp.StatusCode != http.StatusGone {
		t.Errorf("the form of a closed campaign: %d", resp.StatusCode)
	}
	late := func(day string) int {
		rid, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		resp, _ := servertest.SendForm(t, w.Server, servertest.PointClosed, "id", string(rid), "a.overall", "1", "a.sector", "land", "day", day)
		return resp.StatusCode
	}
	if got := []int{late("2026-03-06"), late("2026-03-07")}; !cmp.Equal(got, []int{http.StatusSeeOther, http.StatusGone}) {
		t.Errorf("answered the day before the close, and on it: %v", got)
	}

	// Published: the figures stay, whatever comes later.
	if resp, body := w.Step(t, v, path+"/publish"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish: %d %s", resp.StatusCode, body)
	}
	published := w.Campaign(t, id)
	edition := published.Current()
	if edition == nil {
		t.Fatal("no edition in force")
	}
	snapshot := "/results/" + string(id) + "/snapshot/" + edition.Hash + ".json"
	_, text := servertest.Get(t, w.Server, snapshot)
	sum := sha256.Sum256([]byte(text))
	if hex.EncodeToString(sum[:]) != edition.Hash {
		t.Error("the hash is not that of the text that can be downloaded")
	}
	before := resultsOf(t, w.Server, id)
	for range 4 {
		late("2026-03-05")
	}
	after := resultsOf(t, w.Server, id)
	if before.Find(".goal .big").Text() != after.Find(".goal .big").Text() || before.Find("table").Text() != after.Find("table").Text() {
		t.Errorf("published figures changed:\n%s\n%s", before.Find(".goal").Text(), after.Find(".goal").Text())
	}
	note := after.Find(".note").Text()
	if !strings.Contains(note, edition.Hash) || !strings.Contains(note, "09:30, 07/03/2026") {
		t.Errorf("the page does not tell hash and date: %s", note)
	}
	if diff := cmp.Diff(before.Find("main").Text(), after.Find("main").Text()); diff != "" {
		t.Errorf("late responses are told of on the page: %s", diff)
	}

	// Withdrawn: with a reason, and the snapshot stays.
	if resp, body := w.Step(t, v, path+"/withdraw", "reason", "ngắn"); resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("#f-reason").Text() != "ngắn" {
		t.Errorf("a short reason: %d", resp.StatusCode)
	}
	const reason = "Nhập trùng phiếu của một bản"
	if resp, _ := w.Step(t, v, path+"/withdraw", "reason", reason); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("withdraw: %d", resp.StatusCode)
	}
	resp, body = servertest.Get(t, w.Server, "/results/"+string(id))
	if resp.StatusCode != http.StatusGone || !strings.Contains(body, reason) {
		t.Errorf("withdrawn: %d", resp.StatusCode)
	}
	if resp, again := servertest.Get(t, w.Server, snapshot); resp.StatusCode != http.StatusGone || again == text {
		t.Errorf("the withdrawn snapshot is still public: %d", resp.StatusCode)
	}
	_, shown := v.Get(path)
	kept, linked := servertest.Document(t, shown).Find("code.hash + a").Attr("href")
	if resp, again := v.Get(kept); !linked || resp.StatusCode != http.StatusOK || again != text {
		t.Errorf("the office is not given the withdrawn text at %q: %d", kept, resp.StatusCode)
	}
	if resp, again := servertest.Get(t, w.Server, kept); again == text {
		t.Errorf("the withdrawn text is given to who is not signed in: %d", resp.StatusCode)
	}

	// A second edition holds what was late, or says what it leaves out.
	if _, asked := v.Get(path + "/publish"); !strings.Contains(asked, "Phiếu chưa có trong bản công bố này: 4. Ở những đơn vị đó, mỗi loại có dưới 5 phiếu mới") {
		t.Errorf("who publishes is not told what stays out: %s", servertest.Words(servertest.Document(t, asked).Find("main")))
	}
	if resp, _ := w.Step(t, v, path+"/publish"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish again: %d", resp.StatusCode)
	}
	second := w.Campaign(t, id)
	if e := second.Current(); e == nil || e.Number != 2 || e.Hash == edition.Hash {
		t.Errorf("second edition %+v", e)
	}
	if _, err := w.Audit.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	var done []survey.Action
	if err := w.Audit.Each(t.Context(), audit.EntryFilter{Action: "campaign."}, func(e audit.ChainedEntry) error {
		done = append(done, e.Action)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []survey.Action{"campaign.create", "campaign.open", "campaign.close", "campaign.publish", "campaign.withdraw", "campaign.publish"}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
}

// A campaign that begins later is opened ahead of its first day, and says so; a
// title is rid of what turns the direction of the words after it; and what
// stands in the way of opening is said on the page that asks.
func TestOpenAheadOfTheFirstDay(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, w.Server, "lan")
	draft := func(title, from, to string) survey.CampaignID {
		t.Helper()
		resp, body := v.Post("/staff/campaigns", "family", "tthc", "title", title, "from", from, "to", to, "forms", "quick@2", "units", "cu",
			"formula", "top2", "pooling", "overall", "confidence", "95", "min_n", "5", "langs", "vi", "targets", "TTHC")
		if resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("draft: %d %s", resp.StatusCode, servertest.Document(t, body).Find(".error").Text())
		}
		return survey.CampaignID(strings.TrimPrefix(strings.SplitN(resp.Header.Get("Location"), "?", 2)[0], "/staff/campaigns/"))
	}
	ahead := draft("Đợt \u202Etháng Tư\u202C", "2026-04-01", "2026-04-30")
	if got := w.Campaign(t, ahead).Title[survey.Vietnamese]; got != "Đợt tháng Tư" {
		t.Errorf("stored title %q", got)
	}
	resp, _ := w.Step(t, v, staff.CampaignPath(ahead)+"/open")
	if resp.StatusCode != http.StatusSeeOther || !strings.Contains(resp.Header.Get("Location"), "done=campaign_open_ahead") {
		t.Errorf("open: %d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	if _, body := v.Get(staff.CampaignPath(ahead)); servertest.Document(t, body).Find(".lead .tag").Text() != "Đã mở, chưa bắt đầu" {
		t.Errorf("the page says %q", servertest.Document(t, body).Find(".lead").Text())
	}
	second := draft("Đợt chồng lên", "2026-04-10", "2026-05-10")
	if _, body := v.Get(staff.CampaignPath(second) + "/open"); !strings.Contains(servertest.Document(t, body).Find("main .lead").Text(), "Xin đóng đợt đó trước") {
		t.Errorf("an overlap is not said before: %s", servertest.Document(t, body).Find("main").Text())
	}
}

func resultsOf(t *testing.T, s *servertest.Server, id survey.CampaignID) *goquery.Document {
	t.Helper()
	resp, body := servertest.Get(t, s, "/results/"+string(id)+"?by=sector")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("results: %d", resp.StatusCode)
	}
	return servertest.Document(t, body)
}

func TestCampaignRefusals(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, w.Server, "lan")
	base := map[string]string{
		"family": "tthc", "title": "Đợt thử", "from": "2026-03-01", "to": "2026-03-31", "forms": "quick@2",
		"formula": "top2", "pooling": "overall", "confidence": "95", "min_n": "30",
	}
	for _, tt := range []struct{ name, field, value string }{
		{"NoTitle", "title", ""},
		{"NoForm", "forms", ""},
		{"UnknownForm", "forms", "quick@9"},
		{"NotADay", "from", "32/01/2026"},
		{"EndsBefore", "to", "2026-02-01"},
		{"Formula", "formula", "best"},
		{"Confidence", "confidence", "100"},
		{"MinN", "min_n", "2"},
		{"Unit", "units", "nowhere"},
		{"Target", "targets", "EDU"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var pairs []string
			for k, value := range base {
				if k == tt.field {
					value = tt.value
				}
				pairs = append(pairs, k, value)
			}
			if _, known := base[tt.field]; !known {
				pairs = append(pairs, tt.field, tt.value)
			}
			resp, body := v.Post("/staff/campaigns", pairs...)
			doc := servertest.Document(t, body)
			if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+tt.field+"-error").Length() != 1 {
				t.Errorf("%d, error of %s shown: %d", resp.StatusCode, tt.field, doc.Find("#f-"+tt.field+"-error").Length())
			}
		})
	}
	if n := len(w.Current.Catalog().Campaigns); n != 2 {
		t.Errorf("%d campaigns", n)
	}
	// One that asks the same of the same unit at the same time cannot be opened.
	var pairs []string
	for k, value := range base {
		pairs = append(pairs, k, value)
	}
	v.Post("/staff/campaigns", pairs...)
	resp, body := w.Step(t, v, "/staff/campaigns/tthc-2026-2/open")
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Đợt 2026") {
		t.Errorf("overlap: %d %s", resp.StatusCode, servertest.Document(t, body).Find("main").Text())
	}
	if k := w.Campaign(t, "tthc-2026-2"); k.State != survey.Draft {
		t.Errorf("state %s", k.State)
	}
}

// Two people edit: the second sees both versions, and keeps theirs by saving
// again.
func TestCampaignConflict(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, w.Server, "lan")
	const path = "/staff/campaigns/tthc-2026/edit"
	v.Post(path, "title", "Của người thứ nhất", "to", "2026-12-31", "rev", "1")
	resp, body := v.Post(path, "title", "Của người thứ hai", "to", "2026-12-31", "rev", "1")
	doc := servertest.Document(t, body)
	if text := doc.Find(".conflict").Text(); resp.StatusCode != http.StatusConflict || !strings.Contains(text, "Của người thứ nhất") || !strings.Contains(text, "Của người thứ hai") {
		t.Fatalf("%d %s", resp.StatusCode, text)
	}
	v.Post(path, "title", "Của người thứ hai", "to", "2026-12-31", "rev", doc.Find("main [name=rev]").AttrOr("value", ""))
	if k := w.Campaign(t, "tthc-2026"); k.Title["vi"] != "Của người thứ hai" || k.Rev != 3 {
		t.Errorf("%+v", k)
	}
	// What is frozen stays, whatever a form sends.
	v.Post(path, "title", "Của người thứ hai", "to", "2026-11-30", "rev", "3", "formula", "mean0", "forms", "quick@9", "from", "2020-01-01")
	if k := w.Campaign(t, "tthc-2026"); k.Method.Formula != survey.Top2 || k.Period != (survey.Span{From: "2026-01-01", To: "2026-11-30"}) {
		t.Errorf("an open campaign was changed: %+v", k)
	}
}
