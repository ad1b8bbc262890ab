package verification_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

// When a suspect is out of force follows from when it was held back and from what
// was decided since; what is void as well stays out.
func TestExclusionsOfSuspects(t *testing.T) {
	t.Parallel()
	hour := func(h int) time.Time { return time.Date(2026, 3, 5, h, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		name     string
		decision *verification.BurstDecision
		void     time.Time
		want     verification.Exclusion
		held     bool
	}{
		{"Undecided", nil, time.Time{}, verification.Exclusion{From: hour(9)}, true},
		{"Proposed", &verification.BurstDecision{Proposed: &verification.BurstOpinion{Choice: verification.CountThem}}, time.Time{}, verification.Exclusion{From: hour(9)}, true},
		{"LeftOut", &verification.BurstDecision{Choice: verification.LeaveOut, Since: hour(11)}, time.Time{}, verification.Exclusion{From: hour(9)}, true},
		{"Counted", &verification.BurstDecision{Choice: verification.CountThem, Counted: true, Since: hour(11)}, time.Time{}, verification.Exclusion{From: hour(9), Until: hour(11)}, false},
		{"CountedAndLeftOut", &verification.BurstDecision{Choice: verification.LeaveOut, Counted: true, Since: hour(13)}, time.Time{}, verification.Exclusion{From: hour(13)}, true},
		{"VoidWhileHeld", nil, hour(10), verification.Exclusion{From: hour(9)}, true},
		{"VoidAfterItCounted", &verification.BurstDecision{Choice: verification.CountThem, Counted: true, Since: hour(11)}, hour(12), verification.Exclusion{From: hour(12)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store := surveytest.Store(t)
			id := verification.NewBurstID("tthc-2026", "HA1L0N3", "2026-03-05")
			insert(t, store, survey.Suspects, verification.NewSuspect(id, "r1", verification.SignCrowd, 16, hour(9)))
			if test.decision != nil {
				test.decision.ID, test.decision.Rev, test.decision.Campaign = id, 1, "tthc-2026"
				insert(t, store, survey.BurstDecisions, *test.decision)
			}
			if !test.void.IsZero() {
				insert(t, store, survey.Voids, verification.Void{ID: "r1", Rev: 1, Campaign: "tthc-2026", At: test.void})
			}
			all, err := verification.Exclusions(t.Context(), store)
			if err != nil {
				t.Fatal(err)
			}
			got := all["r1"]
			if diff := cmp.Diff(test.want, verification.Exclusion{From: got.From.UTC(), Until: utc(got.Until)}); diff != "" {
				t.Errorf("exclusion (-want +got):\n%s", diff)
			}
			for campaign, want := range map[survey.CampaignID]bool{"tthc-2026": test.held, "": test.held, "tthc-202": false, "tthc-20260": false} {
				held, err := verification.HeldResponses(t.Context(), store, campaign)
				if _, got := held["r1"]; err != nil || got != want {
					t.Errorf("held of campaign %q: %t, %v; want %t", campaign, got, err, want)
				}
			}
		})
	}
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

func insert[T any](t *testing.T, store survey.Store, c survey.Collection, v T) {
	t.Helper()
	if err := (survey.Documents[T]{Store: store, Collection: c}).Insert(t.Context(), v); err != nil {
		t.Fatal(err)
	}
}
