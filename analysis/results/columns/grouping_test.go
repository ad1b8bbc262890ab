package columns

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// A merger splits no figures: a campaign whose frame is of before counts a
// commune as it was, and a later one counts old and new answers as one unit.
func TestMergedUnits(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(surveytest.Times(40, func(int) survey.Response { return w.Response(4) })...)
	before := w.countBy(tthc, Unit)

	units := survey.Documents[survey.Unit]{Store: w.Store, Collection: survey.Units}
	old, err := units.Get(t.Context(), "xa-bum-to-2025")
	if err != nil {
		t.Fatal(err)
	}
	merged := survey.Unit{ID: "merged", Rev: 1, Kind: survey.Commune, Name: survey.Text{"vi": "Xã Hợp Nhất"}, Parent: old.Parent, Valid: survey.Span{From: "2026-04-01"}}
	old.Valid.To, old.Successors = "2026-03-31", []survey.UnitID{"merged"}
	old.Rev++
	if err := errors.Join(units.Insert(t.Context(), merged), units.Replace(t.Context(), old.Rev-1, old)); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	w.keep(surveytest.Times(40, func(int) survey.Response {
		r := w.Response(2)
		r.Day = "2026-04-02" // the point on the wall still is the old commune's
		return r
	})...)
	after := w.countBy(tthc, Unit)
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 40}, before); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 80}, after); diff != "" {
		t.Errorf("the open campaign (-want +got): %s", diff)
	}
	campaign := w.Catalog.Campaign(tthc)
	campaign.Frame = "2026-04-01"
	w.responses = w.over(w.Store)
	if diff := cmp.Diff(map[string]int64{"merged": 80}, w.countBy(tthc, Unit)); diff != "" {
		t.Errorf("in a later frame (-want +got): %s", diff)
	}
}
