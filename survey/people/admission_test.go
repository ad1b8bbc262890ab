package people_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
	"hailong/survey/surveytest"
)

func TestDisableAndEnable(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	secret, _ := d.openSession("lan", "", false)
	if err := d.Disable(t.Context(), boss, "lan"); err != nil {
		t.Fatal(err)
	}
	_, err := d.FindSession(t.Context(), secret)
	surveytest.WantError(t, err, survey.Unauthenticated, "account.signed_out")
	_, err = d.SignIn(t.Context(), "lan", goodPassword, from("here"))
	surveytest.WantError(t, err, survey.Forbidden, "account.disabled")
	_, err = d.SignIn(t.Context(), "lan", "not the password", from("here")) // a stranger does not hear that it is disabled
	surveytest.WantError(t, err, survey.Unauthenticated, "account.wrong")
	if err := d.Enable(t.Context(), boss, "lan"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SignIn(t.Context(), "lan", goodPassword, from("here")); err != nil {
		t.Errorf("enabled again: %v", err)
	}
	if diff := cmp.Diff([]string{"user.disable users/lan", "user.enable users/lan"}, d.actions()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	surveytest.WantError(t, d.Enable(t.Context(), boss, "nobody"), survey.NotFound, "")
	surveytest.WantError(t, d.Disable(t.Context(), boss, "nobody"), survey.NotFound, "")
	_, err = d.Reset(t.Context(), boss, "nobody", true)
	surveytest.WantError(t, err, survey.NotFound, "")
}

func TestHireRefuses(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	for name, tt := range map[string]struct {
		login survey.Login
		grant survey.Grant
		field string
		key   string
	}{
		"BadLogin":   {"Lan Anh", survey.Grant{Role: survey.Viewer}, "login", "user.bad_login"},
		"TakenLogin": {"lan", survey.Grant{Role: survey.Viewer}, "login", "user.login_taken"},
		"NoRole":     {"minh", survey.Grant{}, "role", "user.bad_role"},
		"NoCommune":  {"minh", survey.Grant{Role: survey.CommuneCommittee}, "units", "user.commune_scope"},
	} {
		_, admission, err := d.Hire(t.Context(), boss, tt.login, "Somebody", tt.grant, true)
		surveytest.WantError(t, err, survey.Invalid, "user.invalid")
		if diff := cmp.Diff(survey.Fields{tt.field: {Key: tt.key}}, survey.FieldsOf(err)); diff != "" {
			t.Errorf("%s: fields (-want +got):\n%s", name, diff)
		}
		if admission != (people.Admission{}) {
			t.Errorf("%s: a way in is given all the same", name)
		}
	}
}

// An account that is reset by invitation has no password until it is taken up,
// and a disabled person cannot take it up.
func TestResetByInvitation(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	admission, err := d.Reset(t.Context(), boss, "lan", true)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.SignIn(t.Context(), "lan", goodPassword, from("here"))
	surveytest.WantError(t, err, survey.Unauthenticated, "account.wrong")
	if err := d.Disable(t.Context(), boss, "lan"); err != nil {
		t.Fatal(err)
	}
	_, err = d.Invited(t.Context(), admission.Invitation)
	surveytest.WantError(t, err, survey.NotFound, "account.invite_gone")
	if err := d.Enable(t.Context(), boss, "lan"); err != nil {
		t.Fatal(err)
	}
	invited, err := d.Invited(t.Context(), admission.Invitation)
	if err != nil {
		t.Fatal(err)
	}
	if invited.Login != "lan" {
		t.Errorf("the invitation is for %q, want lan", invited.Login)
	}
}

// Of two who take up one invitation at once the second hears that it is gone,
// and the password of the first stays.
func TestTakeInviteTwice(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	admission, err := d.Reset(t.Context(), boss, "lan", true)
	if err != nil {
		t.Fatal(err)
	}
	taken := false
	d.store.Before = func(call string, c survey.Collection) {
		if call == "Replace" && c == survey.Users && !taken {
			taken = true
			if _, err := d.TakeInvite(t.Context(), admission.Invitation, goodPassword); err != nil {
				t.Error(err)
			}
		}
	}
	_, err = d.TakeInvite(t.Context(), admission.Invitation, "một câu dài khác")
	surveytest.WantError(t, err, survey.NotFound, "account.invite_gone")
	if _, err := d.SignIn(t.Context(), "lan", goodPassword, from("here")); err != nil {
		t.Errorf("the password of the first: %v", err)
	}
}

func TestEnsureAdministrator(t *testing.T) {
	t.Parallel()
	ensure := func(t *testing.T, d *office, password string) (string, error) {
		t.Helper()
		changes := survey.NewChanges(d.store, d.audit, func() time.Time { return d.now })
		return people.EnsureAdministrator(t.Context(), changes, password)
	}
	t.Run("MadePassword", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		show, err := ensure(t, d, "")
		if err != nil {
			t.Fatal(err)
		}
		user, err := d.SignIn(t.Context(), people.FirstAdministrator, show, from("here"))
		if err != nil {
			t.Fatalf("the password that is shown: %v", err)
		}
		if !user.MustChange {
			t.Error("the password that was shown need not be changed")
		}
		if user.Grant.Role != survey.Administrator {
			t.Errorf("role %q, want %q", user.Grant.Role, survey.Administrator)
		}
		if again, err := ensure(t, d, ""); err != nil || again != "" {
			t.Errorf("at the next start the password %q is shown, want none (%v)", again, err)
		}
		if diff := cmp.Diff([]string{"user.create users/admin"}, d.actions()); diff != "" {
			t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
	t.Run("GivenPassword", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		show, err := ensure(t, d, goodPassword)
		if err != nil {
			t.Fatal(err)
		}
		if show != "" {
			t.Errorf("%q is shown, want nothing", show)
		}
		user, err := d.SignIn(t.Context(), people.FirstAdministrator, goodPassword, from("here"))
		if err != nil {
			t.Fatal(err)
		}
		if user.MustChange {
			t.Error("a password that the operator chose must be changed")
		}
	})
	t.Run("BadPassword", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		_, err := ensure(t, d, "ngắn")
		surveytest.WantError(t, err, survey.Invalid, "user.password_short")
	})
	t.Run("SomebodyIsThere", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		d.addUser("lan", survey.Viewer)
		if show, err := ensure(t, d, ""); err != nil || show != "" {
			t.Errorf("%q is shown, want nothing (%v)", show, err)
		}
		_, err := d.User(t.Context(), people.FirstAdministrator)
		surveytest.WantError(t, err, survey.NotFound, "")
	})
	t.Run("AnotherServerIsFaster", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		faster := false
		d.store.Before = func(call string, c survey.Collection) {
			if call == "Insert" && c == survey.Users && !faster {
				faster = true
				d.addUser(people.FirstAdministrator, survey.Administrator)
			}
		}
		if show, err := ensure(t, d, ""); err != nil || show != "" {
			t.Errorf("the password %q is shown, which opens nothing (%v)", show, err)
		}
	})
	t.Run("StoreFails", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		d.store.FailEach(t, func() error { _, err := ensure(t, d, goodPassword); return err })
	})
}

func TestAccountsWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	grant := survey.Grant{Role: survey.Viewer}
	for name, do := range map[string]func(*testing.T, *office, int) error{
		"SignIn": func(t *testing.T, d *office, _ int) error {
			_, err := d.SignIn(t.Context(), "lan", goodPassword, from("here"))
			return err
		},
		"Hire": func(t *testing.T, d *office, n int) error {
			_, _, err := d.Hire(t.Context(), boss, survey.Login(fmt.Sprintf("user%d", n)), "Somebody", grant, true)
			return err
		},
		"Edit": func(t *testing.T, d *office, n int) error {
			user, err := (survey.Documents[people.User]{Store: d.store.Store, Collection: survey.Users}).Get(t.Context(), "lan")
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Edit(t.Context(), boss, "lan", user.Profile(), fmt.Sprintf("Lan %d", n), grant)
			return err
		},
		"Reset": func(t *testing.T, d *office, _ int) error {
			_, err := d.Reset(t.Context(), boss, "lan", true)
			return err
		},
		"Disable":  func(t *testing.T, d *office, _ int) error { return d.Disable(t.Context(), boss, "lan") },
		"Enable":   func(t *testing.T, d *office, _ int) error { return d.Enable(t.Context(), boss, "lan") },
		"SetRules": func(t *testing.T, d *office, _ int) error { return d.SetRules(t.Context(), boss, 0, nil) },
		"NeedsTOTP": func(t *testing.T, d *office, _ int) error {
			_, err := d.NeedsTOTP(t.Context(), people.User{Login: "lan", Grant: grant})
			return err
		},
		"OpenSession": func(t *testing.T, d *office, _ int) error {
			d.now = d.now.Add(people.SessionLength + time.Minute) // so that there is one to remove
			_, _, err := d.OpenSession(t.Context(), "lan", "", false)
			return err
		},
		"FindSession": func(t *testing.T, d *office, _ int) error {
			if _, err := d.FindSession(t.Context(), "unknown"); !survey.Is(err, survey.Unauthenticated) {
				return err
			}
			return nil
		},
		"SessionsOf":  func(t *testing.T, d *office, _ int) error { _, err := d.SessionsOf(t.Context(), "lan"); return err },
		"EndSessions": func(t *testing.T, d *office, _ int) error { return d.EndSessions(t.Context(), "lan", "") },
		"Invited": func(t *testing.T, d *office, _ int) error {
			if _, err := d.Invited(t.Context(), "lan~x"); !survey.Is(err, survey.NotFound) {
				return err
			}
			return nil
		},
		"IssueToken": func(t *testing.T, d *office, _ int) error {
			_, err := d.IssueToken(t.Context(), boss, "Cổng", grant, "")
			return err
		},
		"SecondFactor": func(t *testing.T, d *office, _ int) error {
			return d.SecondFactor(t.Context(), boss, "lan", "1", from("here"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newOffice(t)
			d.addUser("lan", survey.Viewer)
			d.addUser("deputy", survey.Administrator)
			d.openSession("lan", "", false)
			n := 0
			d.store.FailEach(t, func() error {
				n++
				err := do(t, d, n)
				if name == "SetRules" && survey.Is(err, survey.Conflict) { // stored by the call before
					return nil
				}
				return err
			})
		})
	}
}

// Everything that a log says of an account leaves its secrets out.
func TestAuditLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	_, admission, err := d.Hire(t.Context(), boss, "lan", "Lan", survey.Grant{Role: survey.Viewer}, false)
	if err != nil {
		t.Fatal(err)
	}
	user, err := d.User(t.Context(), "lan")
	if err != nil {
		t.Fatal(err)
	}
	err = d.audit.Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		for _, secret := range []string{admission.Password, string(user.Password)} {
			if strings.Contains(e.Before+e.After, secret) {
				t.Errorf("%s holds %q", e.Action, secret)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
