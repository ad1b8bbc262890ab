package verification_test

import (
	"testing"

	"hailong/survey"
	"hailong/survey/verification"
)

func TestClassOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		proof survey.Proof
		batch survey.BatchID
		want  verification.Class
	}{
		"Nothing":         {survey.Unverified, "", verification.Open},
		"Slip":            {survey.VerifiedSlip, "", verification.Verified},
		"Screen":          {survey.VerifiedScreen, "", verification.Verified},
		"Device":          {survey.VerifiedDevice, "", verification.Verified},
		"Serial":          {survey.VerifiedSerial, "sipas-2026-007", verification.Verified},
		"BatchOfOldTimes": {survey.Unverified, "sipas-2026-007", verification.Verified},
	} {
		if got := verification.ClassOf(test.proof, test.batch); got != test.want {
			t.Errorf("%s is of class %q, want %q", name, got, test.want)
		}
	}
}
