package web

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
	"hailong/web/staff"
	"hailong/web/staff/campaigns"
)

// Help speaks of pages and buttons by their names; each must be there for the
// role it is told to, in both languages.
func TestHelpIsTrue(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	for _, role := range survey.Roles {
		login := survey.Login("u-" + strings.ReplaceAll(string(role), "_", "-"))
		grant := survey.Grant{Role: role}
		if role == survey.CommuneCommittee {
			grant.Scope.Units = []survey.UnitID{"xa"}
		}
		hire(t, s, login, grant)
		v := visit(t, s, login)
		for _, lang := range page.Languages {
			l := s.Views.Locales[lang]
			resp, help := v.get("/staff/help?lang=" + string(lang))
			if resp.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d", role, resp.StatusCode)
			}
			for _, task := range staff.HelpTasks() {
				if !grant.May(task.Needs) {
					if strings.Contains(help, l.T(task.Key)+"</h2>") {
						t.Errorf("%s is told of %s, which it may not do", role, task.Key)
					}
					continue
				}
				for _, step := range task.Steps {
					holdStep(t, v, grant, l, step)
				}
			}
		}
	}
}

func holdStep(t *testing.T, v *visitor, grant survey.Grant, l *page.Locale, step staff.HelpStep) {
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
	resp, body := v.get(step.Path + separator + "lang=" + string(l.Lang))
	if resp.StatusCode != http.StatusOK {
		t.Errorf("%s leads to %s: %d", step.Key, step.Path, resp.StatusCode)
		return
	}
	text := document(t, body).Find("body").Text()
	for _, key := range step.Keys {
		if key == "plan.title" || key == "progress.title" || key == "sample.title" { // on a campaign's own page
			if !grant.Covers(v.server.Catalog(), "", survey.Procedures) {
				continue // the campaigns of this world are all about procedures
			}
			_, body := v.get("/staff/campaigns/tthc-2026?lang=" + string(l.Lang))
			text += document(t, body).Find("main").Text()
		}
		if !strings.Contains(text, l.T(key)) {
			t.Errorf("%s: %s does not show %q", step.Key, step.Path, l.T(key))
		}
	}
}

// The steps that need a campaign first name buttons of its page.
func TestHelpNamesTheCampaignsButtons(t *testing.T) {
	t.Parallel()
	who := &staff.SignedIn{User: people.User{Grant: survey.Grant{Role: survey.HomeAffairs}}}
	offered := map[string]bool{}
	for _, state := range []survey.CampaignState{survey.Draft, survey.Open, survey.ClosedDown, survey.Published, survey.Withdrawn} {
		for _, change := range campaigns.ChangesOf(who, &survey.Campaign{ID: "x", State: state}) {
			offered[change.Key()] = true
		}
	}
	for _, key := range []string{"campaign.open", "campaign.close", "campaign.publish", "campaign.withdraw"} {
		if !offered[key] {
			t.Errorf("no state of a campaign offers %s", key)
		}
	}
}
