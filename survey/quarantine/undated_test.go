package quarantine_test

import (
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

func undated(r *survey.Response) { r.Doubt = survey.DoubtClock }

// What a wrong clock dates is held before it is stored, and stays so whatever the rules or
// people say of the others of its day; two people decide, and what they count is counted.
func TestAWrongClockIsHeld(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(3)
	var marked []survey.Response
	for range 6 {
		marked = append(marked, s.response(undated))
	}
	if err := s.HoldUndated(t.Context(), append(marked, s.response())...); err != nil {
		t.Fatal(err)
	}
	if out := s.out(); len(out) != 6 {
		t.Errorf("%d are out of figures before they are stored, want 6: %v", len(out), out)
	}
	for _, r := range marked {
		s.keep(r)
		s.Arrived(r)
	}
	if n := s.judge(); n != 0 {
		t.Errorf("%d more are held by a rule, want none", n)
	}

	if held, undecided, err := s.Held(t.Context()); err != nil || held != 6 || undecided != 6 {
		t.Errorf("held %d, undecided %d, error %v, want 6 and 6", held, undecided, err)
	}

	s.now = at(23, 0).AddDate(0, 0, 1) // the day is over
	for _, who := range []survey.Actor{lan, binh} {
		if _, err := s.decide(who, verification.CountThem, verification.SignClock); err != nil {
			t.Fatal(err)
		}
	}
	if out := s.out(); len(out) != 0 {
		t.Errorf("still out of figures: %v", out)
	}
	if held, undecided, err := s.Held(t.Context()); err != nil || held != 0 || undecided != 0 {
		t.Errorf("after the decision held %d, undecided %d, error %v, want none", held, undecided, err)
	}
	// A server that starts anew finds the same.
	again := serviceOn(t, s.store)
	again.now = s.now
	if n := again.judge(); n != 0 || len(again.out()) != 0 {
		t.Errorf("after a start %d more are held, want none", n)
	}
}

// What is stored already is not held when it comes again, whatever the clock shows by then.
func TestASecondSendingIsNotHeld(t *testing.T) {
	t.Parallel()
	s := newService(t)
	r := s.arrive(1)[0]
	r.Doubt = survey.DoubtClock
	if err := s.HoldUndated(t.Context(), r); err != nil || len(s.out()) != 0 {
		t.Errorf("held are %v, error %v, want none", s.out(), err)
	}
}

// Fewer than five are not counted on the page: who remembers the minute would know whose.
func TestFewOfAWrongClockAreNotTold(t *testing.T) {
	t.Parallel()
	s := newService(t)
	r := s.response(undated)
	if err := s.HoldUndated(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	b, err := s.Burst(t.Context(), burst)
	if err != nil {
		t.Fatal(err)
	}
	if g := b.Group(verification.SignClock); g == nil || !g.Few() || g.Told() != 0 {
		t.Errorf("the group %+v tells how many it holds", g)
	}
}

func TestHoldUndatedNeedsTheStore(t *testing.T) {
	t.Parallel()
	store := &surveytest.Failing{Store: surveytest.Store(t)}
	s := serviceOn(t, store)
	store.FailNext()
	if err := s.HoldUndated(t.Context(), s.response(undated)); !survey.Is(err, survey.Unavailable) {
		t.Errorf("error %v, want one of the store", err)
	}
}
