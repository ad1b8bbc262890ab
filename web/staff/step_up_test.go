package staff_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/servertest"
)

// leftOpen is the browser of somebody who signed in long ago.
func leftOpen(t *testing.T, s *servertest.Server, login survey.Login) *servertest.Client {
	t.Helper()
	v := servertest.OpenSession(t, s, login)
	_, secret, _ := strings.Cut(v.Cookie, "=")
	session, err := s.Accounts.FindSession(t.Context(), secret)
	if err == nil {
		err = s.Accounts.ConfirmedAt(t.Context(), session, servertest.Now.Add(-people.ConfirmedFor))
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Whoever sits at a browser that was left open does not switch the second factor off,
// nor set up their own.
func TestALeftBrowserChangesNoSecondFactor(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.TOTP = &people.TOTP{Secret: "JBSWY3DPEHPK3PXP"} })
	v := leftOpen(t, s, "lan")
	for _, password := range []string{"", "wrong password"} {
		resp, body := v.Post("/staff/account/second-factor/off", "confirm_password", password)
		if asks := servertest.Document(t, body).Find("[name=confirm_password]").Length(); resp.StatusCode < 400 || asks != 1 {
			t.Errorf("with the password %q: %d, %d fields ask for it", password, resp.StatusCode, asks)
		}
	}
	if user, err := s.Accounts.User(t.Context(), "lan"); err != nil || user.TOTP == nil {
		t.Errorf("the second factor is off (%v)", err)
	}
	if n := len(servertest.AuditActions(t, s, "account.confirm_failed")); n != 1 {
		t.Errorf("%d entries tell of the wrong password, want 1", n)
	}
	other := servertest.OpenSession(t, s, "lan")
	if resp, _ := v.Post("/staff/account/second-factor/off", "confirm_password", servertest.Password); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the owner: %d", resp.StatusCode)
	}
	if resp, _ := other.Get("/staff/account"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("another session of the account goes on: %d", resp.StatusCode)
	}
	if _, body := v.Get("/staff"); servertest.Document(t, body).Find(".notices li").Length() != 1 {
		t.Error("the first page does not tell that the second factor was switched off")
	}
	if resp, _ := v.Get("/staff/account/second-factor"); resp.StatusCode != http.StatusOK {
		t.Errorf("within ten minutes it asks again: %d", resp.StatusCode)
	}
}

// Everything typed is kept while the password is asked for, and what was asked for is
// done once.
func TestStepUpKeepsTheForm(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	v := leftOpen(t, s, "boss")
	typed := []string{"name", "Cổng của tỉnh", "role", "viewer", "expires", "2026-12-31"}
	resp, body := v.Post("/staff/tokens", typed...)
	form := servertest.Document(t, body).Find("main form")
	if resp.StatusCode != http.StatusForbidden || form.AttrOr("action", "") != "/staff/tokens" {
		t.Fatalf("%d, a form to %q", resp.StatusCode, form.AttrOr("action", ""))
	}
	servertest.AssertKeeps(t, form, typed...)
	var kept []string
	form.Find("input[name]").Each(func(_ int, field *goquery.Selection) {
		if name := field.AttrOr("name", ""); name != "confirm_password" && name != "csrf" {
			kept = append(kept, name, field.AttrOr("value", ""))
		}
	})
	if resp, body = v.Post("/staff/tokens", append(kept, "confirm_password", servertest.Password)...); resp.StatusCode != http.StatusOK {
		t.Fatalf("confirmed: %d\n%s", resp.StatusCode, body)
	}
	all, err := s.Accounts.AllTokens(t.Context())
	if err != nil || len(all) != 1 || all[0].Name != "Cổng của tỉnh" || all[0].Expires != "2026-12-31" {
		t.Errorf("tokens %+v, %v", all, err)
	}
}

// The password that is asked for once more is guessed no faster than at the sign-in, and
// a page that asks first leads on to where somebody wanted to go.
func TestStepUpIsBounded(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	v := leftOpen(t, s, "lan")
	resp, body := v.Get("/staff/account/second-factor")
	form := servertest.Document(t, body).Find("main form")
	if resp.StatusCode != http.StatusForbidden || form.AttrOr("action", "") != "/staff/confirm" {
		t.Fatalf("%d, a form to %q", resp.StatusCode, form.AttrOr("action", ""))
	}
	next := form.Find("[name=next]").AttrOr("value", "")
	var last *http.Response
	for range 6 {
		last, _ = v.Post("/staff/confirm", "next", next, "confirm_password", "wrong password")
	}
	if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
		t.Errorf("the sixth wrong password: %d", last.StatusCode)
	}
	if next != "/staff/account/second-factor" {
		t.Errorf("leads on to %q", next)
	}
	servertest.AddUser(t, s, "minh", survey.Grant{Role: survey.Viewer})
	minh := leftOpen(t, s, "minh")
	if resp, _ := minh.Post("/staff/confirm", "next", next, "confirm_password", servertest.Password); resp.Header.Get("Location") != next {
		t.Errorf("confirmed: %d to %q, want %q", resp.StatusCode, resp.Header.Get("Location"), next)
	}
}
