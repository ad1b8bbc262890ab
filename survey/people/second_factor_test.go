package people_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/survey/surveytest"
)

// setTOTP switches on the second factor of somebody, and returns the recovery codes.
func (d *office) setTOTP(login survey.Login) []string {
	d.t.Helper()
	_, session := d.openSession(login, "", false)
	secret, err := d.OfferTOTP(d.t.Context(), session)
	if err != nil {
		d.t.Fatal(err)
	}
	code, err := totp.GenerateCode(secret, d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	recovery, err := d.SetTOTP(d.t.Context(), boss, session, code)
	if err != nil {
		d.t.Fatal(err)
	}
	return recovery
}

// What a telephone reads of the address is what the library of telephones makes
// of it.
func TestTOTPAddress(t *testing.T) {
	t.Parallel()
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	key, err := otp.NewKeyFromURL(people.TOTPAddress("lan.nt", secret))
	if err != nil {
		t.Fatal(err)
	}
	if got := key.Secret(); got != secret {
		t.Errorf("secret %q, want %q", got, secret)
	}
	if got := key.Issuer(); got != "Hài Lòng" {
		t.Errorf("issuer %q, want %q", got, "Hài Lòng")
	}
	if got := key.AccountName(); got != "lan.nt" {
		t.Errorf("account %q, want %q", got, "lan.nt")
	}
	if got := key.Period(); got != 30 {
		t.Errorf("period %d s, want 30", got)
	}
}

func TestDropTOTP(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	surveytest.WantError(t, d.DropTOTP(t.Context(), boss, "lan", ""), survey.NotFound, "")
	d.setTOTP("lan")
	user, err := d.User(t.Context(), "lan")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetRules(t.Context(), boss, 0, []survey.Role{survey.Viewer}); err != nil {
		t.Fatal(err)
	}
	if needs, err := d.NeedsTOTP(t.Context(), user); err != nil || needs {
		t.Errorf("whoever has a second factor needs one: %v, want false (%v)", needs, err)
	}
	if err := d.DropTOTP(t.Context(), boss, "lan", ""); err != nil {
		t.Fatal(err)
	}
	if err := d.SecondFactor(t.Context(), boss, "lan", "000000", from("here")); err != nil {
		t.Errorf("whoever has no second factor owes one: %v", err)
	}
	if diff := cmp.Diff([]string{"account.totp_on users/lan", "security.rules settings/security", "account.totp_off users/lan"}, d.actions()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	surveytest.WantError(t, d.SecondFactor(t.Context(), boss, "nobody", "000000", from("here")), survey.NotFound, "")
}

// Of two who use one recovery code at once, one gets in.
func TestRecoveryCodeAtOnce(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	recovery := d.setTOTP("lan")
	use := func() error { return d.SecondFactor(t.Context(), boss, "lan", recovery[0], from("here")) }
	used := false
	d.store.Before = func(call string, c survey.Collection) {
		if call == "Replace" && c == survey.Users && !used {
			used = true
			if err := use(); err != nil {
				t.Errorf("the first: %v", err)
			}
		}
	}
	surveytest.WantField(t, use(), "passcode", "account.code_wrong")
}

// A second factor that is switched off while its code is typed lets nobody in
// by a recovery code.
func TestRecoveryCodeAfterSwitchingOff(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	recovery := d.setTOTP("lan")
	gets := 0
	d.store.Before = func(call string, c survey.Collection) {
		if call == "Get" && c == survey.Users {
			if gets++; gets == 2 { // the person has been read, and is read to be changed
				if err := d.DropTOTP(t.Context(), boss, "lan", ""); err != nil {
					t.Error(err)
				}
			}
		}
	}
	surveytest.WantField(t, d.SecondFactor(t.Context(), boss, "lan", recovery[0], from("here")), "passcode", "account.code_wrong")
}
