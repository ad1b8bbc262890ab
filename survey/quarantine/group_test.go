package quarantine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/quarantine"
	"hailong/survey/verification"
)

// actions are those in the log that begin with a word.
func (s *service) actions(word string) (actions []survey.Action) {
	s.t.Helper()
	if err := s.log.Each(s.t.Context(), audit.EntryFilter{Action: survey.Action(word)}, func(e audit.ChainedEntry) error {
		actions = append(actions, e.Action)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return actions
}

// marketDay is a day on which a script sends the same answers beside a crowd: 40 that
// are alike, 60 of the crowd.
func marketDay(t *testing.T) *service {
	t.Helper()
	s := newService(t)
	id := verification.NewBurstID(campaign, point, day)
	for i := range 100 {
		r := s.response()
		s.keep(r)
		sign := verification.SignCrowd
		if i < 40 {
			sign = verification.SignAlike
		}
		if err := (survey.Documents[verification.Suspect]{Store: s.store, Collection: survey.Suspects}).Insert(t.Context(), verification.NewSuspect(id, r.ID, sign, 9, s.now)); err != nil {
			t.Fatal(err)
		}
	}
	s.now = at(9, 0).AddDate(0, 0, 1)
	return s
}

func choices(t *testing.T, s *service, choice map[verification.SuspectSign]verification.BurstChoice) quarantine.DecisionRequest {
	t.Helper()
	b, err := s.Burst(t.Context(), burst)
	if err != nil {
		t.Fatal(err)
	}
	r := quarantine.DecisionRequest{Reason: "Phiên chợ có thật, máy tự động thì không"}
	for _, g := range b.Groups {
		if c := choice[g.Sign]; c != "" {
			r.Groups = append(r.Groups, quarantine.GroupChoice{Burst: burst, Sign: g.Sign, Rev: g.Decision.Rev, Responses: g.Told(), Choice: c})
		}
	}
	return r
}

// The script is left out and the crowd counts, with one reason, decided by two people.
func TestABurstIsDecidedBySign(t *testing.T) {
	t.Parallel()
	s := marketDay(t)
	both := map[verification.SuspectSign]verification.BurstChoice{verification.SignAlike: verification.LeaveOut, verification.SignCrowd: verification.CountThem}
	if _, err := s.Decide(t.Context(), lan, choices(t, s, both)); err != nil || len(s.out()) != 100 {
		t.Fatalf("one person: %v, %d are out", err, len(s.out()))
	}
	_, err := s.Decide(t.Context(), lan, choices(t, s, both))
	wantError(t, err, survey.Invalid, "suspect.second_person")
	// The second agrees about the crowd alone, and with one more press about the rest.
	if _, err := s.Decide(t.Context(), binh, choices(t, s, map[verification.SuspectSign]verification.BurstChoice{verification.SignCrowd: verification.CountThem})); err != nil || len(s.out()) != 40 {
		t.Fatalf("the crowd: %v, %d are out, want the 40 that are alike", err, len(s.out()))
	}
	wantError(t, s.GuardPublication(t.Context(), campaign, "", 200), survey.Invalid, "suspect.undecided")
	if _, err := s.Decide(t.Context(), binh, choices(t, s, both)); err != nil {
		t.Fatal(err)
	}
	if err := s.GuardPublication(t.Context(), campaign, "", 200); err != nil || len(s.out()) != 40 {
		t.Errorf("all decided: %v, %d are out", err, len(s.out()))
	}
	if n := len(s.actions("suspect")); n != 5 {
		t.Errorf("the log has %d entries, want one for each choice", n)
	}
}

// All of a request or nothing: one group that somebody chose about meanwhile stops it.
func TestADecisionIsTakenAsAWhole(t *testing.T) {
	t.Parallel()
	s := marketDay(t)
	both := choices(t, s, map[verification.SuspectSign]verification.BurstChoice{verification.SignAlike: verification.LeaveOut, verification.SignCrowd: verification.CountThem})
	if _, err := s.decide(binh, verification.LeaveOut, verification.SignCrowd); err != nil {
		t.Fatal(err)
	}
	_, err := s.Decide(t.Context(), lan, both)
	wantError(t, err, survey.Conflict, "")
	b, err := s.Burst(t.Context(), burst)
	if err != nil || b.Group(verification.SignAlike).Decision.Rev != 0 {
		t.Errorf("half of it was recorded: %+v, %v", b, err)
	}
}

// What an older version decided about the burst stands for each sign, until two people
// change it for one of them.
func TestADecisionOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	s := marketDay(t)
	old := verification.BurstDecision{
		ID: verification.DecisionID(burst), Rev: 2, Campaign: campaign, Choice: verification.LeaveOut, Since: s.now,
		Decided: &verification.BurstOpinion{Choice: verification.LeaveOut, By: "binh"}, First: &verification.BurstOpinion{Choice: verification.LeaveOut, By: "lan"},
	}
	if err := (survey.Documents[verification.BurstDecision]{Store: s.store, Collection: survey.BurstDecisions}).Insert(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	b, err := s.Burst(t.Context(), burst)
	if err != nil || b.Waits() || b.Groups[0].Decision.Decided.By != "binh" {
		t.Fatalf("burst %+v, %v", b, err)
	}
	for i, who := range []survey.Actor{lan, binh} {
		d, err := s.decide(who, verification.CountThem, verification.SignCrowd)
		if err != nil {
			t.Fatal(err)
		}
		if want := []verification.BurstChoice{verification.LeaveOut, verification.CountThem}[i]; d.Choice != want {
			t.Errorf("after %s: %q, want %q", who, d.Choice, want)
		}
	}
	if len(s.out()) != 40 {
		t.Errorf("%d are out, want 40", len(s.out()))
	}
	kept, err := survey.Documents[verification.BurstDecision]{Store: s.store, Collection: survey.BurstDecisions}.Get(t.Context(), string(burst))
	if diff := cmp.Diff(old.Choice, kept.Choice); diff != "" || err != nil || kept.Rev != 2 {
		t.Errorf("the decision of the older version: %+v, %v", kept, err)
	}
}
