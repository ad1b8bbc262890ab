package ballot_test

import (
	"testing"

	"hailong/survey"
	"hailong/survey/ballot"
)

func TestClassOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		proof survey.Proof
		batch survey.BatchID
		want  ballot.Class
	}{
		"Nothing":         {survey.Unproven, "", ballot.Open},
		"Slip":            {survey.ProvenSlip, "", ballot.Proven},
		"Screen":          {survey.ProvenScreen, "", ballot.Proven},
		"Device":          {survey.ProvenDevice, "", ballot.Proven},
		"Serial":          {survey.ProvenSerial, "sipas-2026-007", ballot.Proven},
		"BatchOfOldTimes": {survey.Unproven, "sipas-2026-007", ballot.Proven},
	} {
		if got := ballot.ClassOf(test.proof, test.batch); got != test.want {
			t.Errorf("%s is of class %q, want %q", name, got, test.want)
		}
	}
}
