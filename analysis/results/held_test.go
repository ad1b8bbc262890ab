package results

import (
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// An office that decides about responses is shown the figures without and with them,
// where neither they nor the others that are held back are few; nobody else is.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	suspect := surveytest.Times(8, func(int) survey.Response { return w.Response(1) })
	w.keep(suspect...)
	w.keep(surveytest.Times(12, func(int) survey.Response { return w.Response(5) })...)
	p := NewPublished(w.released, nil, noCut{})
	var ids []survey.ResponseID
	for _, r := range suspect {
		ids = append(ids, r.ID)
	}
	for name, c := range map[string]struct {
		reader    Reader
		responses []survey.ResponseID
		others    int
		ok        bool
	}{
		"Shown":         {everywhere, ids, 0, true},
		"WithManyMore":  {everywhere, ids, 5, true},
		"WithFewMore":   {everywhere, ids, 4, false},
		"FewResponses":  {everywhere, ids[:4], 0, false},
		"ToThePublic":   {Public, ids, 0, false},
		"ToOneUnit":     {atBumTo, ids, 0, false},
		"ToOtherFamily": {schools, ids, 0, false},
	} {
		a, ok, err := p.Alternatives(t.Context(), c.reader, tthc, c.responses, c.others)
		if err != nil || ok != c.ok {
			t.Errorf("%s: shown %v, error %v, want %v", name, ok, err, c.ok)
		}
		if !c.ok && (a.Without.N != 0 || a.With.N != 0) {
			t.Errorf("%s: figures are shown: %+v", name, a)
		}
		if c.ok && (a.Without.N != 12 || a.Without.Rate != 1 || a.With.N != 20 || !near(a.With.Rate, 0.6)) {
			t.Errorf("%s: %+v, want all of 12 without, and 12 of 20 with", name, a)
		}
	}
}
