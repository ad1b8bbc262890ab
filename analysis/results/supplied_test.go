package results

import (
	"testing"

	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// What programs brought is told to the office whose responses they are, of what its
// release holds; nobody else learns of it, nor is told the share of a group of few.
func TestSupplied(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	sent := func(n int, unit survey.UnitID, channel survey.Channel) []survey.Response {
		return surveytest.Times(n, func(int) survey.Response {
			r := w.Response(5)
			r.Unit, r.Channel = unit, channel
			return r
		})
	}
	w.keep(sent(8, "xa-bum-to-2025", survey.ChannelAPI)...)
	w.keep(sent(12, "xa-bum-to-2025", survey.ChannelQR)...)
	w.keep(sent(4, "xa-mu-ca", survey.ChannelAPI)...)
	if err := w.released.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, late := range sent(6, "xa-bum-to-2025", survey.ChannelAPI) { // they wait for the next release
		w.Insert(late)
		w.released.Add(late)
	}
	p := NewPublished(w.released, nil, noCut{})
	at := func(unit string) []tables.Filter { return []tables.Filter{{Dimension: tables.ByUnit, Key: unit}} }
	for name, c := range map[string]struct {
		reader Reader
		where  []tables.Filter
		ok     bool
		want   tables.Supplied
	}{
		"Everywhere":    {everywhere, nil, true, tables.Supplied{Responses: 12, Of: 24}},
		"OwnUnit":       {atBumTo, at("xa-bum-to-2025"), true, tables.Supplied{Responses: 8, Of: 20}},
		"NotOwnUnit":    {atBumTo, at("xa-mu-ca"), false, tables.Supplied{}},
		"WholeToAUnit":  {atBumTo, nil, false, tables.Supplied{}},
		"UnitOfFew":     {everywhere, at("xa-mu-ca"), false, tables.Supplied{}},
		"OtherFamily":   {schools, nil, false, tables.Supplied{}},
		"Public":        {Public, nil, false, tables.Supplied{}},
		"PublicOfAUnit": {Public, at("xa-bum-to-2025"), false, tables.Supplied{}},
	} {
		got, ok, err := p.Supplied(t.Context(), c.reader, tthc, c.where...)
		if err != nil || ok != c.ok || (got.Figures != nil) != c.ok {
			t.Errorf("%s: told %v, figures %+v, error %v", name, ok, got.Figures, err)
		}
		if got.Figures = nil; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if _, _, err := p.Supplied(t.Context(), everywhere, tthc, at("nowhere")...); !survey.Is(err, survey.Invalid) {
		t.Errorf("an unknown unit: error %v, want one of kind Invalid", err)
	}
}
