package verification_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

func TestVoidedResponses(t *testing.T) {
	t.Parallel()
	s := &surveytest.Failing{Store: surveytest.Store(t)}
	void := verification.Void{ID: surveytest.ResponseID, Rev: 1, Campaign: "k", Reason: "nhập nhầm", By: "lan", At: time.Date(2026, 3, 5, 2, 0, 0, 0, time.UTC)}
	insert(t, s, survey.Voids, void)
	voided, err := verification.VoidedResponses(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[survey.ResponseID]verification.Void{surveytest.ResponseID: void}, voided); diff != "" {
		t.Errorf("voided (-want +got):\n%s", diff)
	}
	s.FailEach(t, func() error { _, err := verification.VoidedResponses(t.Context(), s); return err })
}
