package people_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hailong/survey"
	"hailong/web/servertest"
)

func TestInvitePerson(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	resp, body := boss.Post("/staff/users", "name", "Nguyễn Thị Lan", "login", "Lan.NT", "role", "commune", "units", "xa", "admission", "invite")
	doc := servertest.Document(t, body)
	link, err := url.Parse(doc.Find(".secret code").Last().Text())
	if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(link.Path, "/staff/invitation/lan.nt~") || link.Host != "hailong.example" {
		t.Fatalf("%d %v\n%s", resp.StatusCode, link, body)
	}
	lan := servertest.NewClient(t, s)
	if _, body := lan.Get(link.Path); !strings.Contains(body, "Nguyễn Thị Lan") {
		t.Error("the invitation does not greet the person")
	}
	resp, body = lan.Post(link.Path, "password", "ngắn", "password_again", "ngắn")
	if resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find(".error").Length() != 1 {
		t.Errorf("a short password: %d", resp.StatusCode)
	}
	resp, _ = lan.Post(link.Path, "password", "một câu dễ nhớ", "password_again", "một câu dễ nhớ")
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	if _, body := lan.Get(resp.Header.Get("Location")); !strings.Contains(servertest.Document(t, body).Find("[role=status]").Text(), "Đã đặt mật khẩu") {
		t.Error("nothing says that it worked")
	}
	if resp, _ := lan.Get(link.Path); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the invitation works twice: %d", resp.StatusCode)
	}
	if resp, _ := lan.Post("/staff/login", "login", "lan.nt", "password", "một câu dễ nhớ"); resp.Header.Get("Location") != "/staff" {
		t.Errorf("sign-in: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}

func TestPersonComesBackWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	_, boss := servertest.NewWithAdministrator(t)
	resp, body := boss.Post("/staff/users", "name", "Nguyễn Thị Lan", "login", "không được", "role", "education", "families", "tthc", "units", "xa", "admission", "password")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find(".error").Length() != 2 {
		t.Errorf("%d with %d messages", resp.StatusCode, doc.Find(".error").Length())
	}
	for selector, want := range map[string]string{"[name=name]": "Nguyễn Thị Lan", "[name=login]": "không được", "[name=role][checked]": "education", "[name=families][checked]": "tthc", "[name=units][checked]": "xa", "[name=admission][checked]": "password"} {
		if got := doc.Find(selector).AttrOr("value", ""); got != want {
			t.Errorf("%s holds %q, want %q", selector, got, want)
		}
	}
	doc.Find(".error").Each(func(_ int, e *goquery.Selection) {
		if id := e.AttrOr("id", ""); doc.Find("[aria-describedby~='"+id+"']").Length() != 1 {
			t.Errorf("no field is described by %s", id)
		}
	})
}

func TestEditPersonAtTheSameTime(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	_, body := boss.Get("/staff/users/lan")
	seen := servertest.Document(t, body).Find("[name=seen]").AttrOr("value", "")
	edit := func(seen, name string) (*http.Response, string) {
		return boss.Post("/staff/users/lan", "seen", seen, "name", name, "role", "viewer")
	}
	if resp, _ := edit(seen, "Lan A"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	resp, body := edit(seen, "Lan B")
	doc := servertest.Document(t, body)
	row := doc.Find(".conflict tbody tr")
	if resp.StatusCode != http.StatusConflict || row.Length() != 1 || !strings.Contains(row.Text(), "Lan A") || !strings.Contains(row.Text(), "Lan B") {
		t.Fatalf("%d\n%s", resp.StatusCode, body)
	}
	if got := doc.Find("main form [name=name]").AttrOr("value", ""); got != "Lan B" {
		t.Errorf("the form holds %q", got)
	}
	if resp, _ := edit(doc.Find("[name=seen]").AttrOr("value", ""), "Lan B"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("saving again: %d", resp.StatusCode)
	}
	if user, err := s.Accounts.User(t.Context(), "lan"); err != nil || user.Name != "Lan B" {
		t.Errorf("%q %v", user.Name, err)
	}
}

func TestChangePerson(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	lan := servertest.SignIn(t, s, "lan")
	_, body := boss.Get("/staff/users/lan/disable")
	if doc := servertest.Document(t, body); doc.Find("form[action='/staff/users/lan/disable'] button.danger").Length() != 1 || doc.Find("a[href='/staff/users/lan']").Length() == 0 {
		t.Errorf("the confirmation:\n%s", body)
	}
	if resp, _ := lan.Get("/staff"); resp.StatusCode != http.StatusOK {
		t.Error("looking at the confirmation did it")
	}
	resp, _ := boss.Post("/staff/users/lan/disable")
	if resp.Header.Get("Location") != "/staff/users?done=user_disable" {
		t.Errorf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if resp, _ := lan.Get("/staff"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("a disabled person is still in: %d", resp.StatusCode)
	}
	if resp, _ := boss.Post("/staff/users/lan/disable"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("disabled twice: %d", resp.StatusCode)
	}
	if resp, _ := boss.Post("/staff/users/boss/disable"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("the last administrator: %d", resp.StatusCode)
	}
	_, body = boss.Post("/staff/users/lan/reset")
	password := servertest.Document(t, body).Find(".secret code").Last().Text()
	if user, err := s.Accounts.User(t.Context(), "lan"); err != nil || !user.Password.Matches(password) || !user.MustChange {
		t.Errorf("the password shown is %q: %v", password, err)
	}
	if resp, _ := boss.Get("/staff/users?done=%3Cb%3Eevil"); resp.StatusCode != http.StatusOK {
		t.Error("a sentence that is none")
	}
	if _, body := boss.Get("/staff/users?done=evil"); servertest.Document(t, body).Find("[role=status]").Length() != 0 {
		t.Error("a link can make the page say something")
	}
}

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	other := servertest.SignIn(t, s, "boss")
	_, body := boss.Get("/staff/account")
	form := servertest.Document(t, body).Find("form[action$='/end']")
	if form.Length() != 1 {
		t.Fatalf("%d sessions can be ended, want the other one", form.Length())
	}
	if resp, _ := boss.Post(form.AttrOr("action", "")); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", resp.StatusCode)
	}
	if resp, _ := other.Get("/staff"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the ended session: %d", resp.StatusCode)
	}
	if resp, _ := boss.Get("/staff"); resp.StatusCode != http.StatusOK {
		t.Errorf("this session: %d", resp.StatusCode)
	}
}

func TestTokenPage(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	resp, body := boss.Post("/staff/tokens", "name", "Cổng dịch vụ công", "role", "viewer", "expires", "31/12/2026")
	secret := servertest.Document(t, body).Find(".secret code").Text()
	token, err := s.Accounts.Token(t.Context(), secret)
	if err != nil || resp.StatusCode != http.StatusOK || token.Expires != "2026-12-31" {
		t.Fatalf("%d %q %v", resp.StatusCode, secret, err)
	}
	if _, body := boss.Get("/staff/tokens"); strings.Contains(body, secret) || !strings.Contains(body, "Cổng dịch vụ công") {
		t.Error("the list shows the secret, or not the token")
	}
	resp, body = boss.Post("/staff/tokens", "name", "", "role", "viewer", "expires", "hôm qua")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find(".error").Length() != 2 || doc.Find("[name=expires]").AttrOr("value", "") != "hôm qua" {
		t.Errorf("%d with %d messages", resp.StatusCode, doc.Find(".error").Length())
	}
	boss.Post("/staff/tokens/" + token.ShortID() + "/revoke")
	if _, err := s.Accounts.Token(t.Context(), secret); !survey.Is(err, survey.Unauthenticated) {
		t.Errorf("after revoking: %v", err)
	}
}

func TestRulesAtTheSameTime(t *testing.T) {
	t.Parallel()
	_, boss := servertest.NewWithAdministrator(t)
	if resp, _ := boss.Post("/staff/security", "rev", "0", "second_factor", "surveyor"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	resp, body := boss.Post("/staff/security", "rev", "0", "second_factor", "viewer")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusConflict || !strings.Contains(doc.Find(".conflict").Text(), "Điều tra viên") || doc.Find("[name=rev]").AttrOr("value", "") != "1" {
		t.Errorf("%d\n%s", resp.StatusCode, body)
	}
}
