package privacy_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/servertest"
)

const path = "/staff/privacy"

func fields(t *testing.T, who *servertest.Client) []string {
	t.Helper()
	resp, body := who.Get(path)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	return servertest.HiddenFields(servertest.Document(t, body), "main form")
}

func stored(t *testing.T, s *servertest.Server) survey.PrivacyRules {
	t.Helper()
	rules, err := survey.LoadPrivacyRules(t.Context(), s.Store)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestTheOfficeSaysWhoAnswers(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	if _, body := boss.Get("/staff"); servertest.Document(t, body).Find("a[href='/staff/privacy']").Length() != 2 { // in the menu, and as a task
		t.Error("a start without them is not reminded")
	}
	resp, _ := boss.Post(path, append(fields(t, boss), "controller_vi", "UBND xã Bum Tở", "phone", "0213 388 1234", "sensitive", "6", "texts.tthc-2026", "3", "security", "antoan@laichau.gov.vn")...)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d", resp.StatusCode)
	}
	rules := stored(t, s)
	if !rules.Complete() || rules.KeepOf("tthc-2026") != (survey.KeepMonths{Sensitive: 6, Texts: 3}) || rules.KeepOf("other").Texts != 24 {
		t.Errorf("stored %+v", rules)
	}
	_, body := boss.Get(path)
	page := servertest.Document(t, body)
	if page.Find("#controller_vi, [name=controller_vi]").First().AttrOr("value", "") != "UBND xã Bum Tở" || page.Find("[name='texts.tthc-2026']").AttrOr("value", "") != "3" {
		t.Error("the page does not show what was saved")
	}
	if _, body := boss.Get("/staff/audit"); !strings.Contains(body, "Sửa quy định về dữ liệu cá nhân") {
		t.Error("the audit log does not tell of it")
	}
}

func TestRulesThatAreWrongComeBackAsTyped(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	resp, body := boss.Post(path, append(fields(t, boss), "controller_vi", "UBND xã", "email", "không có", "sensitive", "abc")...)
	page := servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || page.Find("[name=email]").AttrOr("value", "") != "không có" || page.Find("[name=sensitive]").AttrOr("value", "") != "abc" {
		t.Errorf("%d, typed %q", resp.StatusCode, page.Find("[name=email]").AttrOr("value", ""))
	}
	if n := page.Find("[aria-invalid=true]").Length(); n != 2 {
		t.Errorf("%d fields are marked, want 2", n)
	}
	if stored(t, s).Rev != 0 {
		t.Error("wrong rules were stored")
	}
}

func TestTwoPeopleDecideAtOnce(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	seen := fields(t, boss)
	boss.Post(path, append(fields(t, boss), "controller_vi", "UBND xã A")...)
	resp, body := boss.Post(path, append(seen, "controller_vi", "UBND xã B")...)
	if resp.StatusCode != http.StatusConflict || !strings.Contains(body, "UBND xã A") || !strings.Contains(body, "UBND xã B") {
		t.Errorf("the second one: %d", resp.StatusCode)
	}
	if got := stored(t, s).Controller["vi"]; got != "UBND xã A" {
		t.Errorf("stored %q", got)
	}
	resp, _ = boss.Post(path, append(servertest.HiddenFields(servertest.Document(t, body), "main form"), "controller_vi", "UBND xã B")...)
	if got := stored(t, s).Controller["vi"]; resp.StatusCode != http.StatusSeeOther || got != "UBND xã B" {
		t.Errorf("pressed again: %d, stored %q", resp.StatusCode, got)
	}
}

// Whose area is a part of the units decides nothing for all.
func TestOnlyWhoAnswersForAllDecides(t *testing.T) {
	t.Parallel()
	s, _ := servertest.NewWithAdministrator(t)
	servertest.AddUser(t, s, "hax", survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	hax := servertest.SignIn(t, s, "hax")
	_, body := hax.Get(path)
	if page := servertest.Document(t, body); page.Find("main form button").Length() != 0 {
		t.Error("a button is offered that does nothing")
	}
	if resp, _ := hax.Post(path, append(fields(t, hax), "controller_vi", "UBND xã A")...); resp.StatusCode != http.StatusForbidden || stored(t, s).Rev != 0 {
		t.Errorf("saved: %d", resp.StatusCode)
	}
}
