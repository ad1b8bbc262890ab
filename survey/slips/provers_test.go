package slips_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/slips"
)

// People who issue slips are told of; the one-stop software, which issues them with the
// transaction, is not.
func TestProvers(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	for i, who := range []survey.Actor{{Login: "lan"}, {Token: "onestop"}} {
		id := []string{"5d0b1c9e-3f4a-4b6c-8d7e-9f0a1b2c3d4e", "5d0b1c9e-3f4a-4b6c-8d7e-9f0a1b2c3d4f"}[i]
		if _, err := f.Issue(t.Context(), who, slips.IssueRequest{ID: id, Point: counter, Count: 1}); err != nil {
			t.Fatal(err)
		}
	}
	today := survey.DateOf(f.now)
	for since, want := range map[survey.Date]map[survey.PointCode]map[string]survey.Date{
		today:                                  {counter: {"lan": today}},
		survey.DateOf(f.now.AddDate(0, 0, 63)): {},
	} {
		got, err := f.Provers(t.Context(), since)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("since %s (-want +got):\n%s%v", since, diff, err)
		}
	}
}
