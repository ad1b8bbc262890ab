package people_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/survey/surveytest"
)

// Of many guesses at once no more are looked at than of many one after the other, also
// where two servers share the store.
func TestGuessesAtOnce(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	keys := surveytest.Keys(t)
	replica := func() *people.Accounts {
		return people.NewAccounts(survey.NewChanges(d.store.Store, d.audit, func() time.Time { return d.now }), keys)
	}
	servers := []*people.Accounts{replica(), replica()}
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		looked int
	)
	for i := range 300 {
		wg.Go(func() {
			_, err := servers[i%2].SignIn(t.Context(), "lan", "wrong password", from("thief"))
			mu.Lock()
			defer mu.Unlock()
			if survey.Is(err, survey.Unauthenticated) {
				looked++
			} else if !survey.Is(err, survey.RateLimited) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if looked != 5 {
		t.Errorf("%d of 300 guesses at once are looked at, want 5", looked)
	}
}

// However guesses come, from however many networks and servers, no hour sees more than
// a hundred of one account looked at; and its owner gets in meanwhile.
func TestGuessesOfAnAccountInAnHour(t *testing.T) {
	t.Parallel()
	hash, err := argon2id.CreateHash(goodPassword, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	cheap := func(u *people.User) { u.Password = people.Password(hash) } // hundreds of guesses are tried
	d := newOffice(t)
	pauses := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(0, 60).Draw(rt, "seconds")) * time.Second
	}), 150, 220)
	for seed := range 6 { // each guess is on disk before it is looked at
		lan := survey.Login(fmt.Sprint("lan", seed))
		d.addUser(lan, survey.Viewer, cheap)
		device, err := d.RememberDevice(t.Context(), lan, "")
		if err != nil {
			t.Fatal(err)
		}
		var at []time.Time
		for i, pause := range pauses.Example(seed) {
			d.now = d.now.Add(pause / time.Duration(1+seed))
			_, err := d.SignIn(t.Context(), lan, "wrong password", from(fmt.Sprint("network ", i%(1+30*seed))))
			if survey.Is(err, survey.Unauthenticated) {
				at = append(at, d.now)
			} else if !survey.Is(err, survey.RateLimited) {
				t.Fatal(err)
			}
		}
		for i, first := range at {
			n := 0
			for _, a := range at[i:] {
				if a.Sub(first) < time.Hour {
					n++
				}
			}
			if n > 100 {
				t.Fatalf("%d guesses are looked at within an hour", n)
			}
		}
		if _, err := d.SignIn(t.Context(), lan, goodPassword, people.AttemptSource{Network: "network 0", Device: device}); err != nil {
			t.Errorf("the owner does not get in with their own device: %v", err)
		}
	}
}

// A device is one of the account's only if somebody signed in with it, and waits by its
// own count.
func TestGuessesWithADevice(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	d.addUser("minh", survey.Viewer)
	device, err := d.RememberDevice(t.Context(), "minh", "")
	if err != nil {
		t.Fatal(err)
	}
	guess := func(login survey.Login, c people.AttemptSource) error {
		_, err := d.SignIn(t.Context(), login, "wrong password", c)
		return err
	}
	ofMinh := people.AttemptSource{Network: "office", Device: device}
	for range 5 {
		surveytest.WantKind(t, guess("lan", people.AttemptSource{Network: "office"}), survey.Unauthenticated)
	}
	surveytest.WantKind(t, guess("lan", ofMinh), survey.RateLimited) // it is no device of lan
	for range 5 {
		surveytest.WantKind(t, guess("minh", ofMinh), survey.Unauthenticated)
	}
	surveytest.WantKind(t, guess("minh", ofMinh), survey.RateLimited)
	if again, err := d.RememberDevice(t.Context(), "lan", device); err != nil || again != device {
		t.Errorf("a second account gives the browser the device %q, want the one it has (%v)", again, err)
	}
	if _, err := d.SignIn(t.Context(), "lan", goodPassword, ofMinh); err != nil {
		t.Errorf("guesses for minh keep lan out: %v", err)
	}
	if _, err := d.Reset(t.Context(), boss, "lan", false); err != nil {
		t.Fatal(err)
	}
	surveytest.WantKind(t, guess("lan", ofMinh), survey.RateLimited) // forgotten with the old password
}

// Whoever knew the old password loses their device with it; the owner keeps theirs.
func TestPasswordForgetsOtherDevices(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	devices := make([]people.AttemptSource, 2)
	for i := range devices {
		device, err := d.RememberDevice(t.Context(), "lan", "")
		if err != nil {
			t.Fatal(err)
		}
		devices[i] = people.AttemptSource{Network: "office", Device: device}
	}
	ofLan, ofThief := devices[0], devices[1]
	_, session := d.openSession("lan", ofLan.Device, false)
	const renewed = "another good one, 7 words long"
	if err := d.ChangePassword(t.Context(), boss, "lan", goodPassword, renewed, ofLan, session); err != nil {
		t.Fatal(err)
	}
	guess := func(c people.AttemptSource) error {
		_, err := d.SignIn(t.Context(), "lan", "wrong password", c)
		return err
	}
	for range 5 {
		surveytest.WantKind(t, guess(people.AttemptSource{Network: "office"}), survey.Unauthenticated)
	}
	surveytest.WantKind(t, guess(ofThief), survey.RateLimited)
	if _, err := d.SignIn(t.Context(), "lan", renewed, ofLan); err != nil {
		t.Errorf("the owner does not get in with their own device: %v", err)
	}
}

// A guess that nobody looked at, because the store failed, costs nothing.
func TestGuessNotMade(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	recovery := d.setTOTP("lan")
	for range 10 {
		gets := 0
		d.store.Before = func(call string, c survey.Collection) {
			if call == "Get" && c == survey.Users {
				if gets++; gets == 2 { // the person has been read, and is read to be changed
					d.store.FailNext()
				}
			}
		}
		surveytest.WantKind(t, d.SecondFactor(t.Context(), boss, "lan", recovery[0], from("here")), survey.Unavailable)
	}
	d.store.Before = nil
	if err := d.SecondFactor(t.Context(), boss, "lan", recovery[0], from("here")); err != nil {
		t.Errorf("after ten failures of the store: %v", err)
	}
}

// What counts no longer is removed.
func TestGuessesAreForgotten(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	_, err := d.SignIn(t.Context(), "lan", "wrong password", from("here"))
	surveytest.WantKind(t, err, survey.Unauthenticated)
	if n, err := d.ForgetGuesses(t.Context()); err != nil || n != 0 {
		t.Errorf("%d counts are forgotten at once, want none (%v)", n, err)
	}
	d.now = d.now.Add(time.Hour + time.Second)
	if n, err := d.ForgetGuesses(t.Context()); err != nil || n != 2 {
		t.Errorf("%d counts are forgotten after an hour, want those of the account and the network (%v)", n, err)
	}
}
