package sampling_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/sampling"
	"hailong/survey/surveytest"
)

// drawCatalog has the units a, with a counter below it, and b.
func drawCatalog() *survey.Catalog {
	return (&survey.Catalog{Units: []survey.Unit{{ID: "top"}, {ID: "a", Parent: "top"}, {ID: "counter", Parent: "a"}, {ID: "b", Parent: "top"}}}).Index()
}

// Of each cell as many are drawn as it requires, or all there are; no row twice;
// in each stratum probabilities add up to the sample's size; and places count
// from 1.
func TestDrawSampleLaws(t *testing.T) {
	t.Parallel()
	catalog := drawCatalog()
	rapid.Check(t, func(t *rapid.T) {
		plan := campaigns.Plan{Cells: []campaigns.PlanCell{
			{Unit: "a", Required: rapid.IntRange(1, 30).Draw(t, "a"), Reserve: rapid.IntRange(0, 10).Draw(t, "ra")},
			{Unit: "b", Sector: "land", Required: rapid.IntRange(1, 30).Draw(t, "b"), Reserve: rapid.IntRange(0, 10).Draw(t, "rb")},
		}}
		var rows []sampling.FrameRow
		for i := range rapid.IntRange(1, 80).Draw(t, "rows") {
			row := sampling.FrameRow{Row: i + 2, Place: sampling.Place{Unit: rapid.SampledFrom([]survey.UnitID{"a", "counter"}).Draw(t, "unit")}, Size: 1}
			if rapid.Bool().Draw(t, "other") {
				row.Place.Unit, row.Sector = "b", "land"
			}
			rows = append(rows, row)
		}
		method := rapid.SampledFrom(sampling.DrawMethods).Draw(t, "method")
		got, problems, err := sampling.DrawSample(catalog, &plan, rows, sampling.DrawRequest{Method: method, Seed: rapid.Uint64().Draw(t, "seed")})
		if err != nil || len(problems) > 0 {
			t.Fatalf("%v %v", problems, err)
		}
		seen := map[int]bool{}
		count := map[string][2]int{}
		for _, r := range got.Rows {
			if seen[r.Row] {
				t.Fatalf("row %d is drawn twice", r.Row)
			}
			seen[r.Row] = true
			n := count[r.Stratum]
			list := 0
			if r.List == sampling.ReserveList {
				list = 1
			}
			n[list]++
			if r.Order != n[list] {
				t.Errorf("row %d has place %d, want %d", r.Row, r.Order, n[list])
			}
			count[r.Stratum] = n
		}
		for i, cell := range plan.Cells {
			name := sampling.StratumName(cell.Unit, cell.Sector)
			for _, h := range got.Draw.Strata {
				if h.Name != name {
					continue
				}
				want := [2]int{min(cell.Required, h.Listed), min(cell.Reserve, h.Listed-min(cell.Required, h.Listed))}
				if count[name] != want || h.Main != want[0] || h.Reserve != want[1] {
					t.Errorf("cell %d: drawn %v of %d, want %v", i, count[name], h.Listed, want)
				}
			}
		}
	})
}

func TestDrawRequestCheck(t *testing.T) {
	t.Parallel()
	planned := &campaigns.Plan{Cells: []campaigns.PlanCell{{Unit: "a", Required: 1}}}
	for _, test := range []struct {
		name       string
		request    sampling.DrawRequest
		plan       *campaigns.Plan
		sized      bool
		field, key string // empty: it can be met
	}{
		{"AsThePlanSays", sampling.DrawRequest{Method: sampling.DrawRandom}, planned, false, "", ""},
		{"WithoutAPlan", sampling.DrawRequest{Method: sampling.DrawRandom}, &campaigns.Plan{}, false, "each", "sample.no_plan"},
		{"EachWithoutAPlan", sampling.DrawRequest{Method: sampling.DrawRandom, Each: 3}, &campaigns.Plan{}, false, "", ""},
		{"BySize", sampling.DrawRequest{Method: sampling.DrawBySize}, planned, true, "", ""},
		{"BySizeWithoutSizes", sampling.DrawRequest{Method: sampling.DrawBySize}, planned, false, "method", "sample.needs_size"},
	} {
		err := test.request.Check(test.plan, test.sized)
		if test.field == "" {
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		}
		surveytest.WantField(t, err, test.field, test.key)
	}
}

func TestDrawSampleProblems(t *testing.T) {
	t.Parallel()
	catalog := drawCatalog()
	plan := campaigns.Plan{Size: campaigns.PlanSize{Reserve: 0.5}, Cells: []campaigns.PlanCell{{Unit: "a", Required: 1}}}
	rows := []sampling.FrameRow{{Row: 2, Place: sampling.Place{Unit: "a"}}, {Row: 3, Place: sampling.Place{Unit: "b"}}}
	_, problems, err := sampling.DrawSample(catalog, &plan, rows, sampling.DrawRequest{Method: sampling.DrawRandom})
	if err != nil || len(problems) != 1 || problems[0].Row != 3 {
		t.Errorf("a unit outside the plan: %v %v", problems, err)
	}
	// A number for each stratum needs no cell.
	got, problems, err := sampling.DrawSample(catalog, &plan, append(rows, rows...), sampling.DrawRequest{Method: sampling.DrawRandom, Each: 1})
	want := []sampling.DrawnStratum{{Name: "a", Unit: "a", Listed: 2, Wanted: 1, Main: 1, Reserve: 1}, {Name: "b", Unit: "b", Listed: 2, Wanted: 1, Main: 1, Reserve: 1}}
	if diff := cmp.Diff(want, got.Draw.Strata); diff != "" || err != nil || len(problems) > 0 {
		t.Errorf("%v %v %s", problems, err, diff)
	}
	for _, r := range got.Rows {
		if math.Abs(r.Probability-0.5) > 1e-12 {
			t.Errorf("probability %v", r.Probability)
		}
	}
	if _, _, err := sampling.DrawSample(catalog, &plan, rows, sampling.DrawRequest{Method: sampling.DrawElsewhere}); !errors.Is(err, analysis.ErrBadRequest) {
		t.Errorf("a method that is none: %v", err)
	}
}

// A list drawn elsewhere keeps its strata and places; rows without a place in
// their stratum take that of the list, and rows that were not drawn only count.
func TestTakeDrawn(t *testing.T) {
	t.Parallel()
	row := func(n int, list sampling.FrameList, stratum string, order int) sampling.FrameRow {
		return sampling.FrameRow{Row: n, Place: sampling.Place{Unit: "a"}, Sector: "land", List: list, Stratum: stratum, Order: order}
	}
	own := sampling.StratumName("a", "land")
	got := sampling.TakeDrawn([]sampling.FrameRow{
		row(2, sampling.MainList, "", 0), row(3, sampling.MainList, "", 0), row(4, sampling.ReserveList, "", 0), row(5, sampling.NotDrawn, "", 0),
		row(6, sampling.MainList, "north", 7), row(7, sampling.ReserveList, "north", 9),
	})
	want := sampling.Drawing{
		Draw: sampling.Draw{Method: sampling.DrawElsewhere, Listed: 6, Strata: []sampling.DrawnStratum{
			{Name: own, Unit: "a", Sector: "land", Listed: 4, Main: 2, Reserve: 1},
			{Name: "north", Listed: 2, Main: 1, Reserve: 1},
		}},
		Rows: []sampling.FrameRow{
			row(2, sampling.MainList, own, 1), row(3, sampling.MainList, own, 2), row(4, sampling.ReserveList, own, 1),
			row(6, sampling.MainList, "north", 7), row(7, sampling.ReserveList, "north", 9),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
