package people_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
	"hailong/survey/surveytest"
)

// office is accounts over a real store, with a clock that a test moves.
type office struct {
	*people.Accounts
	t     *testing.T
	store *surveytest.Failing
	audit *audit.Log
	now   time.Time
}

const goodPassword = "đủ dài để dùng"

var (
	goodHash = func() people.Password {
		hash, err := people.HashPassword(goodPassword)
		if err != nil {
			panic(err)
		}
		return hash
	}()
	boss = survey.Actor{Login: "boss", Session: "0a1b2c3d"}
)

func newOffice(t *testing.T) *office {
	t.Helper()
	store := &surveytest.Failing{Store: surveytest.Store(t)}
	d := &office{t: t, store: store, now: time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)}
	clock := func() time.Time { return d.now }
	d.audit = audit.New(store, clock)
	d.Accounts = people.NewAccounts(survey.NewChanges(store, d.audit, clock), surveytest.Keys(t))
	return d
}

// from is a client at a network address, with a browser that no account knows.
func from(network string) people.AttemptSource { return people.AttemptSource{Network: network} }

// addUser stores somebody whose password is goodPassword.
func (d *office) addUser(login survey.Login, role survey.Role, change ...func(*people.User)) {
	d.t.Helper()
	user := people.User{Login: login, Rev: 1, Name: string(login), Grant: survey.Grant{Role: role}, Password: goodHash, Created: d.now}
	for _, f := range change {
		f(&user)
	}
	if err := (survey.Documents[people.User]{Store: d.store, Collection: survey.Users}).Insert(d.t.Context(), user); err != nil {
		d.t.Fatal(err)
	}
}

// actions are what the audit log holds, oldest first.
func (d *office) actions() []string {
	d.t.Helper()
	var all []string
	err := d.audit.Each(d.t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		all = append(all, string(e.Action)+" "+e.Subject)
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	user, err := d.SignIn(t.Context(), " Lan ", goodPassword, from("here"))
	if err != nil || user.Login != "lan" {
		t.Fatalf("%v %v", user.Login, err)
	}
	_, wrong := d.SignIn(t.Context(), "lan", "not it at all", from("here"))
	_, nobody := d.SignIn(t.Context(), "nobody", goodPassword, from("here"))
	surveytest.WantKind(t, wrong, survey.Unauthenticated)
	if diff := cmp.Diff(wrong.Error(), nobody.Error()); diff != "" {
		t.Errorf("a stranger can tell an unknown login from a wrong password: %s", diff)
	}
}

// Wrong guesses slow down one client for one login, and nobody else.
func TestSignInSlowsDown(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	d.addUser("minh", survey.Viewer)
	guess := func() error { _, err := d.SignIn(t.Context(), "lan", "wrong password", from("thief")); return err }
	for range 5 {
		surveytest.WantKind(t, guess(), survey.Unauthenticated)
	}
	var waits []int
	for i := range 12 {
		err := guess()
		surveytest.WantKind(t, err, survey.RateLimited)
		var e *survey.Error
		if !errors.As(err, &e) {
			return
		}
		seconds := e.Args[0].(int)
		waits = append(waits, seconds)
		if _, err := d.SignIn(t.Context(), "lan", goodPassword, from("thief")); !survey.Is(err, survey.RateLimited) {
			t.Errorf("the right password is looked at while guesses wait: %v", err)
		}
		for _, other := range []struct {
			login  survey.Login
			client string
		}{{"lan", "her office"}, {"minh", "thief"}} {
			if i > 0 && i < 11 { // at the shortest and the longest wait: each costs a hash
				continue
			}
			if _, err := d.SignIn(t.Context(), other.login, goodPassword, from(other.client)); err != nil {
				t.Fatalf("%s from %s is slowed down by guesses for lan from thief: %v", other.login, other.client, err)
			}
		}
		d.now = d.now.Add(time.Duration(seconds) * time.Second)
		surveytest.WantKind(t, guess(), survey.Unauthenticated)
	}
	if diff := cmp.Diff([]int{2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900}, waits); diff != "" {
		t.Errorf("seconds to wait: %s", diff)
	}
	d.now = d.now.Add(15 * time.Minute)
	if _, err := d.SignIn(t.Context(), "lan", goodPassword, from("thief")); err != nil {
		t.Errorf("after the longest wait: %v", err)
	}
	surveytest.WantKind(t, guess(), survey.Unauthenticated)
	surveytest.WantKind(t, guess(), survey.Unauthenticated) // a success has wiped the slate
}

// One client that tries many logins is slowed down too, later.
func TestSignInSlowsDownManyLogins(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	guess := func(login survey.Login, client people.AttemptSource) error {
		_, err := d.SignIn(t.Context(), login, "wrong password", client)
		return err
	}
	for i := range 61 {
		surveytest.WantKind(t, guess(survey.Login(fmt.Sprintf("u%d", i)), from("office")), survey.Unauthenticated)
	}
	surveytest.WantKind(t, guess("another", from("office")), survey.RateLimited)
	surveytest.WantKind(t, guess("another", from("elsewhere")), survey.Unauthenticated)
}

func TestSession(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	t.Run("KeptAsHash", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		secret, session := d.openSession("lan", "Firefox", false)
		raw, err := d.store.Get(ctx, survey.Sessions, session.ID)
		if err != nil || strings.Contains(string(raw), secret) {
			t.Errorf("%v; the store holds the secret", err)
		}
		if found, err := d.FindSession(ctx, secret); err != nil || found.ID != session.ID {
			t.Errorf("%+v %v", found, err)
		}
		for _, wrong := range []string{"", session.ID, secret + "x"} {
			_, err := d.FindSession(ctx, wrong)
			surveytest.WantKind(t, err, survey.Unauthenticated)
		}
	})
	t.Run("Idle", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		secret, _ := d.openSession("lan", "", false)
		d.now = d.now.Add(people.SessionIdle)
		if _, err := d.FindSession(ctx, secret); err != nil {
			t.Errorf("ended too early: %v", err)
		}
		d.now = d.now.Add(time.Second)
		_, err := d.FindSession(ctx, secret)
		surveytest.WantKind(t, err, survey.Unauthenticated)
	})
	t.Run("LongestDay", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		secret, _ := d.openSession("lan", "", false)
		for end := d.now.Add(people.SessionLength); !d.now.After(end); d.now = d.now.Add(30 * time.Minute) {
			session, err := d.FindSession(ctx, secret)
			if err != nil {
				t.Fatalf("a session in use ended %s before its time: %v", end.Sub(d.now), err)
			}
			if err := d.TouchSession(ctx, session); err != nil {
				t.Fatal(err)
			}
		}
		_, err := d.FindSession(ctx, secret)
		surveytest.WantKind(t, err, survey.Unauthenticated)
	})
	t.Run("ListAndEnd", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		keep, kept := d.openSession("lan", "this", false)
		other, _ := d.openSession("lan", "other", false)
		stranger, _ := d.openSession("minh", "", false)
		if list, err := d.SessionsOf(ctx, "lan"); err != nil || len(list) != 2 {
			t.Errorf("%v %v", list, err)
		}
		if err := d.EndSessions(ctx, "lan", kept.ID); err != nil {
			t.Fatal(err)
		}
		_, err := d.FindSession(ctx, other)
		surveytest.WantKind(t, err, survey.Unauthenticated)
		for _, secret := range []string{keep, stranger} {
			if _, err := d.FindSession(ctx, secret); err != nil {
				t.Errorf("ended as well: %v", err)
			}
		}
	})
	t.Run("Swept", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		_, old := d.openSession("lan", "", false)
		d.now = d.now.Add(people.SessionLength + time.Hour)
		if _, _, err := d.OpenSession(ctx, "minh", "", false); err != nil {
			t.Fatal(err)
		}
		_, err := d.store.Get(ctx, survey.Sessions, old.ID)
		surveytest.WantKind(t, err, survey.NotFound)
	})
}

func TestHireResetDisable(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newOffice(t)
	user, admission, err := d.Hire(ctx, boss, "lan", "Nguyễn Thị Lan", survey.Grant{Role: survey.Viewer}, false)
	if err != nil || !user.MustChange {
		t.Fatalf("%+v %v", user, err)
	}
	if _, err := d.SignIn(ctx, "lan", admission.Password, from("x")); err != nil {
		t.Errorf("the password shown does not work: %v", err)
	}
	_, _, err = d.Hire(ctx, boss, "lan", "Another", survey.Grant{Role: survey.Viewer}, false)
	surveytest.WantField(t, err, "login", "user.login_taken")

	secret, session := d.openSession("lan", "", false)
	surveytest.WantField(t, d.ChangePassword(ctx, boss, "lan", "not the current one", goodPassword, from("x"), session), "current_password", "account.password_wrong")
	surveytest.WantField(t, d.ChangePassword(ctx, boss, "lan", admission.Password, admission.Password, from("x"), session), "password", "account.password_same")
	surveytest.WantField(t, d.ChangePassword(ctx, boss, "lan", admission.Password, "ngắn", from("x"), session), "password", "user.password_short")
	if err := d.ChangePassword(ctx, boss, "lan", admission.Password, goodPassword, from("x"), session); err != nil {
		t.Fatal(err)
	}
	if user, err := d.User(ctx, "lan"); err != nil || user.MustChange {
		t.Errorf("still to be changed: %v", err)
	}
	if _, err := d.FindSession(ctx, secret); err != nil {
		t.Errorf("the session where the password was changed ended: %v", err)
	}

	if _, err := d.Reset(ctx, boss, "lan", true); err != nil {
		t.Fatal(err)
	}
	_, err = d.FindSession(ctx, secret)
	surveytest.WantKind(t, err, survey.Unauthenticated)
	_, err = d.SignIn(ctx, "lan", goodPassword, from("y"))
	surveytest.WantKind(t, err, survey.Unauthenticated)

	if err := d.Disable(ctx, boss, "lan"); err != nil {
		t.Fatal(err)
	}
	want := []string{"user.create users/lan", "account.password users/lan", "user.reset users/lan", "user.disable users/lan"}
	if diff := cmp.Diff(want, d.actions()); diff != "" {
		t.Errorf("audit log: %s", diff)
	}
}

func TestEditSeesConflicts(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	user, err := d.User(ctx, "lan")
	if err != nil {
		t.Fatal(err)
	}
	seen := user.Profile()
	// What a person changes of their own is no conflict with the administrator.
	d.setTOTP("lan")
	if _, err := d.Edit(ctx, boss, "lan", seen, "Lan One", survey.Grant{Role: survey.Viewer}); err != nil {
		t.Fatal(err)
	}
	_, err = d.Edit(ctx, boss, "lan", seen, "Lan Two", survey.Grant{Role: survey.Viewer})
	surveytest.WantKind(t, err, survey.Conflict)
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newOffice(t)
	d.addUser("boss", survey.Administrator)
	user, err := d.User(ctx, "boss")
	if err != nil {
		t.Fatal(err)
	}
	surveytest.WantKind(t, d.Disable(ctx, boss, "boss"), survey.Forbidden)
	_, err = d.Edit(ctx, boss, "boss", user.Profile(), "Boss", survey.Grant{Role: survey.Viewer})
	surveytest.WantKind(t, err, survey.Forbidden)
	d.addUser("deputy", survey.Administrator)
	// An edit that is refused does not count anybody as gone.
	_, err = d.Edit(ctx, boss, "deputy", "not what is stored", "Deputy", survey.Grant{Role: survey.Viewer})
	surveytest.WantKind(t, err, survey.Conflict)
	_, err = d.Edit(ctx, boss, "deputy", deputyProfile(t, d), "", survey.Grant{Role: survey.Viewer})
	surveytest.WantKind(t, err, survey.Invalid)
	if err := d.Disable(ctx, boss, "boss"); err != nil {
		t.Errorf("with a deputy: %v", err)
	}
	surveytest.WantKind(t, d.Disable(ctx, boss, "deputy"), survey.Forbidden)
}

func deputyProfile(t *testing.T, d *office) string {
	t.Helper()
	deputy, err := d.User(t.Context(), "deputy")
	if err != nil {
		t.Fatal(err)
	}
	return deputy.Profile()
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newOffice(t)
	invite := func(login survey.Login) string {
		_, admission, err := d.Hire(ctx, boss, login, "Somebody", survey.Grant{Role: survey.Viewer}, true)
		if err != nil {
			t.Fatal(err)
		}
		return admission.Invitation
	}
	text := invite("lan")
	raw, err := d.store.Get(ctx, survey.Users, "lan")
	if err != nil || strings.Contains(string(raw), strings.TrimPrefix(text, "lan~")) {
		t.Errorf("%v; the store holds the invitation", err)
	}
	for _, wrong := range []string{"", "lan", "lan~", "lan~" + people.NewSecret(), "nobody~x"} {
		_, err := d.Invited(ctx, wrong)
		surveytest.WantKind(t, err, survey.NotFound)
	}
	_, err = d.SignIn(ctx, "lan", "", from("x"))
	surveytest.WantKind(t, err, survey.Unauthenticated)
	_, err = d.TakeInvite(ctx, text, "ngắn")
	surveytest.WantField(t, err, "password", "user.password_short")
	if _, err := d.TakeInvite(ctx, text, goodPassword); err != nil {
		t.Fatal(err)
	}
	if user, err := d.SignIn(ctx, "lan", goodPassword, from("x")); err != nil || user.MustChange {
		t.Errorf("after taking the invitation: %+v %v", user, err)
	}
	_, err = d.TakeInvite(ctx, text, goodPassword)
	surveytest.WantKind(t, err, survey.NotFound)

	late := invite("minh")
	d.now = d.now.Add(people.InviteLength + time.Second)
	_, err = d.TakeInvite(ctx, late, goodPassword)
	surveytest.WantKind(t, err, survey.NotFound)
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	_, session := d.openSession("lan", "", false)
	secret, err := d.OfferTOTP(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(secret, at)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	_, err = d.SetTOTP(ctx, boss, session, "000000x")
	surveytest.WantField(t, err, "passcode", "account.code_wrong")
	recovery, err := d.SetTOTP(ctx, boss, session, code(d.now))
	if err != nil || len(recovery) != 8 {
		t.Fatalf("%v %v", recovery, err)
	}
	check := func(code string) error { return d.SecondFactor(ctx, boss, "lan", code, from("x")) }
	surveytest.WantField(t, check(code(d.now)), "passcode", "account.code_wrong") // taken when it was set up
	d.now = d.now.Add(time.Minute)
	current := code(d.now)
	if err := check(current[:3] + " " + current[3:]); err != nil {
		t.Errorf("the current code, with a space: %v", err)
	}
	surveytest.WantField(t, check(current), "passcode", "account.code_wrong")
	surveytest.WantField(t, check(code(d.now.Add(-2*time.Minute))), "passcode", "account.code_wrong")
	d.now = d.now.Add(time.Minute)
	if err := check(code(d.now.Add(30 * time.Second))); err != nil {
		t.Errorf("a telephone whose clock is 30 s ahead: %v", err)
	}
	if err := check(strings.ToUpper(recovery[3])); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	surveytest.WantField(t, check(recovery[3]), "passcode", "account.code_wrong")
	if user, err := d.User(ctx, "lan"); err != nil || len(user.TOTP.Recovery) != 7 {
		t.Errorf("%v %v", user.TOTP, err)
	}
	var last error
	for range 10 {
		last = check("123456")
	}
	surveytest.WantKind(t, last, survey.RateLimited)
	if strings.Contains(strings.Join(d.actions(), " "), secret) {
		t.Error("the audit log holds the secret")
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newOffice(t)
	d.addUser("boss", survey.Administrator)
	user, err := d.User(ctx, "boss")
	if err != nil {
		t.Fatal(err)
	}
	if needs, err := d.NeedsTOTP(ctx, user); err != nil || needs {
		t.Errorf("before there are rules: %v %v", needs, err)
	}
	if err := d.SetRules(ctx, boss, 0, []survey.Role{survey.Administrator}); err != nil {
		t.Fatal(err)
	}
	if needs, err := d.NeedsTOTP(ctx, user); err != nil || !needs {
		t.Errorf("the rule is not in force: %v %v", needs, err)
	}
	surveytest.WantKind(t, d.SetRules(ctx, boss, 0, nil), survey.Conflict)
	if err := d.SetRules(ctx, boss, 1, nil); err != nil {
		t.Error(err)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newOffice(t)
	for field, issue := range map[string]func() (string, error){
		"name": func() (string, error) { return d.IssueToken(ctx, boss, " ", survey.Grant{Role: survey.Viewer}, "") },
		"role": func() (string, error) { return d.IssueToken(ctx, boss, "x", survey.Grant{}, "") },
		"expires": func() (string, error) {
			return d.IssueToken(ctx, boss, "x", survey.Grant{Role: survey.Viewer}, "2026-03-04")
		},
	} {
		_, err := issue()
		var e *survey.Error
		if !errors.As(err, &e) || e.Fields[field].Key == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	secret, err := d.IssueToken(ctx, boss, "Cổng", survey.Grant{Role: survey.Viewer}, "2026-03-06")
	if err != nil {
		t.Fatal(err)
	}
	token, err := d.Token(ctx, secret)
	if err != nil || token.Grant.Role != survey.Viewer {
		t.Fatalf("%+v %v", token, err)
	}
	raw, err := d.store.Get(ctx, survey.Tokens, token.ID)
	if err != nil || strings.Contains(string(raw), strings.TrimPrefix(secret, "hailong_")) {
		t.Errorf("%v; the store holds the secret", err)
	}
	if token, err = d.Token(ctx, secret); err != nil || token.Used != "2026-03-05" {
		t.Errorf("last used %q %v", token.Used, err)
	}
	_, err = d.Token(ctx, secret+"x")
	surveytest.WantKind(t, err, survey.Unauthenticated)
	d.now = d.now.AddDate(0, 0, 1)
	if _, err := d.Token(ctx, secret); err != nil {
		t.Errorf("on its last day: %v", err)
	}
	d.now = d.now.AddDate(0, 0, 1)
	_, err = d.Token(ctx, secret)
	surveytest.WantKind(t, err, survey.Unauthenticated)

	secret, err = d.IssueToken(ctx, boss, "Cổng", survey.Grant{Role: survey.Viewer}, "")
	if err != nil {
		t.Fatal(err)
	}
	if token, err = d.Token(ctx, secret); err != nil {
		t.Fatal(err)
	}
	surveytest.WantKind(t, d.RevokeToken(ctx, boss, token.ShortID()[:4]), survey.NotFound)
	if err := d.RevokeToken(ctx, boss, token.ShortID()); err != nil {
		t.Fatal(err)
	}
	_, err = d.Token(ctx, secret)
	surveytest.WantKind(t, err, survey.Unauthenticated)
}
