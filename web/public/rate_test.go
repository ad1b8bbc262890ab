package public_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web"
	"hailong/web/servertest"
)

// Too many forms from one address at one point: everything typed stays, others
// and other points are not held up.
func TestTooManyForms(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *web.Config) { c.Proxies = []string{"0.0.0.0"} })
	const flood, other = "203.0.113.9", "203.0.113.10"
	for s.Rates.ClientPoint.Take(flood, string(servertest.Code(servertest.PointLand))) == 0 { // until no more are taken
	}
	send := func(point survey.PointCode, from string) (*http.Response, string) {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		r := servertest.FormRequest("/s/"+string(servertest.Code(point)), "id", string(id), "a.overall", "2", "a.sector", "land", "t.words", "Chữ đã gõ")
		r.Header.Set("X-Forwarded-For", from)
		return servertest.Do(t, s, r)
	}
	resp, body := send(servertest.PointLand, flood)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Fatalf("%d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	if doc.Find("textarea").Text() != "Chữ đã gõ" || doc.Find("input[name='a.overall'][value='2'][checked]").Length() != 1 {
		t.Errorf("what was typed is lost:\n%s", body)
	}
	if resp, _ := send(servertest.PointLand, other); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("another address: %d", resp.StatusCode)
	}
	if resp, _ := send(servertest.PointOpen, flood); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("another point: %d", resp.StatusCode)
	}
	if resp, _ := send(servertest.PointLand, "127.0.0.1"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("this machine: %d", resp.StatusCode)
	}
}

// Kiosks and one-time links are held to the same limits as forms.
func TestTooManyFormsElsewhere(t *testing.T) {
	t.Parallel()
	s := servertest.NewStaffServer(t, func(c *web.Config) { c.Proxies = []string{"0.0.0.0"} }).Server
	link := servertest.AddLink(t, s, strings.Repeat("a", 32))
	const flood = "203.0.113.9"
	for s.Rates.Client.Take(flood) == 0 { // until no more are taken
	}
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
