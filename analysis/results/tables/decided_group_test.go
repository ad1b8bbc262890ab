package tables

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis/results/columns"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// at makes n responses of a unit to the quick form of procedures, so many of them with
// a proof.
func (w *fixture) at(unit survey.UnitID, n, verified int) []survey.Response {
	return surveytest.Times(n, func(i int) survey.Response {
		r := w.Response(5)
		r.Unit = unit
		if i < verified {
			r.Proof = survey.VerifiedSlip
		}
		return r
	})
}

// read calls ask with the tables of an edition of a campaign.
func (w *fixture) read(campaign survey.CampaignID, ask func(*CampaignTables) error) {
	w.Helper()
	err := w.Responses.Read(w.Context(), campaign, func(v *columns.CampaignView) error { return ask(ForEdition(v)) })
	if err != nil {
		w.Fatal(err)
	}
}

// What a table decides is told by group: who is in it, what it lies in, and whether few
// of it answered, or answered with a proof, or without. A group that is hidden
// afterwards is hidden in the answer, with everything in it.
func TestDecidedGroups(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Keep(w.at("xa-bum-to-2025", 40, 20)...)
	w.Keep(w.at("xa-pa-u-2025", 30, 28)...)
	w.Keep(w.at("xa-mu-ca", 25, 3)...)
	w.Keep(w.at("xa-thu-lum", 3, 0)...)
	type decided struct {
		N               int64
		Hidden, Guarded bool
	}
	months := Query{Campaign: tthc, By: []Dimension{ByMonth}, Where: []Filter{{ByUnit, "xa-bum-to-2025"}}}
	w.read(tthc, func(v *CampaignTables) error {
		of := func(v *CampaignTables) map[GroupName]decided {
			list, err := v.Decided(months)
			if err != nil {
				t.Fatal(err)
			}
			got := map[GroupName]decided{}
			for _, g := range list {
				if _, divided := g.Keys[ByMonth]; divided && g.Keys[ByMonth] != None && len(g.Within) != len(g.Keys) {
					t.Errorf("%s lies in %v", g.Keys.Name(), g.Within)
				}
				got[g.Keys.Name()] = decided{g.Respondents, g.Hidden, g.Guarded}
			}
			return got
		}
		all, alone := of(v), of(v.VerifiedAlone())
		for name, want := range map[GroupName][2]decided{
			"":                                  {{98, false, false}, {51, false, false}},
			"unit=xa-bum-to-2025":               {{40, false, false}, {20, false, false}},
			"unit=xa-pa-u-2025":                 {{30, false, false}, {28, true, true}}, // two have no proof
			"unit=xa-thu-lum":                   {{3, true, true}, {0, true, false}},
			"month=2026-03&unit=xa-bum-to-2025": {{40, false, false}, {20, false, false}},
			"month=2026-03&unit=xa-pa-u-2025":   {{30, false, false}, {28, true, true}},
		} {
			if diff := cmp.Diff(want, [2]decided{all[name], alone[name]}); diff != "" {
				t.Errorf("%q, of all and of the verified: %s", name, diff)
			}
		}
		if v.OfVerified() || !v.VerifiedAlone().OfVerified() || v.VerifiedAlone().VerifiedAlone() != nil {
			t.Error("the tables of all and of the verified alone are mistaken for each other")
		}
		list, err := v.Decided(months)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range list {
			if g.Keys.Name() == "unit=xa-bum-to-2025" {
				g.Decision.Hide()
			}
		}
		table, err := v.Answer(months)
		if err != nil {
			t.Fatal(err)
		}
		if !table.Overall.Suppressed || len(table.Groups) != 1 || !table.Groups[0].Figure.Suppressed {
			t.Errorf("what was hidden afterwards is shown: %+v", table)
		}
		items, err := v.Decided(Query{Campaign: tthc, By: []Dimension{ByItem}})
		if err != nil || items != nil {
			t.Errorf("%d groups of items, error %v, want none of either", len(items), err)
		}
		return nil
	})
	if _, err := (&CampaignTables{}).Decided(Query{By: []Dimension{"name"}}); !survey.Is(err, survey.Invalid) {
		t.Errorf("error %v, want Invalid", err)
	}
}

// Tables by form are decided on for all and for each unit; schools lie in a unit and
// level.
func TestDecidedSchoolsAndForms(t *testing.T) {
	t.Parallel()
	w := newFixture(t, survey.Unit{
		ID: "school", Kind: survey.School, Parent: "xa-bum-to-2025", Levels: []survey.SchoolLevel{survey.Primary},
		Name: survey.Text{"vi": "Trường (mẫu)", "en": "School (sample)"},
	})
	w.Keep(surveytest.Times(12, func(int) survey.Response { return w.parent("school", 5) })...)
	w.read(edu, func(v *CampaignTables) error {
		schools, err := v.Decided(Query{Campaign: edu, By: []Dimension{BySchool}})
		if err != nil {
			t.Fatal(err)
		}
		byForm, err := v.DecidedByForm()
		if err != nil {
			t.Fatal(err)
		}
		var names []GroupName
		for _, g := range append(schools, byForm...) {
			if g.Respondents == 12 && !slices.Contains(names, g.Keys.Name()) {
				names = append(names, g.Keys.Name())
			}
		}
		slices.Sort(names)
		want := []GroupName{
			"", "form=edu-primary-parent", "form=edu-primary-parent&unit=xa-bum-to-2025", "school=school", "school_level=primary",
			"school_level=primary&unit=xa-bum-to-2025", "unit=xa-bum-to-2025",
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

// An item that is hidden for what was shown of it before is hidden, and so is another
// one beside it, in the group that is named and in no other.
func TestItemsThatAreHiddenBesides(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, unit := range []survey.UnitID{"xa-bum-to-2025", "xa-pa-u-2025"} {
		w.Keep(surveytest.Times(20, func(int) survey.Response { return w.resident(unit, "D1", "D2", "D3", "D5") })...)
	}
	hidden := func(v *CampaignTables, where ...Filter) (items []string) {
		table, err := v.Answer(Query{Campaign: sipas, By: []Dimension{ByItem}, Where: where})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range table.Groups {
			if g.Figure.Suppressed {
				items = append(items, g.Keys[0])
			}
		}
		return items
	}
	w.read(sipas, func(v *CampaignTables) error {
		if got := hidden(v); got != nil {
			t.Errorf("%v are hidden of all, want none", got)
		}
		return nil
	})
	w.read(sipas, func(v *CampaignTables) error {
		v.HideItems(map[GroupName]bool{GroupKeys{ByItem: "D1", ByUnit: "xa-bum-to-2025"}.Name(): true})
		if got := hidden(v, Filter{ByUnit, "xa-bum-to-2025"}); !slices.Contains(got, "D1") || len(got) < 2 {
			t.Errorf("%v are hidden of the unit, want D1 and another", got)
		}
		if got := hidden(v); got != nil {
			t.Errorf("%v are hidden of all, want none", got)
		}
		return nil
	})
}

// Units are listed where somebody answered, and respondents counted where two columns
// cross: of all, and of the verified.
func TestUnitsAndRespondents(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Keep(w.at("xa-pa-u-2025", 3, 1)...)
	w.Keep(w.at("xa-bum-to-2025", 2, 0)...)
	w.read(tthc, func(v *CampaignTables) error {
		units, err := v.Units()
		if diff := cmp.Diff([]string{"xa-bum-to-2025", "xa-pa-u-2025"}, units); diff != "" || err != nil {
			t.Errorf("error %v; %s", err, diff)
		}
		people := v.VerifiedAlone().RespondentsBy(columns.Unit, columns.Month)
		unit, month := slices.Index(v.Keys[columns.Unit], "xa-pa-u-2025"), slices.Index(v.Keys[columns.Month], "2026-03")
		if all, here := people(unit, month); all.N != 3 || here.N != 1 {
			t.Errorf("%d respondents, %d of them verified, want 3 and 1", all.N, here.N)
		}
		return nil
	})
}

func TestNamesOfGroupKeys(t *testing.T) {
	t.Parallel()
	for want, keys := range map[GroupName]GroupKeys{
		"":                                  {},
		"month=2026-01&unit=xa-bum-to-2025": {ByUnit: "xa-bum-to-2025", ByMonth: "2026-01"},
		"item=a%26b%3Dc":                    {ByItem: "a&b=c"},
	} {
		if got := keys.Name(); got != want {
			t.Errorf("%v is named %q, want %q", keys, got, want)
		}
		if diff := cmp.Diff(keys, want.Keys()); diff != "" {
			t.Errorf("%q: %s", want, diff)
		}
	}
}
