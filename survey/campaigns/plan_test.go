package campaigns_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/surveytest"
)

// smallPlan is a plan of two strata that keeps every rule.
func smallPlan() campaigns.Plan {
	return campaigns.Plan{
		ID: "tthc-2026", Basis: campaigns.People,
		Size: campaigns.PlanSize{Formula: campaigns.Cochran, Level: campaigns.AllUnits, Margin: 0.05, Confidence: 0.95, Minimum: 30, Reserve: 0.1},
		Cells: []campaigns.PlanCell{
			{Unit: "xa-mu-ca", Sector: "land", Population: 400, Required: 120, Reserve: 12},
			{Unit: "xa-mu-ca", Sector: "other", Population: 100, Required: 30, Reserve: 3},
		},
		Quotas: []campaigns.Quota{{Channel: survey.ChannelPaper, Required: 50}, {Surveyor: "lan", Required: 20}},
	}
}

func TestPlanIsSaved(t *testing.T) {
	t.Parallel()
	s := newService(t)
	none, err := s.Plan(t.Context(), "tthc-2026")
	if err != nil {
		t.Fatal(err)
	}
	if none.ID != "tthc-2026" || none.Rev != 0 || len(none.Cells) != 0 {
		t.Errorf("before there is a plan: %+v, want one of revision 0 without cells", none)
	}
	if none.Size.Margin != 0.05 || none.Size.Confidence != 0.95 || none.Size.Reserve != 0.15 {
		t.Errorf("the usual sizes are %+v, want 5%% at 95%% with 15%% in reserve", none.Size)
	}

	p := smallPlan()
	if err := s.SavePlan(t.Context(), manager, 0, p); err != nil {
		t.Fatal(err)
	}
	p.Size.Margin = 0.04
	if err := s.SavePlan(t.Context(), manager, 1, p); err != nil {
		t.Fatal(err)
	}
	for _, seen := range []int64{0, 1, 3} {
		surveytest.WantError(t, s.SavePlan(t.Context(), manager, seen, smallPlan()), survey.Conflict, "")
	}
	got, err := s.Plan(t.Context(), "tthc-2026")
	if err != nil {
		t.Fatal(err)
	}
	p.Rev = 2
	if diff := cmp.Diff(p, got); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if n := got.Required(); n != 150 {
		t.Errorf("%d answers are required, want 150", n)
	}
	if diff := cmp.Diff([]survey.Action{"plan.save", "plan.save"}, s.actions()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestPlanThatBreaksARule(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for name, tt := range map[string]struct {
		change     func(*campaigns.Plan)
		field, key string
	}{
		"Basis":               {func(p *campaigns.Plan) { p.Basis = "guesses" }, "basis", "plan.bad_choice"},
		"Formula":             {func(p *campaigns.Plan) { p.Size.Formula = "" }, "formula", "plan.bad_choice"},
		"Level":               {func(p *campaigns.Plan) { p.Size.Level = "all" }, "level", "plan.bad_choice"},
		"SmallMargin":         {func(p *campaigns.Plan) { p.Size.Margin = 0.0049 }, "margin", "plan.bad_percent"},
		"LargeMargin":         {func(p *campaigns.Plan) { p.Size.Margin = 0.31 }, "margin", "plan.bad_percent"},
		"MarginIsNoNumber":    {func(p *campaigns.Plan) { p.Size.Margin = math.NaN() }, "margin", "plan.bad_percent"},
		"Confidence":          {func(p *campaigns.Plan) { p.Size.Confidence = 0.79 }, "confidence", "plan.bad_percent"},
		"Certainty":           {func(p *campaigns.Plan) { p.Size.Confidence = 1 }, "confidence", "plan.bad_percent"},
		"Minimum":             {func(p *campaigns.Plan) { p.Size.Minimum = -1 }, "minimum", "plan.bad_number"},
		"LargeMinimum":        {func(p *campaigns.Plan) { p.Size.Minimum = 10001 }, "minimum", "plan.bad_number"},
		"Reserve":             {func(p *campaigns.Plan) { p.Size.Reserve = 1.01 }, "reserve", "plan.bad_percent"},
		"ReserveIsNoNumber":   {func(p *campaigns.Plan) { p.Size.Reserve = math.NaN() }, "reserve", "plan.bad_percent"},
		"QuotaBelowZero":      {func(p *campaigns.Plan) { p.Quotas[0].Required = -1 }, "quotas", "plan.bad_number"},
		"QuotaOfNoChannel":    {func(p *campaigns.Plan) { p.Quotas[0].Channel = "pigeon" }, "quotas", "plan.bad_number"},
		"NoCells":             {func(p *campaigns.Plan) { p.Cells = nil }, "cells", "plan.bad_cells"},
		"TooManyCells":        {func(p *campaigns.Plan) { p.Cells = make([]campaigns.PlanCell, 2001) }, "cells", "plan.unknown_unit"},
		"UnknownUnit":         {func(p *campaigns.Plan) { p.Cells[0].Unit = "none" }, "cells", "plan.unknown_unit"},
		"UnknownSector":       {func(p *campaigns.Plan) { p.Cells[0].Sector = "none" }, "cells", "plan.unknown_sector"},
		"CellTwice":           {func(p *campaigns.Plan) { p.Cells[1].Sector = "land" }, "cells", "plan.cell_twice"},
		"NobodyLivesThere":    {func(p *campaigns.Plan) { p.Cells[1].Population = 0 }, "cells", "plan.bad_population"},
		"MoreThanTheCountry":  {func(p *campaigns.Plan) { p.Cells[1].Population = 100_000_001 }, "cells", "plan.bad_population"},
		"UnitWithoutASector":  {func(p *campaigns.Plan) { p.Cells[0].Sector = "" }, "", ""},
		"NoQuota":             {func(p *campaigns.Plan) { p.Quotas = nil }, "", ""},
		"QuotaOfNobody":       {func(p *campaigns.Plan) { p.Quotas[0] = campaigns.Quota{} }, "", ""},
		"AsCloseAsCanBeAsked": {func(p *campaigns.Plan) { p.Size.Margin, p.Size.Confidence, p.Size.Reserve = 0.005, 0.999, 1 }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := smallPlan()
			p.ID = survey.CampaignID(name)
			tt.change(&p)
			err := s.SavePlan(t.Context(), manager, 0, p)
			if tt.field == "" {
				if err != nil {
					t.Errorf("%v, want no error", err)
				}
				return
			}
			surveytest.WantError(t, err, survey.Invalid, "plan.invalid")
			surveytest.WantField(t, err, tt.field, tt.key)
			if got, err := s.Plan(t.Context(), p.ID); err != nil {
				t.Error(err)
			} else if got.Rev != 0 {
				t.Errorf("a refused plan is stored as revision %d", got.Rev)
			}
		})
	}
}

func TestReserveOfAPlan(t *testing.T) {
	t.Parallel()
	p := smallPlan()
	if share, ok := p.ReserveShare(); !ok || math.Abs(share-15.0/165) > 1e-12 {
		t.Errorf("15 of 165 are %v, %v", share, ok)
	}
	if share, ok := (&campaigns.Plan{}).ReserveShare(); ok {
		t.Errorf("a plan without cells has a reserve of %v", share)
	}
}

func TestWhoEditsAPartLeavesTheRest(t *testing.T) {
	t.Parallel()
	before, p := smallPlan(), campaigns.Plan{Cells: []campaigns.PlanCell{{Unit: "mine", Population: 7}}}
	before.Cells = append(before.Cells, campaigns.PlanCell{Unit: "mine", Population: 5})
	p.Keep(&before, func(unit survey.UnitID) bool { return unit == "mine" })
	want := append([]campaigns.PlanCell{{Unit: "mine", Population: 7}}, smallPlan().Cells...)
	if diff := cmp.Diff(want, p.Cells); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}
