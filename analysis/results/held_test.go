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
	good := surveytest.Times(12, func(int) survey.Response { return w.Response(5) })
	w.keep(good...)
	p := NewPublished(w.released, nil, noCut{})
	var ids, goodIDs []survey.ResponseID
	for _, r := range suspect {
		ids = append(ids, r.ID)
	}
	for _, r := range good {
		goodIDs = append(goodIDs, r.ID)
	}
	for name, c := range map[string]struct {
		reader    Reader
		responses []survey.ResponseID
		others    []survey.ResponseID
		ok        bool
	}{
		"Shown":         {everywhere, ids, nil, true},
		"WithManyMore":  {everywhere, ids, goodIDs[:5], true},
		"WithFewMore":   {everywhere, ids, goodIDs[:4], false},
		"FewResponses":  {everywhere, ids[:4], nil, false},
		"ToThePublic":   {Public, ids, nil, false},
		"ToOneUnit":     {atBumTo, ids, nil, false},
		"ToOtherFamily": {schools, ids, nil, false},
	} {
		a, ok, err := p.Alternatives(t.Context(), c.reader, tthc, c.responses, c.others)
		if err != nil || ok != c.ok {
			t.Errorf("%s: shown %v, error %v, want %v", name, ok, err, c.ok)
		}
		if !c.ok && (a.Without.N != 0 || a.With.N != 0) {
			t.Errorf("%s: figures are shown: %+v", name, a)
		}
		left := int64(len(good) - len(c.others)) // the others are in neither, though the release holds them
		if c.ok && (a.Without.N != left || a.Without.Rate != 1 || a.With.N != left+8 || !near(a.With.Rate, float64(left)/float64(left+8))) {
			t.Errorf("%s: %+v, want all of %d without, and as many of %d with", name, a, left, left+8)
		}
	}
}
