package people_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/survey/surveytest"
)

func (d *office) openSession(login survey.Login, device string, half bool) (string, people.Session) {
	d.t.Helper()
	secret, session, err := d.OpenSession(d.t.Context(), login, device, half)
	if err != nil {
		d.t.Fatalf("open a session of %s: %v", login, err)
	}
	return secret, session
}

// A person sees the sessions that opened something, the one used last first:
// not those that owe the second factor, those that ran out and those of others.
func TestSessionsOf(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.openSession("lan", "ran out", false)
	d.now = d.now.Add(people.SessionIdle - time.Minute)
	d.openSession("lan", "old", false)
	d.now = d.now.Add(2 * time.Minute)
	d.openSession("lan", "new", false)
	d.openSession("lan", "owes the second factor", true)
	d.openSession("minh", "of another", false)
	list, err := d.SessionsOf(t.Context(), "lan")
	if err != nil {
		t.Fatal(err)
	}
	var devices []string
	for _, s := range list {
		devices = append(devices, s.Device)
	}
	if diff := cmp.Diff([]string{"new", "old"}, devices); diff != "" {
		t.Errorf("sessions (-want +got):\n%s", diff)
	}
}

// A session that owes the second factor lasts ten minutes, used or not.
func TestHalfSessionEnds(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	secret, session := d.openSession("lan", "", true)
	d.now = d.now.Add(9 * time.Minute)
	if err := d.TouchSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Minute)
	found, err := d.FindSession(t.Context(), secret)
	if err != nil {
		t.Fatalf("after ten minutes: %v", err)
	}
	if !found.Half {
		t.Error("it does not owe the second factor any more")
	}
	d.now = d.now.Add(time.Second)
	_, err = d.FindSession(t.Context(), secret)
	surveytest.WantError(t, err, survey.Unauthenticated, "account.signed_out")
}

func TestSessionName(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"0123456789abcdef": "01234567", "0123": "0123", "": ""} {
		if got := (people.Session{ID: id}).Name(); got != want {
			t.Errorf("session %q is shown as %q, want %q", id, got, want)
		}
	}
}

func TestTouchSession(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	secret, session := d.openSession("lan", "", false)
	seen := func() time.Time {
		found, err := d.FindSession(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		return found.Seen
	}
	opened := d.now.UTC()
	d.now = d.now.Add(2*time.Minute - time.Second)
	if err := d.TouchSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	if got := seen(); !got.Equal(opened) {
		t.Errorf("seen at %s, want %s: it is written seldom", got, opened)
	}
	d.now = d.now.Add(time.Second)
	for range 2 { // the second request holds the session as it was
		if err := d.TouchSession(t.Context(), session); err != nil {
			t.Errorf("two requests at once: %v", err)
		}
	}
	if got := seen(); !got.Equal(d.now) {
		t.Errorf("seen at %s, want %s", got, d.now)
	}
	if err := d.EndSession(t.Context(), session.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.TouchSession(t.Context(), session); err != nil {
		t.Errorf("a request after the session ended: %v", err)
	}
	if _, err := d.FindSession(t.Context(), secret); !survey.Is(err, survey.Unauthenticated) {
		t.Errorf("a late request opened the session again: error %v", err)
	}
}

func TestEndSession(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	if err := d.EndSession(t.Context(), "none"); err != nil {
		t.Errorf("a session that there is not: %v", err)
	}
	secret, session := d.openSession("lan", "", false)
	d.now = d.now.Add(10 * time.Minute)
	touched := false
	d.store.Before = func(call string, c survey.Collection) {
		if call == "Delete" && c == survey.Sessions && !touched {
			touched = true
			if err := d.TouchSession(t.Context(), session); err != nil {
				t.Error(err)
			}
		}
	}
	if err := d.EndSession(t.Context(), session.ID); err != nil {
		t.Fatal(err)
	}
	_, err := d.FindSession(t.Context(), secret)
	surveytest.WantError(t, err, survey.Unauthenticated, "account.signed_out")
}

// Sessions that ran out are removed, whoever's they are, also where nobody signs in any
// more; the others go on.
func TestSessionsAreForgotten(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.openSession("lan", "runs out", false)
	d.openSession("minh", "owes the second factor", true)
	d.now = d.now.Add(9 * time.Minute)
	d.openSession("lan", "in use", false)
	d.now = d.now.Add(people.SessionIdle - 5*time.Minute)
	if n, err := d.ForgetSessions(t.Context()); err != nil || n != 2 {
		t.Errorf("%d sessions were forgotten, %v; want 2", n, err)
	}
	list, err := d.SessionsOf(t.Context(), "lan")
	if err != nil || len(list) != 1 || list[0].Device != "in use" {
		t.Errorf("left are %+v, %v", list, err)
	}
	if n, err := d.ForgetSessions(t.Context()); err != nil || n != 0 {
		t.Errorf("%d sessions were forgotten again, %v", n, err)
	}
}
