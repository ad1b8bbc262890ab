package results

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// What is added up from the counts of the load, with what came since, is what
// counting all responses gives.
func TestTablesAddUp(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rng := rand.New(rand.NewPCG(5, 6))
	some := func(months int) func(int) survey.Response {
		return func(int) survey.Response {
			r := w.Response(1 + rng.IntN(5))
			r.Unit = []survey.UnitID{"xa-bum-to-2025", "xa-bum-nua-2025"}[rng.IntN(2)]
			r.Channel = survey.Channels[rng.IntN(2)]
			r.Sector = []survey.SectorID{"land", "construction"}[rng.IntN(2)]
			r.Day = survey.Date(fmt.Sprintf("2026-%02d-05", 1+rng.IntN(months)))
			return r
		}
	}
	const loaded = 1600
	w.Insert(surveytest.Times(loaded, some(2))...)
	if err := w.live.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	set, err := w.live.responses.loaded.columns(tthc)
	if err != nil {
		t.Fatal(err)
	}
	unexported := cmp.AllowUnexported(analysis.CountTable{}, analysis.IndexTable{})
	check := func(profiles int, crossings ...[]int) {
		t.Helper()
		set.tables.mu.Lock()
		defer set.tables.mu.Unlock()
		v := set.view()
		ix := measureOf(v.layout, v.layout.campaign.Method).indexUnder(v.layout, v.layout.campaign.Method)
		for _, by := range crossings {
			g := v.regrouping(by)
			counts, err := v.count(by...)
			if err != nil {
				t.Fatal(err)
			}
			wantCounts, err := v.rows.Tabulate(analysis.Grouping{Regroup: &g})
			if err != nil {
				t.Fatal(err)
			}
			sums, err := v.sum(ix, by...)
			if err != nil {
				t.Fatal(err)
			}
			wantSums, err := v.rows.TabulateIndex(ix, analysis.Grouping{Regroup: &g})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wantCounts, counts, unexported) + cmp.Diff(wantSums, sums, unexported); diff != "" {
				t.Fatalf("by %v of %d responses (-counted +added up):\n%s", by, v.rows.Rows(), diff)
			}
		}
		if got := v.tables.counts.profiles.rows; got != profiles {
			t.Errorf("%d responses are counted by profile, not %d", got, profiles)
		}
	}
	check(loaded, nil, []int{colUnit}, []int{colUnit, colMonth})
	w.keep(surveytest.Times(20, some(3))...) // a month that the load did not know
	check(loaded, nil, []int{colUnit}, []int{colUnit, colMonth}, []int{colMonth}, []int{colGroup, colChannel})
	w.keep(surveytest.Times(400, some(3))...)
	check(loaded+420, []int{colSector}, []int{colForm, colMonth})
}

// Where responses share few profiles, nothing is kept by profile.
func TestFewShareAProfile(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(60, func(i int) survey.Response {
		r := w.Response(1 + i%5)
		r.Day = survey.Date(fmt.Sprintf("2026-%02d-05", 1+i%3))
		return r
	})...)
	table := w.table(Query{Campaign: tthc, By: []Dimension{ByMonth}})
	if len(table.Groups) != 3 || table.Groups[0].Figure.N != 20 {
		t.Errorf("by month: %+v", table.Groups)
	}
	set, err := w.live.responses.loaded.columns(tthc)
	if err != nil {
		t.Fatal(err)
	}
	if set.tables.counts.profiles.rows != 0 {
		t.Error("60 responses are counted by profile")
	}
}

// A merger splits no figures: a campaign whose frame is of before counts a
// commune as it was, and a later one counts old and new answers as one unit.
func TestMergedUnits(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(surveytest.Times(40, func(int) survey.Response { return w.Response(4) })...)
	before := w.table(Query{Campaign: tthc, By: []Dimension{ByUnit}})

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
	after := w.table(Query{Campaign: tthc, By: []Dimension{ByUnit}})
	count := func(table Table) map[string]int64 {
		rows := map[string]int64{}
		for _, row := range table.Groups {
			if row.Figure.N > 0 {
				rows[row.Keys[0]] = row.Figure.N
			}
		}
		return rows
	}
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 40}, count(before)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 80}, count(after)); diff != "" {
		t.Errorf("the open campaign (-want +got): %s", diff)
	}
	campaign := w.Catalog.Campaign(tthc)
	campaign.Frame = "2026-04-01"
	w.live = NewLive(w.Store, func() *survey.Catalog { return w.Catalog }, nil)
	if diff := cmp.Diff(map[string]int64{"merged": 80}, count(w.table(Query{Campaign: tthc, By: []Dimension{ByUnit}}))); diff != "" {
		t.Errorf("in a later frame (-want +got): %s", diff)
	}
}
