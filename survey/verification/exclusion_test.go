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
				test.decision.ID, test.decision.Rev, test.decision.Campaign = verification.DecisionID(id), 1, "tthc-2026" // as older versions wrote them
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

// A decision about a sign stands before what an older version decided about the burst,
// and about the other signs that one stands; it says nothing about misuse.
func TestDecisionsBySign(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	at := time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
	id := verification.NewBurstID("tthc-2026", "HA1L0N3", "2026-03-05")
	for response, sign := range map[survey.ResponseID]verification.SuspectSign{
		"alike": verification.SignAlike, "crowd": verification.SignCrowd, "both": verification.SignCrowd,
	} {
		insert(t, store, survey.Suspects, verification.NewSuspect(id, response, sign, 16, at))
	}
	insert(t, store, survey.Suspects, verification.NewSuspect(id, "both", verification.SignMisusedDevice, 16, at.Add(2*time.Hour)))
	insert(t, store, survey.BurstDecisions, verification.BurstDecision{
		ID: verification.DecisionID(id), Rev: 2, Campaign: "tthc-2026", Choice: verification.CountThem, Counted: true, Since: at.Add(time.Hour),
	})
	insert(t, store, survey.BurstDecisions, verification.BurstDecision{
		ID: verification.NewDecisionID(id, verification.SignAlike), Rev: 1, Campaign: "tthc-2026", Choice: verification.LeaveOut, Counted: true, Since: at.Add(3 * time.Hour),
	})
	held, err := verification.HeldResponses(t.Context(), store, "tthc-2026")
	if diff := cmp.Diff(map[survey.ResponseID]survey.CampaignID{"alike": "tthc-2026", "both": "tthc-2026"}, held); diff != "" || err != nil {
		t.Errorf("held (-want +got):\n%s%v", diff, err)
	}
	all, err := verification.Exclusions(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	want := map[survey.ResponseID]verification.Exclusion{
		"alike": {From: at.Add(3 * time.Hour)},
		"crowd": {From: at, Until: at.Add(time.Hour)},
		"both":  {From: at.Add(2 * time.Hour)}, // it counted for an hour
	}
	for response, x := range all {
		all[response] = verification.Exclusion{From: x.From.UTC(), Until: utc(x.Until)}
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("exclusions (-want +got):\n%s", diff)
	}
}

// Two reasons make one interval, whichever is read first.
func TestExclusionsOfTwoReasons(t *testing.T) {
	t.Parallel()
	at := func(h int) time.Time {
		if h == 0 {
			return time.Time{}
		}
		return time.Date(2026, 3, 5, h, 0, 0, 0, time.UTC)
	}
	for name, x := range map[string]struct{ rule, misuse, want [2]int }{
		"BothStand":          {[2]int{9, 0}, [2]int{12, 0}, [2]int{9, 0}},
		"RuleCounted":        {[2]int{9, 13}, [2]int{12, 0}, [2]int{9, 0}},
		"RuleCountedBefore":  {[2]int{9, 11}, [2]int{12, 0}, [2]int{12, 0}},
		"BothCounted":        {[2]int{9, 13}, [2]int{12, 15}, [2]int{9, 15}},
		"BothCountedInside":  {[2]int{9, 15}, [2]int{12, 13}, [2]int{9, 15}},
		"OneAfterTheOther":   {[2]int{9, 11}, [2]int{12, 13}, [2]int{12, 13}},
		"MisuseCountedAlone": {[2]int{9, 0}, [2]int{12, 13}, [2]int{9, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := surveytest.Store(t)
			id := verification.NewBurstID("tthc-2026", "HA1L0N3", "2026-03-05")
			for sign, hours := range map[verification.SuspectSign][2]int{verification.SignCrowd: x.rule, verification.SignMisusedSlip: x.misuse} {
				insert(t, store, survey.Suspects, verification.NewSuspect(id, "r1", sign, 16, at(hours[0])))
				if hours[1] > 0 {
					insert(t, store, survey.BurstDecisions, verification.BurstDecision{
						ID: verification.NewDecisionID(id, sign), Rev: 1, Campaign: "tthc-2026", Choice: verification.CountThem, Counted: true, Since: at(hours[1]),
					})
				}
			}
			all, err := verification.Exclusions(t.Context(), store)
			if err != nil {
				t.Fatal(err)
			}
			got := verification.Exclusion{From: all["r1"].From.UTC(), Until: utc(all["r1"].Until)}
			if diff := cmp.Diff(verification.Exclusion{From: at(x.want[0]), Until: at(x.want[1])}, got); diff != "" {
				t.Errorf("exclusion (-want +got):\n%s", diff)
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
