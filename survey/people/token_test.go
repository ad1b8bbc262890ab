package people_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/survey/surveytest"
)

func (d *office) issueToken(name string) (string, people.Token) {
	d.t.Helper()
	secret, err := d.IssueToken(d.t.Context(), boss, name, survey.Grant{Role: survey.Viewer}, "")
	if err != nil {
		d.t.Fatalf("issue token %s: %v", name, err)
	}
	token, err := d.Token(d.t.Context(), secret)
	if err != nil {
		d.t.Fatalf("token %s: %v", name, err)
	}
	return secret, token
}

func TestAllTokens(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.issueToken("first")
	d.now = d.now.Add(time.Minute)
	_, second := d.issueToken("second")
	if err := d.RevokeToken(t.Context(), boss, second.ID); err != nil {
		t.Fatal(err)
	}
	all, err := d.AllTokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, token := range all {
		names = append(names, token.Name)
	}
	if diff := cmp.Diff([]string{"second", "first"}, names); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
	if all[0].Live(d.now) {
		t.Error("a revoked token is live")
	}
	if diff := cmp.Diff(survey.Actor{Token: second.ID[:8]}, second.Actor()); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}
}

func TestRevokeToken(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	secret, token := d.issueToken("Cổng")
	for _, unknown := range []string{"", token.ID[:7], "ffffffffffff"} {
		surveytest.WantError(t, d.RevokeToken(t.Context(), boss, unknown), survey.NotFound, "token.unknown")
	}
	d.now = d.now.AddDate(0, 0, 1)
	used := false
	d.store.Before = func(call string, c survey.Collection) {
		if call == "Replace" && c == survey.Tokens && !used {
			used = true
			if _, err := d.Token(t.Context(), secret); err != nil { // a program uses it meanwhile
				t.Error(err)
			}
		}
	}
	for range 2 {
		if err := d.RevokeToken(t.Context(), boss, token.ShortID()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := d.Token(t.Context(), secret)
	surveytest.WantError(t, err, survey.Unauthenticated, "token.refused")
	want := []string{"token.create tokens/" + token.ShortID(), "token.revoke tokens/" + token.ShortID()}
	if diff := cmp.Diff(want, d.actions()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestTokensWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	t.Run("Use", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		secret, _ := d.issueToken("Cổng")
		d.store.FailEach(t, func() error {
			d.now = d.now.AddDate(0, 0, 1)
			_, err := d.Token(t.Context(), secret)
			return err
		})
	})
	t.Run("Revoke", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		_, token := d.issueToken("Cổng")
		d.store.FailEach(t, func() error { return d.RevokeToken(t.Context(), boss, token.ShortID()) })
	})
}

// Who made a token is known as long as the log names it, also when it is revoked; one
// that was made on the server has no such person.
func TestTokenMakers(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	_, token := d.issueToken("Một cửa")
	if err := d.RevokeToken(t.Context(), boss, token.ShortID()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.IssueToken(t.Context(), survey.Actor{Shell: "token"}, "Cổng", survey.Grant{Role: survey.Viewer}, ""); err != nil {
		t.Fatal(err)
	}
	got, err := d.TokenMakers(t.Context())
	if diff := cmp.Diff(map[string]string{"token:" + token.ShortID(): boss.String()}, got); diff != "" || err != nil {
		t.Errorf("makers (-want +got):\n%s%v", diff, err)
	}
}
