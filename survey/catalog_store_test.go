package survey_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// store puts documents into a store.
func store[T any](t *testing.T, s survey.Store, c survey.Collection, all ...T) {
	t.Helper()
	if _, err := survey.InsertAll(t.Context(), s, c, all); err != nil {
		t.Fatal(err)
	}
}

func TestLoadCatalog(t *testing.T) {
	t.Parallel()
	s := &surveytest.Failing{Store: surveytest.Store(t)}
	store(t, s, survey.Units, survey.Unit{ID: "a", Rev: 1})
	store(t, s, survey.Sectors, survey.Sector{ID: "land", Rev: 1})
	store(t, s, survey.Questionnaires, survey.Questionnaire{ID: "q@1", Code: "q", Version: 1, Rev: 1}, survey.Questionnaire{ID: "q@2", Code: "q", Version: 2, Rev: 1, Draft: true})
	store(t, s, survey.Targets, survey.Target{Code: "TTHC", Rev: 1})
	store(t, s, survey.Campaigns, survey.Campaign{ID: "k", Rev: 1, Units: []survey.UnitID{"a"}, Forms: []survey.FormRef{{Code: "q", Version: 1}}})
	store(t, s, survey.Points, survey.Point{Code: "0000000", Rev: 1, Unit: "a", Form: "q"})
	c, err := survey.LoadCatalog(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for what, found := range map[string]bool{
		"unit": c.Unit("a") != nil, "sector": c.Sector("land") != nil, "version": c.Questionnaire(survey.FormRef{Code: "q", Version: 1}) != nil,
		"target": len(c.Targets) == 1, "campaign": c.Campaign("k") != nil, "point": c.Point("0000000") != nil,
	} {
		if !found {
			t.Errorf("the %s is not in the catalogue", what)
		}
	}
	if latest := c.Latest("q"); latest.Version != 1 {
		t.Errorf("version %d is asked, want 1: the other is a draft", latest.Version)
	}
	if draft := c.Draft("q"); draft == nil || draft.Version != 2 {
		t.Errorf("the draft is %+v, want version 2", draft)
	}
	if draft := c.Draft("z"); draft != nil {
		t.Errorf("the draft of no form is %+v", draft)
	}
	if !c.Asks(c.Campaign("k"), c.Point("0000000")) {
		t.Error("the campaign does not ask the form of its point")
	}
	for name, point := range map[string]survey.Point{"OtherForm": {Unit: "a", Form: "z"}, "OtherUnit": {Unit: "z", Form: "q"}} {
		if c.Asks(c.Campaign("k"), &point) {
			t.Errorf("%s: the campaign asks there", name)
		}
	}
	s.FailEach(t, func() error { _, err := survey.LoadCatalog(t.Context(), s); return err })
}

// A reload brings what others stored; while the store fails the old catalogue
// stays in force.
func TestCatalogCache(t *testing.T) {
	t.Parallel()
	s := &surveytest.Failing{Store: surveytest.Store(t)}
	cache, err := survey.OpenCatalog(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	first := cache.Catalog()
	store(t, s, survey.Units, survey.Unit{ID: "a", Rev: 1})
	s.FailNext()
	surveytest.WantError(t, cache.Reload(t.Context()), survey.Unavailable, "")
	if cache.Catalog() != first {
		t.Error("a reload that failed put another catalogue in force")
	}
	if err := cache.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cache.Catalog().Unit("a") == nil {
		t.Error("what another process stored is not in the catalogue")
	}
	s.FailNext()
	_, err = survey.OpenCatalog(t.Context(), s)
	surveytest.WantError(t, err, survey.Unavailable, "")
}

func TestSuccessorsOn(t *testing.T) {
	t.Parallel()
	c := surveytest.Catalog()
	for _, tt := range []struct {
		id   survey.UnitID
		on   survey.Date
		want []survey.UnitID
	}{
		{"town", "2025-06-30", []survey.UnitID{"town"}},
		{"town", "2025-07-01", []survey.UnitID{"merged"}},
		{"split", "2025-07-01", []survey.UnitID{"merged", "same"}},
		{"unknown", "2025-07-01", []survey.UnitID{"unknown"}}, // for a person to decide
		{"nowhere", "2025-07-01", []survey.UnitID{"nowhere"}},
	} {
		if diff := cmp.Diff(tt.want, c.SuccessorsOn(tt.id, tt.on, survey.MaxDepth)); diff != "" {
			t.Errorf("in the place of %s on %s (-want +got):\n%s", tt.id, tt.on, diff)
		}
	}
	if diff := cmp.Diff([]survey.UnitID{"town"}, c.SuccessorsOn("town", "2025-07-01", 0)); diff != "" {
		t.Errorf("at the end of the walk (-want +got):\n%s", diff)
	}
}

func TestMergedInto(t *testing.T) {
	t.Parallel()
	town := &survey.Unit{Valid: survey.Span{To: "2025-06-30"}, Successors: []survey.UnitID{"merged"}}
	for name, tt := range map[string]struct {
		unit *survey.Unit
		into survey.UnitID
		last survey.Date
		want bool
	}{
		"Same":      {town, "merged", "2025-06-30", true},
		"OtherUnit": {town, "same", "2025-06-30", false},
		"OtherDay":  {town, "merged", "2025-12-31", false},
		"Lasts":     {&survey.Unit{Successors: []survey.UnitID{"merged"}}, "merged", "", false},
		"Divided":   {&survey.Unit{Valid: town.Valid, Successors: []survey.UnitID{"merged", "same"}}, "merged", "2025-06-30", false},
	} {
		if got := tt.unit.MergedInto(tt.into, tt.last); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestPointListings(t *testing.T) {
	t.Parallel()
	c := (&survey.Catalog{
		Units: []survey.Unit{
			{ID: "old", Name: text("Old"), Valid: survey.Span{To: "2025-06-30"}, Successors: []survey.UnitID{"new"}},
			{ID: "new", Name: survey.Text{"vi": "Mới", "en": "New"}, Valid: survey.Span{From: "2025-07-01"}},
		},
		Questionnaires: []survey.Questionnaire{{Code: "q", Version: 1, Family: survey.Procedures}},
		Points: []survey.Point{
			{Code: "0000002", Unit: "old", Form: "q", Channel: survey.ChannelQR, Order: 2},
			{Code: "0000001", Unit: "new", Form: "q", Channel: survey.ChannelKiosk, Order: 1},
			{Code: "0000003", Unit: "new", Form: "q", Off: true},
			{Code: "0000004", Unit: "gone", Form: "q"},
			{Code: "0000005", Unit: "new", Form: "gone"},
		},
	}).Index()
	want := []survey.PointListing{
		{Code: "0000001", Unit: "new", UnitName: "New", Kind: survey.Procedures, Channel: survey.ChannelKiosk, URL: "https://hailong.example/s/0000001"},
		{Code: "0000002", Unit: "old", UnitName: "New", Kind: survey.Procedures, Channel: survey.ChannelQR, URL: "https://hailong.example/s/0000002"},
	}
	if diff := cmp.Diff(want, c.PointListings("https://hailong.example", "2026-03-05", survey.English)); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
	if got := c.UnitName("old", "2026-03-05"); got != "Mới" {
		t.Errorf("the old unit is called %q, want Mới", got)
	}
	if got := c.UnitName("gone", "2026-03-05"); got != "gone" {
		t.Errorf("no unit is called %q, want its id", got)
	}
}

func TestDrawCode(t *testing.T) {
	t.Parallel()
	drawn := map[survey.PointCode]bool{}
	random := repeated{}
	first, err := survey.DrawCode(&random, func(code survey.PointCode) bool { return drawn[code] })
	if err != nil {
		t.Fatal(err)
	}
	drawn[first] = true
	second, err := survey.DrawCode(&random, func(code survey.PointCode) bool { return drawn[code] })
	if err != nil {
		t.Fatal(err)
	}
	if second == first {
		t.Errorf("%s is drawn twice", first)
	}
	_, err = survey.DrawCode(&random, func(survey.PointCode) bool { return true })
	surveytest.WantError(t, err, survey.Internal, "")
	if _, err := survey.DrawCode(strings.NewReader("short"), func(survey.PointCode) bool { return false }); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

// repeated gives each block of random bytes twice, as a bad source might.
type repeated struct{ reads int }

func (r *repeated) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(r.reads / 2)
	}
	r.reads++
	return len(b), nil
}

func TestTable(t *testing.T) {
	t.Parallel()
	s := &surveytest.Failing{Store: surveytest.Store(t)}
	units := survey.Documents[survey.Unit]{Store: s, Collection: survey.Units}
	if err := units.Insert(t.Context(), survey.Unit{ID: "b", Rev: 1}); err != nil {
		t.Fatal(err)
	}
	surveytest.WantError(t, units.Insert(t.Context(), survey.Unit{ID: "b", Rev: 1}), survey.Conflict, "")
	if err := units.Insert(t.Context(), survey.Unit{ID: "a", Rev: 1}); err != nil {
		t.Fatal(err)
	}
	if err := units.Replace(t.Context(), 1, survey.Unit{ID: "a", Rev: 2, Code: "01"}); err != nil {
		t.Fatal(err)
	}
	surveytest.WantError(t, units.Replace(t.Context(), 1, survey.Unit{ID: "a", Rev: 2}), survey.Conflict, "")
	all, err := units.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []survey.Unit{{ID: "a", Rev: 2, Code: "01"}, {ID: "b", Rev: 1}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	_, err = units.Get(t.Context(), "c")
	surveytest.WantError(t, err, survey.NotFound, "")
	store(t, s, survey.Units, bson.D{{Key: "_id", Value: "odd"}, {Key: "kind", Value: 5}})
	_, err = units.Get(t.Context(), "odd")
	surveytest.WantError(t, err, survey.Internal, "")
	_, err = units.All(t.Context())
	surveytest.WantError(t, err, survey.Internal, "")

	unwritable := survey.Documents[chan int]{Store: s, Collection: survey.Units}
	surveytest.WantError(t, unwritable.Insert(t.Context(), nil), survey.Internal, "")
	surveytest.WantError(t, unwritable.Replace(t.Context(), 1, nil), survey.Internal, "")
	_, err = survey.InsertAll(t.Context(), s, survey.Units, []chan int{nil})
	surveytest.WantError(t, err, survey.Internal, "")
	if fresh, err := survey.InsertAll[survey.Unit](t.Context(), s, survey.Units, nil); err != nil || fresh != nil {
		t.Errorf("nothing is stored as %v (%v)", fresh, err)
	}
	s.FailNext()
	surveytest.WantError(t, units.Insert(t.Context(), survey.Unit{ID: "z", Rev: 1}), survey.Unavailable, "")
}
