package sampling_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/sampling"
)

func TestVisitsAreCounted(t *testing.T) {
	t.Parallel()
	here, there := sampling.Place{Unit: "xa", Village: "A"}, sampling.Place{Unit: "xa", Village: "B"}
	sample := sampling.Sample{Work: []sampling.Assignment{{Place: here, Surveyor: "lan"}}}
	visited := func(p sampling.Place, outcomes ...sampling.Outcome) sampling.Drawn {
		d := sampling.Drawn{Place: p, Draw: 1}
		for _, o := range outcomes {
			d.Attempts = append(d.Attempts, sampling.Attempt{Outcome: o})
		}
		return d
	}
	waiting := visited(here)
	waiting.Draw, waiting.Reserve = 2, true
	got := sample.CountVisits([]sampling.Drawn{
		visited(here, sampling.Answered), visited(here, sampling.Refused), visited(here, sampling.WrongAddress), visited(here, sampling.Away),
		visited(there), visited(there, sampling.Away, sampling.Away, sampling.Away), visited(there, sampling.Away, sampling.Answered), waiting,
	})
	all := sampling.OutcomeCounts{Drawn: 7, Reserves: 1, By: map[sampling.Outcome]int{sampling.Answered: 2, sampling.Refused: 1, sampling.WrongAddress: 1, sampling.Away: 2}}
	want := sampling.VisitCounts{
		Total: all, Units: map[survey.UnitID]*sampling.OutcomeCounts{"xa": &all}, Stored: map[int]int{1: 7, 2: 1},
		Surveyors: map[survey.Login]*sampling.OutcomeCounts{
			"lan": {Drawn: 4, By: map[sampling.Outcome]int{sampling.Answered: 1, sampling.Refused: 1, sampling.WrongAddress: 1, sampling.Away: 1}},
			"":    {Drawn: 3, By: map[sampling.Outcome]int{sampling.Answered: 1, sampling.Away: 1}},
		},
		Unassigned: 1, Ended: 4, Answers: 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if share := got.Nonresponse(); share != 0.5 {
		t.Errorf("the share without an answer is %v, want 0.5", share)
	}
	none := sample.CountVisits(nil)
	if share := none.Nonresponse(); share != 0 {
		t.Errorf("the share without an answer of no row is %v, want 0", share)
	}
}
