package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/servertest"
	"hailong/web/staff"
)

// Whoever is signed in keeps the navigation when something goes wrong; whoever
// is not sees none of it.
func TestStaffErrorsKeepTheFrame(t *testing.T) {
	t.Parallel()
	w := newStaffSite(t, staff.Route{Method: http.MethodGet, Path: "/broken", Permission: survey.SeeOwnAccount, Handler: func(*fiber.Ctx, *staff.SignedIn) error {
		panic("broken")
	}})
	boss := w.client(t, survey.Grant{Role: survey.Administrator})
	viewer := w.client(t, survey.Grant{Role: survey.Viewer})
	get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, http.NoBody) }
	for name, tt := range map[string]struct {
		who     *servertest.Client
		request *http.Request
		status  int
		says    string
	}{
		"NotFound":  {boss, get("/staff/no-such-page"), http.StatusNotFound, "Không tìm thấy trang này"},
		"Forbidden": {viewer, get("/staff/users"), http.StatusForbidden, "Không có quyền truy cập"},
		"Conflict":  {boss, get("/staff/questionnaires/quick/2/items/polite"), http.StatusConflict, "Nội dung đã được người khác thay đổi"},
		"TooLarge":  {boss, servertest.FormRequest("/staff/units", "name.vi", strings.Repeat("x", 1<<20)), http.StatusRequestEntityTooLarge, "Nội dung gửi quá dài"},
		"Internal":  {boss, get("/staff/broken"), http.StatusInternalServerError, "Hệ thống gặp lỗi"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, body := tt.who.Send(tt.request)
			doc := servertest.Document(t, body)
			if resp.StatusCode != tt.status || doc.Find("h1").Text() != tt.says || doc.Find(".me").Length() != 1 || doc.Find(".menu a[href='/staff/account']").Length() != 1 {
				t.Errorf("%d %q, navigation %d", resp.StatusCode, doc.Find("h1").Text(), doc.Find(".me").Length())
			}
			if request := doc.Find("main code").Length(); (request == 1) != (tt.status == http.StatusInternalServerError) {
				t.Errorf("the id of the request is shown %d times", request)
			}
		})
	}
	stranger := servertest.NewClient(t, w.Server)
	resp, body := stranger.Post("/staff/units", "name.vi", strings.Repeat("x", 1<<20))
	if doc := servertest.Document(t, body); resp.StatusCode != http.StatusRequestEntityTooLarge || doc.Find(".menu").Length() != 0 {
		t.Errorf("a stranger's long form: %d", resp.StatusCode)
	}
}
