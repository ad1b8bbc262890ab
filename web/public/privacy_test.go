package public_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/web"
	"hailong/web/servertest"
)

// decided is a catalogue with rules of privacy.
func decided() *survey.Catalog {
	c := *servertest.Catalog()
	c.Privacy = survey.PrivacyRules{
		Controller: survey.Text{"vi": "UBND xã Bum Tở", "en": "People's Committee of Bum Tở"}, Phone: "0213 388 1234", Email: "bumto@laichau.gov.vn",
		Security: "antoan@laichau.gov.vn", Keep: survey.KeepMonths{Sensitive: 6},
	}
	return &c
}

// What the law wants a consent to be told stands beside its box, and the box is not
// ticked.
func TestConsentSaysWhoAndForHowLong(t *testing.T) {
	t.Parallel()
	catalog := decided()
	s := servertest.New(t, func(c *web.Config) { c.Catalog = func() *survey.Catalog { return catalog } })
	for lang, wants := range map[string][]string{
		"vi": {"UBND xã Bum Tở", "Thống kê mức độ hài lòng", "6 tháng", "rút lại sự đồng ý", "0213 388 1234, bumto@laichau.gov.vn"},
		"en": {"People's Committee of Bum Tở", "withdraw your consent", "deleted: 6", "0213 388 1234, bumto@laichau.gov.vn"},
	} {
		_, body := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen)+"?lang="+lang)
		consent := servertest.Document(t, body).Find("#q-consent")
		for _, want := range wants {
			if !strings.Contains(servertest.Words(consent.Find(".law")), want) {
				t.Errorf("%s: the consent does not say %q: %s", lang, want, servertest.Words(consent))
			}
		}
		if consent.Find("input[checked]").Length() != 0 || consent.Find("input").Length() != 1 {
			t.Error("the box is ticked, or there is another")
		}
	}
	_, body := servertest.Get(t, servertest.New(t), servertest.FormPath(servertest.PointOpen))
	if servertest.Document(t, body).Find(".law").Length() != 0 {
		t.Error("a consent names somebody whom nobody named")
	}
}

func TestPrivacyPage(t *testing.T) {
	t.Parallel()
	catalog := decided()
	s := servertest.New(t, func(c *web.Config) { c.Catalog = func() *survey.Catalog { return catalog } })
	for path, wants := range map[string][]string{
		"/privacy":         {"UBND xã Bum Tở", "0213 388 1234", "6 tháng", "24 tháng", "30 ngày", "hai ngày làm việc", fmt.Sprintf("giờ nhận sau %d ngày", quarantine.KeptDays)},
		"/privacy?lang=en": {"People's Committee of Bum Tở", "two working days", fmt.Sprintf("the hour after %d days", quarantine.KeptDays)},
	} {
		resp, body := servertest.Get(t, s, path)
		page := servertest.Document(t, body)
		for _, want := range wants {
			if resp.StatusCode != http.StatusOK || !strings.Contains(servertest.Words(page.Find("main")), want) {
				t.Errorf("%s: %d, does not say %q", path, resp.StatusCode, want)
			}
		}
		if page.Find("main a[href^='/y']").Length() != 1 {
			t.Errorf("%s does not lead to where a response is taken back", path)
		}
	}
	for _, path := range []string{"/", "/results", servertest.FormPath(servertest.PointOpen), "/y"} {
		if _, body := servertest.Get(t, s, path); servertest.Document(t, body).Find("a[href='/privacy']").Length() == 0 {
			t.Errorf("%s does not lead to the page about personal data", path)
		}
	}
	if _, body := servertest.Get(t, servertest.New(t), "/privacy"); !strings.Contains(body, "chưa ghi tên") {
		t.Error("without rules the page does not say so")
	}
}

func TestSecurityText(t *testing.T) {
	t.Parallel()
	catalog := decided()
	s := servertest.New(t, func(c *web.Config) { c.Catalog = func() *survey.Catalog { return catalog } })
	resp, body := servertest.Get(t, s, "/.well-known/security.txt")
	const want = "Contact: mailto:antoan@laichau.gov.vn\nExpires: 2026-08-31T17:00:00Z\nPreferred-Languages: vi, en\nCanonical: https://hailong.example/.well-known/security.txt\n"
	if resp.StatusCode != http.StatusOK || body != want || resp.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%d %s\n%s", resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}
	if resp, _ := servertest.Get(t, servertest.New(t), "/.well-known/security.txt"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("without a contact: %d", resp.StatusCode)
	}
}

// A poster says in short who answers for the data, however long the name is.
func TestPosterSaysWhoAnswers(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*survey.PrivacyRules){
		"Short": func(*survey.PrivacyRules) {},
		"Long": func(r *survey.PrivacyRules) {
			r.Controller["vi"] = strings.Repeat("Trung tâm Phục vụ hành chính công ", 5)
		},
		"Wide": func(r *survey.PrivacyRules) {
			r.Controller["vi"] = "Trung tâm Phục vụ hành chính công xã Bum Tở, tỉnh Lai Châu, số 12 đường Lò Văn Hặc, bản 3"
		},
	} {
		catalog := decided()
		change(&catalog.Privacy)
		s := servertest.New(t, func(c *web.Config) { c.Catalog = func() *survey.Catalog { return catalog } })
		for _, format := range []string{"poster", "card", "sheet", "stickers"} {
			resp, body := servertest.Get(t, s, "/poster/"+string(servertest.Code(servertest.PointOpen))+".pdf?format="+format)
			if resp.StatusCode != http.StatusOK || !strings.HasPrefix(body, "%PDF") {
				t.Errorf("%s %s: %d %.200s", name, format, resp.StatusCode, body)
			}
		}
	}
}
