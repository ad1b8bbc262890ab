package people_test

import (
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// Whoever came in by an identity that is taken away is out, and the person who takes it
// away themselves stays in.
func TestUnlinkEndsOtherSessions(t *testing.T) {
	t.Parallel()
	for name, own := range map[string]bool{"ByThePerson": true, "ByAnAdministrator": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newOffice(t)
			d.addUser("lan", survey.Viewer)
			d.addUser("minh", survey.Viewer)
			if err := d.LinkIdentity(t.Context(), boss, "lan", "https://sso.example", "stranger"); err != nil {
				t.Fatal(err)
			}
			bound, err := d.IdentitiesOf(t.Context(), "lan")
			if err != nil || len(bound) != 1 {
				t.Fatal(bound, err)
			}
			stranger, _ := d.openSession("lan", "", false)
			mine, session := d.openSession("lan", "", false)
			other, _ := d.openSession("minh", "", false)
			actor := boss
			if own {
				actor = survey.Actor{Login: "lan", Session: session.Name()}
			}
			if err := d.UnlinkIdentity(t.Context(), actor, "lan", bound[0].Name()); err != nil {
				t.Fatal(err)
			}
			for secret, stays := range map[string]bool{stranger: false, mine: own, other: true} {
				_, err := d.FindSession(t.Context(), secret)
				if stays && err != nil {
					t.Errorf("a session that should stay: %v", err)
				}
				if !stays {
					surveytest.WantKind(t, err, survey.Unauthenticated)
				}
			}
		})
	}
}
