package survey_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestCatalogLookups(t *testing.T) {
	t.Parallel()
	c := surveytest.Catalog()
	if c.Sectors[0].ID != "land" || c.Points[0].Code != "P1" || c.Questionnaires[0].Ref() != (survey.FormRef{Code: "a", Version: 1}) {
		t.Error("the parts are not in their order")
	}
	for i := range c.Units {
		if c.Unit(c.Units[i].ID) != &c.Units[i] {
			t.Errorf("unit %s is not found", c.Units[i].ID)
		}
	}
	if c.Latest("a").Version != 2 || c.Latest("none") != nil || c.Unit("none") != nil || c.Sector("none") != nil ||
		c.Campaign("none") != nil || c.Point("none") != nil || c.Questionnaire(survey.FormRef{Code: "a", Version: 3}) != nil {
		t.Error("something that does not exist was found, or the newest version was not")
	}
	var children []survey.UnitID
	for _, u := range c.Children("merged") {
		children = append(children, u.ID)
	}
	if diff := cmp.Diff([]survey.UnitID{"centre"}, children); diff != "" {
		t.Errorf("children (-want +got):\n%s", diff)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	c := surveytest.Catalog()
	for _, test := range []struct {
		id, top survey.UnitID
		want    bool
	}{
		{"school", "school", true},
		{"school", "same", true},
		{"school", "province", true},
		{"school", "merged", false},
		{"province", "school", false},
		{"none", "province", false},
		{"town", "merged", true}, // which carries it on
		{"town-shop", "merged", true},
		{"town-shop", "centre", true},
		{"merged", "town", false},
		{"split", "merged", false}, // one of two
		{"unknown", "merged", false},
		{"ring-a", "province", false}, // and it ends
	} {
		if got := c.Within(test.id, test.top); got != test.want {
			t.Errorf("%s within %s: %t", test.id, test.top, got)
		}
	}
}

// Below a unit are its own children and, once a unit that it alone carries on
// has ended, those of that one: not a day before.
func TestChildrenOn(t *testing.T) {
	t.Parallel()
	c := surveytest.Catalog()
	for _, test := range []struct {
		name string
		id   survey.UnitID
		on   survey.Date
		want []survey.UnitID
	}{
		{"OnNoDay", "merged", "", []survey.UnitID{"centre"}},
		{"WhileThePredecessorLives", "merged", "2025-01-01", []survey.UnitID{"centre"}},
		{"OnThePredecessorsLastDay", "merged", "2025-06-30", []survey.UnitID{"centre"}},
		{"OnTheDayAfter", "merged", "2025-07-01", []survey.UnitID{"centre", "town-shop"}},
		{"OfTheOneThatEnded", "town", "2026-01-01", []survey.UnitID{"town-shop"}},
		{"OfOneOfTwoSuccessors", "same", "2026-01-01", []survey.UnitID{"school"}},
		{"NoSuchUnit", "none", "2026-01-01", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []survey.UnitID
			for _, u := range c.ChildrenOn(test.id, test.on) {
				got = append(got, u.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("below %s (-want +got):\n%s", test.id, diff)
			}
		})
	}
}

// Whatever the tree and the successors, rings too: what a unit rolls up to on
// any day holds it, what holds a unit's parent or heir holds the unit, and the
// children of a day are those whose parent a unit stands for.
func TestTreeOfAnyShape(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const size = 40 // longer chains than are followed
		anyUnit := rapid.Map(rapid.IntRange(0, size-1), func(n int) survey.UnitID { return survey.UnitID(strconv.Itoa(n)) })
		day := rapid.SampledFrom([]survey.Date{"", "2025-01-01", "2026-01-01", "2027-01-01"})
		var c survey.Catalog
		chain := rapid.Bool().Draw(t, "chain")
		for n := range size {
			u := survey.Unit{
				ID: survey.UnitID(strconv.Itoa(n)), Kind: rapid.SampledFrom(survey.UnitKinds).Draw(t, "kind"),
				Parent: anyUnit.Draw(t, "parent"), Valid: survey.Span{To: day.Draw(t, "to")},
				Successors: rapid.SliceOfN(anyUnit, 0, 2).Draw(t, "successors"),
			}
			if chain {
				u.Valid.To, u.Successors = "2025-01-01", []survey.UnitID{survey.UnitID(strconv.Itoa((n + 1) % size))}
			}
			c.Units = append(c.Units, u)
		}
		c.Index()
		id, top, on := anyUnit.Draw(t, "unit"), anyUnit.Draw(t, "top"), day.Draw(t, "on")
		u := c.Unit(id)
		if !c.Within(id, id) {
			t.Fatalf("%s is not within itself", id)
		}
		if c.Within(u.Parent, top) && !c.Within(id, top) {
			t.Fatalf("%s holds the parent of %s and not the unit", top, id)
		}
		if u.Valid.To != "" && len(u.Successors) == 1 && c.Within(u.Successors[0], top) && !c.Within(id, top) {
			t.Fatalf("%s holds what carries on %s and not the unit", top, id)
		}
		kind := rapid.SampledFrom(survey.UnitKinds).Draw(t, "asked")
		if up := c.RollUp(id, on, kind); up != nil && (up.Kind != kind || !c.Within(id, up.ID)) {
			t.Fatalf("%s rolls up to %s, a %s that does not hold it", id, up.ID, up.Kind)
		}
		if now := c.UnitOn(id, on); on == "" && now != u || !c.StandsFor(now.ID, id, on) {
			t.Fatalf("in the place of %s is %v", id, now)
		}
		if below := c.ChildrenOn(top, on); !chain && c.StandsFor(top, u.Parent, on) != slices.Contains(below, u) && lasts(&c, top, on) {
			t.Fatalf("%s is one of the children of %s: %t", id, top, slices.Contains(below, u))
		}
	})
}

// lasts reports whether a unit stands for itself.
func lasts(c *survey.Catalog, id survey.UnitID, on survey.Date) bool {
	u := c.Unit(id)
	return on == "" || u.Valid.To == "" || u.Valid.To >= on
}

func TestRollUp(t *testing.T) {
	t.Parallel()
	c := surveytest.Catalog()
	for _, test := range []struct {
		name string
		id   survey.UnitID
		on   survey.Date
		kind survey.UnitKind
		want survey.UnitID
	}{
		{"Itself", "same", "2026-01-01", survey.Commune, "same"},
		{"Above", "school", "2026-01-01", survey.Area, "area"},
		{"Successor", "town", "2026-01-01", survey.Commune, "merged"},
		{"LastDayOfTheOldFrame", "town", "2025-06-30", survey.Commune, "town"},
		{"FirstDayOfTheNewFrame", "town", "2025-07-01", survey.Commune, "merged"},
		{"AsItWas", "town", "", survey.Commune, "town"},
		{"BySuccessorThenUp", "town-shop", "2026-01-01", survey.Commune, "merged"},
		{"ShopOfToday", "town-shop", "2026-01-01", survey.OneStop, "centre"},
		{"SeveralSuccessorsAreNone", "split", "2026-01-01", survey.Commune, "split"},
		{"UpThenNoSuccessor", "split-shop", "2026-01-01", survey.Commune, "split"},
		{"NoSuccessorKnown", "unknown", "2026-01-01", survey.Commune, "unknown"},
		{"StillInTheArea", "unknown", "2026-01-01", survey.Area, "area"},
		{"NothingOfTheKindAbove", "area", "2026-01-01", survey.Commune, ""},
		{"NoSuchUnit", "none", "2026-01-01", survey.Commune, ""},
		{"Ring", "ring-a", "2026-01-01", survey.Area, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got survey.UnitID
			if u := c.RollUp(test.id, test.on, test.kind); u != nil {
				got = u.ID
			}
			if got != test.want {
				t.Errorf("%s rolls up to %q, want %q", test.id, got, test.want)
			}
		})
	}
}

func TestCampaignFor(t *testing.T) {
	t.Parallel()
	form := []survey.FormRef{{Code: "a", Version: 2}}
	year := survey.Span{From: "2026-01-01", To: "2026-12-31"}
	for _, test := range []struct {
		name      string
		campaigns []survey.Campaign
		on        survey.Date
		want      survey.CampaignID
		key       string
	}{
		{"Open", []survey.Campaign{{ID: "c", Forms: form, State: survey.Open, Period: year}}, "2026-12-31", "c", ""},
		{"WithoutEnd", []survey.Campaign{{ID: "c", Forms: form, State: survey.Open}}, "2026-12-31", "c", ""},
		{"OfAnotherForm", []survey.Campaign{{ID: "c", Forms: []survey.FormRef{{Code: "b", Version: 1}}, State: survey.Open, Period: year}}, "2026-05-01", "", "campaign.none"},
		{"OfUnitsAbove", []survey.Campaign{{ID: "c", Forms: form, State: survey.Open, Period: year, Units: []survey.UnitID{"area"}}}, "2026-05-01", "c", ""},
		{"OfOtherUnits", []survey.Campaign{{ID: "c", Forms: form, State: survey.Open, Period: year, Units: []survey.UnitID{"merged"}}}, "2026-05-01", "", "campaign.none"},
		{"NotYet", []survey.Campaign{{ID: "c", Forms: form, State: survey.Open, Period: year}}, "2025-12-31", "", "campaign.not_yet[2026-01-01]"},
		{"Over", []survey.Campaign{{ID: "c", Forms: form, State: survey.Open, Period: year}}, "2027-01-01", "", "campaign.closed[2026-12-31]"},
		{"Draft", []survey.Campaign{{ID: "c", Forms: form, State: survey.Draft, Period: year}}, "2026-05-01", "", "campaign.none"},
		{"Published", []survey.Campaign{{ID: "c", Forms: form, State: survey.Published, Period: year}}, "2026-05-01", "", "campaign.shut_undated"},
		{"ClosedAheadOfItsEnd", []survey.Campaign{{ID: "c", Forms: form, State: survey.ClosedDown, Period: year, Shut: "2026-04-20"}}, "2026-05-01", "", "campaign.shut[2026-04-20]"},
		{"ClosedAheadOfAnEndNowPast", []survey.Campaign{{ID: "c", Forms: form, State: survey.ClosedDown, Period: year, Shut: "2026-04-20"}}, "2027-05-01", "", "campaign.shut[2026-04-20]"},
		{"ClosedAfterItsEnd", []survey.Campaign{{ID: "c", Forms: form, State: survey.ClosedDown, Period: year, Shut: "2027-01-01"}}, "2027-05-01", "", "campaign.closed[2026-12-31]"},
		{"ClosedWithoutEnd", []survey.Campaign{{ID: "c", Forms: form, State: survey.ClosedDown, Shut: "2026-04-20"}}, "2026-05-01", "", "campaign.shut[2026-04-20]"},
		{"TheLatestOfThoseOver", []survey.Campaign{
			{ID: "d", Forms: form, State: survey.ClosedDown, Period: survey.Span{From: "2025-01-01", To: "2025-12-31"}},
			{ID: "c", Forms: form, State: survey.ClosedDown, Period: survey.Span{From: "2024-01-01", To: "2024-12-31"}},
		}, "2026-05-01", "", "campaign.closed[2025-12-31]"},
		{"BeforeOneThatIsOver", []survey.Campaign{{ID: "c", Forms: form, State: survey.ClosedDown, Period: year, Shut: "2026-04-20"}}, "2020-05-01", "", "campaign.outside[2026-01-01 2026-12-31]"},
		{"BeforeTheOpenOneAndOneThatIsOver", []survey.Campaign{
			{ID: "d", Forms: form, State: survey.Open, Period: year},
			{ID: "c", Forms: form, State: survey.ClosedDown, Period: survey.Span{From: "2026-01-01", To: "2027-06-30"}, Shut: "2026-04-20"},
		}, "2020-05-01", "", "campaign.not_yet[2026-01-01]"},
		{"OpenBesideOver", []survey.Campaign{
			{ID: "c", Forms: form, State: survey.ClosedDown, Period: year},
			{ID: "d", Forms: form, State: survey.Open, Period: year},
		}, "2026-05-01", "d", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := surveytest.Catalog()
			c.Campaigns = test.campaigns
			c.Index()
			campaign, ref, err := c.CampaignFor(&survey.Point{Unit: "school", Form: "a"}, test.on)
			if test.key == "" {
				if err != nil || campaign.ID != test.want || ref != form[0] {
					t.Errorf("campaign %+v, form %v, error %v; want %s", campaign, ref, err, test.want)
				}
				return
			}
			var e *survey.Error
			if !errors.As(err, &e) || e.Kind != survey.Closed || (survey.Message{Key: e.Key, Args: e.Args}).String() != test.key {
				t.Errorf("error %v, want %s", err, test.key)
			}
		})
	}
}
