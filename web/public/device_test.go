package public_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/page"
	"hailong/web/servertest"
)

// press is a press on a face of the kiosk of a point, by a device that keeps a
// cookie, or by anybody (nil), and what is stored of it.
func press(t *testing.T, s *servertest.Server, cookie *http.Cookie) survey.Response {
	t.Helper()
	id := newID(t)
	r := servertest.FormRequest(servertest.KioskPath(servertest.PointLand), "id", id, "a.overall", "5")
	if cookie != nil {
		r = servertest.By(cookie, r)
	}
	if resp, body := servertest.Do(t, s, r); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", resp.StatusCode, body)
	}
	stored, err := survey.Documents[survey.Response]{Store: s.Store, Collection: survey.Responses}.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// Whoever posts to a kiosk's address from anywhere is thanked and is no kiosk:
// neither the channel nor the proof can be claimed.
func TestKioskIsADeviceThatStaffEnrolled(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	kiosk, device := servertest.Enrol(t, s, servertest.PointLand, proof.Kiosk)
	screen, _ := servertest.Enrol(t, s, servertest.PointLand, proof.Screen)
	elsewhere, _ := servertest.Enrol(t, s, servertest.PointOpen, proof.Kiosk)
	madeUp := &http.Cookie{Name: kiosk.Name, Value: device.ID + "~" + strings.Repeat("A", 43)}
	want := func(name string, cookie *http.Cookie, channel survey.Channel, verified survey.Proof) {
		t.Helper()
		if r := press(t, s, cookie); r.Channel != channel || r.Proof != verified {
			t.Errorf("%s: channel %q, verified by %q, want %q and %q", name, r.Channel, r.Proof, channel, verified)
		}
	}
	want("kiosk", kiosk, survey.ChannelKiosk, survey.VerifiedDevice)
	for name, cookie := range map[string]*http.Cookie{"script": nil, "made up": madeUp, "screen": screen, "kiosk of another point": elsewhere} {
		want(name, cookie, survey.ChannelQR, survey.Unverified)
	}
	if err := s.Proofs.Revoke(t.Context(), survey.Actor{Login: "lan"}, device.ID, proof.Lost); err != nil {
		t.Fatal(err)
	}
	want("stolen kiosk", kiosk, survey.ChannelQR, survey.Unverified)
}

// The page says on an unknown device that it is none, and looks the same else.
func TestKioskSaysWhetherItIsEnrolled(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	kiosk, _ := servertest.Enrol(t, s, servertest.PointLand, proof.Kiosk)
	_, ours := servertest.GetBy(t, s, kiosk, servertest.KioskPath(servertest.PointLand))
	_, foreign := servertest.Get(t, s, servertest.KioskPath(servertest.PointLand))
	const note = "#ask .small"
	if a, b := servertest.Document(t, ours).Find(note).Length(), servertest.Document(t, foreign).Find(note).Length(); a != 0 || b != 1 {
		t.Errorf("%d notes on the kiosk, %d elsewhere", a, b)
	}
}

func TestKeyOfADevice(t *testing.T) {
	t.Parallel()
	s, clock := newWithClock(t)
	kiosk, _ := servertest.Enrol(t, s, servertest.PointLand, proof.Kiosk)
	if !kiosk.HttpOnly || !kiosk.Secure || kiosk.SameSite != http.SameSiteLaxMode || kiosk.Path != servertest.KioskPath(servertest.PointLand) {
		t.Errorf("the key is kept as %v", kiosk)
	}
	path := servertest.KioskPath(servertest.PointLand)
	if resp, _ := servertest.GetBy(t, s, kiosk, path); len(resp.Cookies()) != 0 {
		t.Error("the key is set again on the same day")
	}
	clock.now = clock.now.Add(24 * time.Hour)
	resp, _ := servertest.GetBy(t, s, kiosk, path)
	if all := resp.Cookies(); len(all) != 1 || all[0].Value != kiosk.Value || all[0].MaxAge < 300*24*60*60 {
		t.Errorf("on the next day the browser is told to keep %v", all)
	}
	if resp, _ := servertest.GetBy(t, s, &http.Cookie{Name: kiosk.Name, Value: "x~y"}, path); resp.StatusCode != http.StatusOK || len(resp.Cookies()) != 0 {
		t.Errorf("a key that is none: %d with %v", resp.StatusCode, resp.Cookies())
	}
}

// The link asks before it is used up, is used once, and by nobody who is sent by
// another site.
func TestEnrolment(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	_, secret, err := s.Proofs.Invite(t.Context(), survey.Actor{Login: "lan"}, servertest.Code(servertest.PointLand), proof.Screen, "Màn hình quầy 2")
	if err != nil {
		t.Fatal(err)
	}
	path := page.EnrolPath(secret)
	for range 2 {
		resp, body := servertest.Get(t, s, path, "Sec-Fetch-Site", "none")
		doc := servertest.Document(t, body)
		if resp.StatusCode != http.StatusOK || !strings.Contains(doc.Find("main").Text(), "Màn hình quầy 2") || len(resp.Cookies()) != 0 {
			t.Fatalf("asked with %d: %s", resp.StatusCode, doc.Find("main").Text())
		}
		if resp.Header.Get("Referrer-Policy") != "no-referrer" || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", resp.Header)
		}
	}
	foreign := servertest.FormRequest(path)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	if resp, _ := servertest.Do(t, s, foreign); resp.StatusCode != http.StatusForbidden {
		t.Errorf("sent by another site: %d", resp.StatusCode)
	}
	press := func() *http.Request {
		r := servertest.FormRequest(path)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		return r
	}
	resp, _ := servertest.Do(t, s, press())
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != servertest.ScreenPath(servertest.PointLand) {
		t.Fatalf("enrolled with %d, leads to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	for _, r := range []*http.Request{press(), httptest.NewRequest(http.MethodGet, path, http.NoBody), httptest.NewRequest(http.MethodGet, "/enrol/x", http.NoBody)} {
		if resp, body := servertest.Do(t, s, r); resp.StatusCode != http.StatusNotFound || len(resp.Cookies()) != 0 || servertest.Document(t, body).Find("form[method=post]").Length() != 0 {
			t.Errorf("%s again: %d", r.Method, resp.StatusCode)
		}
	}
}

// codesOf are the codes that a screen is given.
func codesOf(t *testing.T, s *servertest.Server, screen *http.Cookie) []string {
	t.Helper()
	resp, body := servertest.GetBy(t, s, screen, servertest.ScreenPath(servertest.PointLand)+"/codes")
	var codes struct{ Codes []string }
	if err := json.Unmarshal([]byte(body), &codes); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d, error %v: %s", resp.StatusCode, err, body)
	}
	return codes.Codes
}

// The code of the screen leads to the form; what is sent from there is verified, and
// what is sent from the code of the poster is not.
func TestScreenProvesWhatIsScannedThere(t *testing.T) {
	t.Parallel()
	s, clock := newWithClock(t)
	screen, device := servertest.Enrol(t, s, servertest.PointLand, proof.Screen)
	codes := codesOf(t, s, screen)
	path := servertest.FormPath(servertest.PointLand)
	verified := func(query string) survey.Proof {
		t.Helper()
		fields := openForm(t, s, path+query)
		if slices.Contains(fields, codes[0]) {
			t.Error("the code stands in the page: whoever copies the page has it")
		}
		before := clock.now
		defer func() { clock.now = before }()
		clock.now = clock.now.Add(10 * time.Minute) // to fill it in
		return send(t, s, path, fields).Proof
	}
	for name, tt := range map[string]struct {
		query string
		want  survey.Proof
	}{
		"Shown": {"?c=" + codes[0], survey.VerifiedScreen}, "InEnglish": {"?lang=en&c=" + codes[0], survey.VerifiedScreen},
		"Poster": {"", survey.Unverified}, "Tomorrow's": {"?c=" + codes[700], survey.Unverified}, "Garbage": {"?c=" + url.QueryEscape("%<>'\"é"), survey.Unverified},
	} {
		if got := verified(tt.query); got != tt.want {
			t.Errorf("%s: verified by %q, want %q", name, got, tt.want)
		}
	}
	clock.now = clock.now.Add(3 * time.Minute)
	if got := verified("?c=" + codes[0]); got != survey.Unverified {
		t.Errorf("photographed and used later: verified by %q", got)
	}
	if err := s.Proofs.Revoke(t.Context(), survey.Actor{Login: "lan"}, device.ID, proof.Lost); err != nil {
		t.Fatal(err)
	}
	if got := verified("?c=" + codes[1]); got != survey.Unverified {
		t.Errorf("of a stolen screen: verified by %q", got)
	}
	// At most the class is stored, and neither code nor ticket.
	for _, r := range servertest.Stored(t, s) {
		doc, err := r.MarshalBSON()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(doc), codes[0]) || strings.Contains(string(doc), device.ID) {
			t.Errorf("stored %q", doc)
		}
	}
}

// Nobody but the enrolled screen reads the codes of the day.
func TestCodesAreForTheScreenAlone(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	screen, device := servertest.Enrol(t, s, servertest.PointLand, proof.Screen)
	kiosk, _ := servertest.Enrol(t, s, servertest.PointLand, proof.Kiosk)
	path := servertest.ScreenPath(servertest.PointLand) + "/codes"
	if n := len(codesOf(t, s, screen)); n != 720 {
		t.Errorf("%d codes, want those of a day", n)
	}
	want := func(name string, cookie *http.Cookie, target string) {
		t.Helper()
		if resp, body := servertest.GetBy(t, s, cookie, target); resp.StatusCode != http.StatusForbidden || strings.Contains(body, `"codes"`) {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	want("anybody", &http.Cookie{Name: "other", Value: "x"}, path)
	want("kiosk", kiosk, path)
	want("screen of another point", screen, servertest.ScreenPath(servertest.PointOpen)+"/codes")
	if err := s.Proofs.Revoke(t.Context(), survey.Actor{Login: "lan"}, device.ID, proof.Lost); err != nil {
		t.Fatal(err)
	}
	want("stolen screen", screen, path)
}

// Without a script the picture is that of the moment, and the page loads itself
// again; anybody else sees the code of the posters.
func TestScreenWithoutScript(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	screen, _ := servertest.Enrol(t, s, servertest.PointLand, proof.Screen)
	path := servertest.ScreenPath(servertest.PointLand)
	said := map[string]string{}
	for name, cookie := range map[string]*http.Cookie{"screen": screen, "anybody": {Name: "other", Value: "x"}} {
		resp, body := servertest.GetBy(t, s, cookie, path)
		doc := servertest.Document(t, body)
		if resp.StatusCode != http.StatusOK || doc.Find("#code svg").Length() != 1 || !strings.Contains(body, `<noscript><meta http-equiv="refresh" content="30;url=`+path) {
			t.Errorf("%s: %d: %s", name, resp.StatusCode, body)
		}
		said[name] = doc.Find("#code svg desc").Text()
	}
	address := "https://hailong.example" + servertest.FormPath(servertest.PointLand)
	if diff := cmp.Diff(map[string]string{"screen": address + "?c=" + codesOf(t, s, screen)[0], "anybody": address}, said); diff != "" {
		t.Errorf("codes lead to (-want +got):\n%s", diff)
	}
	if resp, _ := servertest.Get(t, s, servertest.ScreenPath(servertest.PointClosed)); resp.StatusCode != http.StatusGone {
		t.Errorf("closed: %d", resp.StatusCode)
	}
}
