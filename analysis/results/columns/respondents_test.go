package columns

import (
	"testing"

	"hailong/analysis"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// Two groups of the same people have the same sum, whatever order they are read in;
// where one goes and another comes the number is the same and the sum is not. Who did
// not answer an item is not among those who did.
func TestRespondentsAreTheSamePeople(t *testing.T) {
	t.Parallel()
	w := surveytest.NewResponses(t)
	rs := surveytest.Times(4, func(int) survey.Response { return w.Response(4) })
	rs[3].Answers = nil
	all := func(responses ...survey.Response) (of, answered Respondents) {
		t.Helper()
		held := New(w.Holding(t, responses...), func() *survey.Catalog { return w.Catalog }, func(*ItemLayout) []analysis.Index { return nil }, nil)
		err := held.ReadThrough(t.Context(), "tthc-2026", "", func(v *CampaignView) error {
			_, everybody := v.Respondents(nil)
			_, some := v.Respondents(nil, v.Layout.Overall...)
			of, answered = everybody[0], some[0]
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return of, answered
	}
	first, answered := all(rs[0], rs[1], rs[3])
	if first.N != 3 || answered.N != 2 || answered.Sum == first.Sum {
		t.Errorf("%+v responded, %+v answered, want 3 and 2", first, answered)
	}
	if again, _ := all(rs[3], rs[1], rs[0]); again != first {
		t.Errorf("%+v, in another order %+v", first, again)
	}
	if other, _ := all(rs[2], rs[1], rs[3]); other.N != first.N || other.Sum == first.Sum {
		t.Errorf("%+v, of other people %+v", first, other)
	}
}
