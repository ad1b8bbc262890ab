package slips_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/slips"
)

// Whoever issues slips is told of, a person or a program, for as long as one of them is
// good: a year where the rules say so.
func TestProvers(t *testing.T) {
	t.Parallel()
	for _, days := range []int{31, slips.MaxDays} {
		f := newSlipTest(t)
		rules, err := f.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rules.Days = days
		if err := f.SetRules(t.Context(), survey.Actor{Login: "lan"}, rules.Rev, rules); err != nil {
			t.Fatal(err)
		}
		for i, who := range []survey.Actor{{Login: "lan"}, {Token: "onestop"}} {
			id := []string{"5d0b1c9e-3f4a-4b6c-8d7e-9f0a1b2c3d4e", "5d0b1c9e-3f4a-4b6c-8d7e-9f0a1b2c3d4f"}[i]
			if _, err := f.Issue(t.Context(), who, slips.IssueRequest{ID: id, Point: counter, Count: 1}); err != nil {
				t.Fatal(err)
			}
		}
		today := survey.DateOf(f.now)
		last := f.now.AddDate(0, 0, days)
		issued := map[survey.PointCode]map[string]survey.Date{counter: {"lan": today, "token:onestop": today}}
		for since, want := range map[survey.Date]map[survey.PointCode]map[string]survey.Date{
			today: issued, survey.DateOf(last): issued, survey.DateOf(last.AddDate(0, 0, 1)): {},
		} {
			f.now = last.AddDate(0, 0, 2)
			got, err := f.Provers(t.Context(), since)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("good for %d days, since %s (-want +got):\n%s%v", days, since, diff, err)
			}
		}
	}
}
