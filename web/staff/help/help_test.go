package help_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/servertest"
	"hailong/web/staff/help"
)

// Help speaks of pages and buttons by their names; each must be there for the
// role it is told to, in both languages.
func TestHelpIsTrue(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for _, role := range survey.Roles {
		login := survey.Login("u-" + strings.ReplaceAll(string(role), "_", "-"))
		grant := survey.Grant{Role: role}
		if role == survey.CommuneCommittee {
			grant.Scope.Units = []survey.UnitID{"xa"}
		}
		servertest.AddUser(t, s, login, grant)
		v := servertest.SignIn(t, s, login)
		for _, lang := range page.Languages {
			l := s.Views.Locales[lang]
			resp, body := v.Get("/staff/help?lang=" + string(lang))
			if resp.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d", role, resp.StatusCode)
			}
			for _, topic := range help.Topics() {
				if !grant.May(topic.Needs) {
					if strings.Contains(body, l.T(topic.Key)+"</h2>") {
						t.Errorf("%s is told of %s, which it may not do", role, topic.Key)
					}
					continue
				}
				for _, step := range topic.Steps {
					checkStep(t, v, grant, l, step)
				}
			}
		}
	}
}

func checkStep(t *testing.T, v *servertest.Client, grant survey.Grant, l *page.Locale, step help.Step) {
	t.Helper()
	for i, key := range step.Keys {
		if _, known := l.Messages[key]; !known {
			t.Errorf("%s names %q, which is no word of a page", step.Key, key)
		}
		if !strings.Contains(l.Messages[step.Key].Other, "{"+string(rune('0'+i))+"}") {
			t.Errorf("%s: %s does not use the word of %s", l.Lang, step.Key, key)
		}
	}
	if step.Path == "" {
		return
	}
	separator := "?"
	if strings.Contains(step.Path, "?") {
		separator = "&"
	}
	resp, body := v.Get(step.Path + separator + "lang=" + string(l.Lang))
	if resp.StatusCode != http.StatusOK {
		t.Errorf("%s leads to %s: %d", step.Key, step.Path, resp.StatusCode)
		return
	}
	text := servertest.Document(t, body).Find("body").Text()
	for _, key := range step.Keys {
		if key == "plan.title" || key == "progress.title" || key == "sample.title" { // on a campaign's own page
			if !grant.CoversFamily(survey.Procedures) {
				continue // the campaigns of these tests are all about procedures
			}
			_, body := v.Get("/staff/campaigns/tthc-2026?lang=" + string(l.Lang))
			text += servertest.Document(t, body).Find("main").Text()
		}
		if !strings.Contains(text, l.T(key)) {
			t.Errorf("%s: %s does not show %q", step.Key, step.Path, l.T(key))
		}
	}
}
