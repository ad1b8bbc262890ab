package columns

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// Responses count for the commune or department above their unit, in the frame
// of the campaign.
func TestUnitsAreRolledUp(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for unit, n := range map[survey.UnitID]int{
		"xa-bum-to-2025":        5,
		"tt-muong-te":           6, // the township's successor is Bum Tở
		"xa-kan-ho":             7, // no successor is known: shown as itself
		"phong-noi-vu-muong-te": 8, // a department, which nobody followed
		"no-such-unit":          2, // in no catalogue: shown under its id rather than lost
	} {
		if known := w.Catalog.Unit(unit) != nil; known != (unit != "no-such-unit") {
			t.Errorf("the catalogue has unit %s: %v", unit, known)
		}
		w.keepReleased(surveytest.Times(n, func(int) survey.Response {
			r := w.Response(5)
			r.Unit = unit
			return r
		})...)
	}
	for _, u := range w.Catalog.Children("xa-bum-to-2025") {
		if u.Kind == survey.OneStop {
			w.keepReleased(surveytest.Times(9, func(int) survey.Response {
				r := w.Response(4)
				r.Unit = u.ID
				return r
			})...)
		}
	}
	want := map[string]int64{"xa-bum-to-2025": 5 + 6 + 9, "xa-kan-ho": 7, "phong-noi-vu-muong-te": 8, "no-such-unit": 2}
	if diff := cmp.Diff(want, w.countBy(tthc, Unit)); diff != "" {
		t.Errorf("by unit (-want +got): %s", diff)
	}
}

// A merger splits no figures: a campaign whose frame is of before counts a
// commune as it was, and a later one counts old and new answers as one unit.
func TestMergedUnits(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keepReleased(surveytest.Times(40, func(int) survey.Response { return w.Response(4) })...)
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
	w.keepReleased(surveytest.Times(40, func(int) survey.Response {
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

func school(id survey.UnitID, levels ...survey.SchoolLevel) survey.Unit {
	return survey.Unit{ID: id, Kind: survey.School, Parent: "xa-bum-to-2025", Levels: levels, Name: survey.Text{"vi": "Trường (mẫu) " + string(id)}}
}

// pupils makes answers of parents for a form.
func (w *fixture) pupils(n int, form survey.FormCode, unit survey.UnitID) []survey.Response {
	return surveytest.Times(n, func(int) survey.Response {
		r := w.Response(4)
		r.Campaign, r.Form, r.Unit, r.Sector = edu, survey.FormRef{Code: form, Version: 1}, unit, ""
		r.Answers = []survey.Answer{{Item: "F1", Codes: []int{4}}}
		return r
	})
}

// A school has its place before it has responses, and lies in one unit and one
// level, whatever form its responses came by; those at no school of a unit are
// a group for each level asked about.
func TestSchoolsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	w := newFixture(t, school("school-a", survey.Primary, survey.LowerSecondary), school("school-b", survey.Preschool), school("school-c"))
	type group struct {
		Unit, Level, School string
	}
	read := func() (groups map[group]int64) {
		err := w.responses.Read(t.Context(), edu, func(v *CampaignView) error {
			table, err := v.Count(School)
			if err != nil {
				return err
			}
			groups = map[group]int64{}
			for code, s := range v.SchoolGroups {
				g := group{v.Keys[Unit][s.Unit], v.Keys[Level][s.Level], string(s.School)}
				if _, twice := groups[g]; twice {
					t.Errorf("two groups are %+v", g)
				}
				groups[g] = 0
				if cell, ok := table.Grid.Cell(uint32(code)); ok {
					groups[g] = table.Rows(cell)
				}
			}
			if len(v.Keys[School]) != 1 {
				t.Errorf("schools are named twice: %v", v.Keys[School])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return groups
	}
	const unit = "xa-bum-to-2025"
	want := map[group]int64{
		{}: 0, {unit, "primary", "school-a"}: 0, {unit, "preschool", "school-b"}: 0, {unit, "", "school-c"}: 0,
	}
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Errorf("without responses (-want +got): %s", diff)
	}
	w.keepReleased(w.pupils(3, "edu-primary-parent", "school-a")...)
	w.keepReleased(w.pupils(2, "edu-secondary-parent", "school-a")...)
	w.keepReleased(w.pupils(4, "edu-primary-parent", unit)...)
	w.keepReleased(w.pupils(5, "edu-preschool-parent", unit)...)
	want[group{unit, "primary", "school-a"}] = 5
	want[group{unit, "primary", ""}], want[group{unit, "preschool", ""}] = 4, 5
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Errorf("with responses (-want +got): %s", diff)
	}
	if diff := cmp.Diff(map[string]int64{"primary": 7, "lower_secondary": 2, "preschool": 5}, w.countBy(edu, Level)); diff != "" {
		t.Errorf("by the level that the form asks about (-want +got): %s", diff)
	}
}

// A school that is new in the catalogue has its place at the next question, and
// so has one that moved to another commune.
func TestNewAndMovedSchools(t *testing.T) {
	t.Parallel()
	w := newFixture(t, school("school-a", survey.Primary))
	w.keepReleased(w.pupils(6, "edu-primary-parent", "school-a")...)
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 6}, w.countBy(edu, Unit)); diff != "" {
		t.Fatalf("before (-want +got): %s", diff)
	}
	units := survey.Documents[survey.Unit]{Store: w.Store, Collection: survey.Units}
	added := school("school-b", survey.Primary)
	added.Rev = 1
	if err := units.Insert(t.Context(), added); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	var schools []survey.UnitID
	err := w.responses.Read(t.Context(), edu, func(v *CampaignView) error {
		for _, s := range v.SchoolGroups[1:] {
			schools = append(schools, s.School)
		}
		return nil
	})
	if want := []survey.UnitID{"school-a", "school-b"}; err != nil || !cmp.Equal(want, schools) {
		t.Errorf("schools %v, want %v (%v)", schools, want, err)
	}
	moved, err := units.Get(t.Context(), "school-a")
	if err != nil {
		t.Fatal(err)
	}
	moved.Rev++
	moved.Parent = "xa-pa-u-2025"
	if err := units.Replace(t.Context(), moved.Rev-1, moved); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	if diff := cmp.Diff(map[string]int64{"xa-pa-u-2025": 6}, w.countBy(edu, Unit)); diff != "" {
		t.Errorf("after the school moved (-want +got): %s", diff)
	}
}

// A sector that no catalogue has is a group of its own, in no group of sectors.
func TestUnknownSectors(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	odd := w.Response(4)
	odd.Sector = "no-such-sector"
	none := w.Response(4)
	none.Sector = ""
	w.keepReleased(odd, none, w.Response(4))
	if diff := cmp.Diff(map[string]int64{"no-such-sector": 1, "": 1, "land": 1}, w.countBy(tthc, Sector)); diff != "" {
		t.Errorf("by sector (-want +got): %s", diff)
	}
	if diff := cmp.Diff(map[string]int64{"": 2, string(survey.LandBuildInvest): 1}, w.countBy(tthc, Group)); diff != "" {
		t.Errorf("by group of sectors (-want +got): %s", diff)
	}
}
