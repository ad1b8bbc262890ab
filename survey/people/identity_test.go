package people_test

import (
	"testing"

	"hailong/survey"
)

// A new way in comes in the place of any other: whoever linked an identity of theirs to
// an account that is reset does not sign in by it any more, and the person takes the
// invitation up with the identity that was theirs.
func TestResetTakesIdentitiesAway(t *testing.T) {
	t.Parallel()
	const issuer, subject = "https://sso.example.gov.vn", "17"
	d := newOffice(t)
	d.addUser("lan", survey.Viewer)
	d.addUser("binh", survey.Viewer)
	ctx := t.Context()
	for login, subject := range map[survey.Login]string{"lan": subject, "binh": "18"} {
		if err := d.LinkIdentity(ctx, survey.Actor{Login: login}, login, issuer, subject); err != nil {
			t.Fatal(err)
		}
	}
	admission, err := d.Reset(ctx, boss, "lan", true)
	if err != nil {
		t.Fatal(err)
	}
	if user, err := d.IdentityOwner(ctx, issuer, subject); err == nil {
		t.Errorf("the identity still signs %s in", user.Login)
	}
	if _, err := d.IdentityOwner(ctx, issuer, "18"); err != nil {
		t.Errorf("somebody else's identity is gone: %v", err)
	}
	if _, err := d.TakeInviteBy(ctx, admission.Invitation, issuer, subject); err != nil {
		t.Errorf("the person cannot take the invitation up with their own identity: %v", err)
	}
}
