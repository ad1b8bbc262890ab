package publication

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// An edition holds what the public page offers: every division of the campaign,
// and of each unit every division but that by unit; and the verdict on each target that
// the campaign measures.
func TestAnEditionHoldsWhatThePublicAsks(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Keep(surveytest.Times(12, func(i int) survey.Response { return w.Response([]int{5, 4, 2}[i%3]) })...)
	campaign := w.Catalog.Campaign(tthc)
	figures, _ := w.edition(t, tthc)
	queries := []tables.Query{{Campaign: tthc}}
	for _, by := range Divisions(campaign.Family) {
		queries = append(queries, tables.Query{Campaign: tthc, By: []tables.Dimension{by}})
		if by != tables.ByUnit {
			queries = append(queries, tables.Query{Campaign: tthc, By: []tables.Dimension{by}, Where: []tables.Filter{{Dimension: tables.ByUnit, Key: "xa-bum-to-2025"}}})
		}
	}
	for _, q := range queries {
		held, ok := figures.Table(campaign, q)
		if !ok {
			t.Errorf("the edition does not hold %+v", q)
			continue
		}
		var table tables.Table
		err := w.Responses.Read(t.Context(), tthc, func(v *columns.CampaignView) (err error) {
			table, err = tables.ForEverybody(v).Answer(q)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(table, held, cmpopts.EquateNaNs(), cmp.Comparer(func(a, b *survey.Campaign) bool { return a.ID == b.ID })); diff != "" {
			t.Errorf("%+v: %s", q, diff)
		}
	}
	if len(figures.Tables) != len(queries) {
		t.Errorf("the edition holds %d tables, want %d", len(figures.Tables), len(queries))
	}
	for _, q := range []tables.Query{
		{Campaign: tthc, Formula: survey.Mean100},
		{Campaign: tthc, By: []tables.Dimension{tables.BySector, tables.ByMonth}},
		{Campaign: tthc, By: []tables.Dimension{tables.ByUnit}, Where: []tables.Filter{{Dimension: tables.ByMonth, Key: "2026-03"}}},
	} {
		if _, ok := figures.Table(campaign, q); ok {
			t.Errorf("the edition holds %+v", q)
		}
	}
	if figure, ok := figures.Target("TTHC"); !ok || figure.N != 12 {
		t.Errorf("the figure of the target: %+v, held %v, want one of 12", figure, ok)
	}
	if _, ok := figures.Target("PAR"); ok {
		t.Error("the edition has a figure of a target that it does not measure")
	}
}

// What is damaged is not read; an edition of before verified responses stood apart is
// judged as it was then.
func TestEditionsAreReadAsTheyWere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, counts, op string }{
		"Text":   {"{", "", "read the figures of an edition"},
		"Counts": {"{}", "{", "read the counts of an edition"},
	} {
		_, err := ReadEarlier(c.text, c.counts)
		var domain *survey.Error
		if !errors.As(err, &domain) || domain.Kind != survey.Internal || domain.Op != c.op {
			t.Errorf("%s: error %v, want Internal, %s", name, err, c.op)
		}
	}
	const figure = `{"n":20,"answers":20,"rate":1,"low":0.8,"high":1,"suppressed":false}`
	const old = `{"tables":[{"by":["unit"],"overall":` + figure + `,"groups":[{"keys":["a"],"figure":` + figure + `}]}],"targets":[{"code":"TTHC","figure":` + figure + `}]}`
	f, err := Read(old)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Tables[0].Overall.Unclassed || !f.Tables[0].Groups[0].Figure.Unclassed || !f.Targets[0].Figure.Unclassed {
		t.Errorf("%+v, want figures of before", f)
	}
}

// Every division of an edition can be asked for.
func TestDivisionsOfEveryFamily(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, campaign := range []survey.CampaignID{tthc, edu, sipas} {
		family := w.Catalog.Campaign(campaign).Family
		divisions := Divisions(family)
		if divisions[0] != tables.ByUnit {
			t.Errorf("%s is divided by %s first, want by unit", family, divisions[0])
		}
		err := w.Responses.Read(t.Context(), campaign, func(v *columns.CampaignView) error {
			for _, by := range divisions {
				if err := tables.ForEverybody(v).Check(tables.Query{Campaign: campaign, By: []tables.Dimension{by}}); err != nil {
					t.Errorf("%s by %s: %v", family, by, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
