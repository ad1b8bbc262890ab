package public_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hailong/web/servertest"
)

// Whatever a body holds, the server answers with the receipt or with a sound
// form, and nothing typed becomes markup.
func FuzzFormSubmit(f *testing.F) {
	for _, seed := range []string{
		"", "id=" + servertest.ResponseID + "&a.overall=5&a.sector=land", "id=" + servertest.ResponseID + "&a.overall=na&t.words=%22%3E%3Cscript%3E",
		"id=x&form=quick@9&lang=xx&day=2026-02-30", "a.=1&t.=2&a.overall&=&&%zz", "form=quick%401&a.bad=1&a.bad=9&t.bad=%ff%fe",
		"id=" + servertest.ResponseID + "&a.visits=1e999&a.visits=-0", "id=" + servertest.ResponseID + "&a.overall=1&a.polite=%00",
	} {
		f.Add(seed)
	}
	s := servertest.New(f)
	_, clean := fuzzed(f, s, servertest.FormRequest(servertest.FormPath(servertest.PointOpen), "id", servertest.ResponseID))
	scripts := strings.Count(clean, "<script")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, servertest.FormPath(servertest.PointOpen), strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		status, page := fuzzed(t, s, r)
		switch status {
		case http.StatusSeeOther:
		case http.StatusUnprocessableEntity:
			if strings.Count(page, "<script") != scripts {
				t.Errorf("typed text became markup:\n%s", page)
			}
			if id := servertest.Document(t, page).Find("input[name=id]").AttrOr("value", ""); len(id) != 36 {
				t.Errorf("the form comes back with the id %q", id)
			}
		default:
			t.Errorf("status %d", status)
		}
	})
}

// Whatever stands where a code should, the answer helps and is no fault of ours.
func FuzzTypedCode(f *testing.F) {
	for _, seed := range []string{"", "4K7-M2QX", string(servertest.Code(servertest.PointOpen)), "%", "../../etc/passwd", "Ơ", "\x00", strings.Repeat("0", 300)} {
		f.Add(seed)
	}
	s := servertest.New(f)
	f.Fuzz(func(t *testing.T, typed string) {
		for _, target := range []string{"/s/" + url.PathEscape(typed), "/s?code=" + url.QueryEscape(typed)} {
			status, _ := fuzzed(t, s, httptest.NewRequest(http.MethodGet, target, http.NoBody))
			switch status {
			case http.StatusOK, http.StatusSeeOther, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusGone:
			default:
				t.Errorf("%s: status %d", target, status)
			}
		}
	})
}

func fuzzed(t testing.TB, s *servertest.Server, r *http.Request) (status int, page string) {
	t.Helper()
	resp, body := servertest.Do(t, s, r)
	return resp.StatusCode, body
}
