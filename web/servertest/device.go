package servertest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/page"
)

// Enrol enrols a device at a point as staff and the device do, and returns what the
// device's browser keeps, as the header of a request.
func Enrol(t *testing.T, s *Server, point survey.PointCode, kind proof.DeviceKind) (cookie *http.Cookie, device proof.Device) {
	t.Helper()
	device, secret, err := s.Proofs.Invite(t.Context(), survey.Actor{Login: "lan"}, Code(point), kind, "Máy tính bảng quầy 1")
	if err != nil {
		t.Fatal(err)
	}
	r := FormRequest(page.EnrolPath(secret))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, body := Do(t, s, r)
	cookies := resp.Cookies()
	if resp.StatusCode != http.StatusSeeOther || len(cookies) != 1 {
		t.Fatalf("enrolment answers %d with %d cookies: %s", resp.StatusCode, len(cookies), body)
	}
	return cookies[0], device
}

// ScreenPath is where the screen of a point is.
func ScreenPath(p survey.PointCode) string { return "/screen/" + string(Code(p)) }

// By is a request of the device that keeps a cookie.
func By(cookie *http.Cookie, r *http.Request) *http.Request {
	r.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	return r
}

// GetBy asks for a page as the device that keeps a cookie.
func GetBy(t *testing.T, s *Server, cookie *http.Cookie, target string) (*http.Response, string) {
	t.Helper()
	return Do(t, s, By(cookie, httptest.NewRequest(http.MethodGet, target, http.NoBody)))
}
