package columns

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// What is added up from the counts by profile is what counting all responses gives.
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
	w.Release()
	if _, err := w.responses.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	set, err := w.responses.loaded.columns(tthc)
	if err != nil {
		t.Fatal(err)
	}
	unexported := cmp.AllowUnexported(analysis.CountTable{}, analysis.IndexTable{})
	check := func(profiles bool, crossings ...[]int) {
		t.Helper()
		set.tables.mu.Lock()
		defer set.tables.mu.Unlock()
		v := set.view()
		ix := satisfied(v.Layout)
		for _, by := range crossings {
			g := v.regrouping(by)
			counts, err := v.Count(by...)
			if err != nil {
				t.Fatal(err)
			}
			wantCounts, err := v.rows.Tabulate(analysis.Grouping{Regroup: &g})
			if err != nil {
				t.Fatal(err)
			}
			sums, err := v.Sum(ix, by...)
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
		if (v.tables.counts.byProfile != nil) != profiles {
			t.Errorf("responses are counted by profile: %v, want %v", !profiles, profiles)
		}
	}
	check(true, nil, []int{Unit}, []int{Unit, Month}, []int{Month}, []int{Group, Channel}, []int{Sector}, []int{Form, Month})
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
	w.Release()
	if diff := cmp.Diff(map[string]int64{"2026-01": 20, "2026-02": 20, "2026-03": 20}, w.countBy(tthc, Month)); diff != "" {
		t.Errorf("by month (-want +got): %s", diff)
	}
	set, err := w.responses.loaded.columns(tthc)
	if err != nil {
		t.Fatal(err)
	}
	if set.tables.counts.byProfile != nil {
		t.Error("60 responses are counted by profile")
	}
}
