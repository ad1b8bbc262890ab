package public_test

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/traffic"
	"hailong/web"
	"hailong/web/servertest"
)

// proxied has a server believe the address that a test names.
func proxied(c *web.Config) { c.Proxies = []string{"0.0.0.0"} }

// count has n submissions from an address at a point behind it.
func count(t *testing.T, s *servertest.Server, address string, point survey.PointCode, n int) {
	t.Helper()
	for range n {
		s.Traffic.Take(t.Context(), netip.MustParseAddr(address), point)
	}
}

// sendFrom sends a form at a point from an address.
func sendFrom(t *testing.T, s *servertest.Server, point survey.PointCode, address string) (*http.Response, string) {
	t.Helper()
	r := servertest.FormRequest(servertest.FormPath(point), "id", newID(t), "a.overall", "2", "a.sector", "land", "t.words", "Chữ đã gõ")
	r.Header.Set("X-Forwarded-For", address)
	return servertest.Do(t, s, r)
}

// So many that they endanger the server are refused: everything typed stays, others
// are not held up. Nobody is exempt, a network is not escaped from by another
// address in it.
func TestTooManyForms(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, proxied)
	const flood, other = "203.0.113.9", "203.0.114.9"
	count(t, s, flood, servertest.Code(servertest.PointOff), traffic.UsualLimits.Network)
	count(t, s, "127.0.0.1", servertest.Code(servertest.PointOff), traffic.UsualLimits.Network)
	resp, body := sendFrom(t, s, servertest.PointLand, flood)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Fatalf("%d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	if doc.Find("textarea").Text() != "Chữ đã gõ" || doc.Find("input[name='a.overall'][value='2'][checked]").Length() != 1 {
		t.Errorf("what was typed is lost:\n%s", body)
	}
	if note, wait := servertest.Words(doc.Find("main [role=alert]")), resp.Header.Get("Retry-After"); !strings.Contains(note, "Xin đợi "+wait+" giây rồi gửi lại") {
		t.Errorf("it is not said that it can be sent in %s s: %q", wait, note)
	}
	for name, tt := range map[string]struct {
		address string
		want    int
	}{
		"Neighbour": {"203.0.113.200", http.StatusTooManyRequests}, "Other": {other, http.StatusSeeOther}, "ThisMachine": {"127.0.0.1", http.StatusTooManyRequests},
	} {
		if resp, _ := sendFrom(t, s, servertest.PointLand, tt.address); resp.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, tt.want)
		}
	}
}

// What is merely more than people send is stored and thanked for, and marked.
func TestFloodIsMarked(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, proxied)
	const flood, other = "203.0.113.9", "203.0.114.9"
	count(t, s, flood, servertest.Code(servertest.PointLand), traffic.UsualLimits.Flood)
	seen := map[survey.Doubt]int{}
	for i, address := range []string{flood, other} {
		resp, _ := sendFrom(t, s, servertest.PointLand, address)
		if resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d", address, resp.StatusCode)
		}
		clear(seen)
		for _, r := range servertest.Stored(t, s) { // in no order of time
			seen[r.Doubt]++
		}
		if seen[survey.DoubtFlood] != 1 || seen[survey.DoubtUnticketed] != i {
			t.Errorf("after that of %s the doubts are %v", address, seen)
		}
	}
}

// A flood over many points, a few at each, is one.
func TestFloodOverManyPoints(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, proxied)
	for i := range 15 {
		count(t, s, "203.0.113.9", survey.PointCode("6H8363"+string(rune('A'+i))), traffic.UsualLimits.Flood/15)
	}
	if resp, _ := sendFrom(t, s, servertest.PointLand, "203.0.113.77"); resp.StatusCode != http.StatusSeeOther {
		t.Fatal(resp.StatusCode)
	}
	for _, r := range servertest.Stored(t, s) {
		if r.Doubt != survey.DoubtFlood {
			t.Errorf("doubt %q, want %q", r.Doubt, survey.DoubtFlood)
		}
	}
}

// A code written in many ways is one point.
func TestFloodByAnotherSpelling(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, proxied)
	code := string(servertest.Code(servertest.PointLand))
	count(t, s, "203.0.113.9", survey.PointCode(code), traffic.UsualLimits.Flood)
	for _, spelling := range []string{strings.ToLower(code), code[:3] + "-" + code[3:], code[:3] + "%2D" + code[3:], "%20" + code} {
		r := servertest.FormRequest("/s/"+spelling, "id", newID(t), "a.overall", "2")
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		if resp, _ := servertest.Do(t, s, r); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d", spelling, resp.StatusCode)
		}
	}
	for _, r := range servertest.Stored(t, s) {
		if r.Doubt != survey.DoubtFlood {
			t.Errorf("doubt %q, want %q", r.Doubt, survey.DoubtFlood)
		}
	}
}

// Kiosks and one-time links are held to the same limits as forms.
func TestTooManyFormsElsewhere(t *testing.T) {
	t.Parallel()
	s := servertest.NewStaffServer(t, proxied).Server
	link := servertest.AddLink(t, s, strings.Repeat("a", 32))
	const flood = "203.0.113.9"
	count(t, s, flood, "", traffic.UsualLimits.Network)
	for name, path := range map[string]string{"Kiosk": servertest.KioskPath(servertest.PointLand), "Link": link} {
		r := servertest.FormRequest(path, "id", servertest.ResponseID, "a.overall", "4", "t.words", "Chữ đã gõ")
		r.Header.Set("X-Forwarded-For", flood)
		resp, body := servertest.Do(t, s, r)
		if wait, err := strconv.Atoi(resp.Header.Get("Retry-After")); resp.StatusCode != http.StatusTooManyRequests || err != nil || wait < 11 {
			t.Errorf("%s: %d, Retry-After %q", name, resp.StatusCode, resp.Header.Get("Retry-After"))
		}
		if typed := servertest.Document(t, body).Find("textarea").Text(); name == "Link" && typed != "Chữ đã gõ" {
			t.Errorf("what was typed is lost: %q", typed)
		}
	}
	if n := len(servertest.Stored(t, s)); n != 0 {
		t.Errorf("%d stored", n)
	}
}
