package campaigns_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

// answer stores a response to a campaign.
func (s *service) answer(change func(*survey.Response)) survey.ResponseID {
	s.t.Helper()
	r := surveytest.Response
	id, err := survey.NewResponseID()
	if err != nil {
		s.t.Fatal(err)
	}
	r.ID, r.Received = id, s.now
	change(&r)
	doc, err := bson.Marshal(r)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.store.Insert(s.t.Context(), survey.Responses, doc); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// Responses are counted by where they came from; of other campaigns and those
// that were voided none.
func TestResponseCounts(t *testing.T) {
	t.Parallel()
	s := newService(t)
	same := func(*survey.Response) {}
	s.answer(same)
	s.answer(same)
	s.answer(func(r *survey.Response) { r.Day = "2026-03-03" })
	s.answer(func(r *survey.Response) { r.Channel, r.By, r.Sector = survey.ChannelPaper, "lan", "" })
	s.answer(func(r *survey.Response) { r.Campaign = "tthc-2025" })
	voided := s.answer(same)
	if err := (survey.Documents[verification.Void]{Store: s.store, Collection: survey.Voids}).Insert(t.Context(), verification.Void{ID: voided, Rev: 1, At: s.now}); err != nil {
		t.Fatal(err)
	}

	key := campaigns.ResponseGroup{Point: "ABC1234", Unit: "pvhcc-xa-mu-ca", Sector: "land", Channel: survey.ChannelQR, Day: "2026-03-02"}
	nextDay, paper := key, key
	nextDay.Day = "2026-03-03"
	paper.Channel, paper.By, paper.Sector = survey.ChannelPaper, "lan", ""
	want := campaigns.ResponseCounts{At: s.now, Counts: map[campaigns.ResponseGroup]int{key: 2, nextDay: 1, paper: 1}}
	got, err := s.ResponseCounts(t.Context(), "tthc-2026")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other, err := s.ResponseCounts(t.Context(), "tthc-2025")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[campaigns.ResponseGroup]int{key: 1}, other.Counts); diff != "" {
		t.Errorf("of another campaign (-want +got):\n%s", diff)
	}
}

// A count is kept for less than a minute, and not if the clock goes back.
func TestAgeOfResponseCounts(t *testing.T) {
	t.Parallel()
	s := newService(t)
	start := s.now
	for i, test := range []struct {
		after time.Duration
		want  int // of the responses, to which each time adds one
	}{
		{0, 1},
		{time.Minute - time.Millisecond, 1},
		{time.Minute, 3},
		{90 * time.Second, 3},
		{59 * time.Second, 5},
	} {
		s.now = start.Add(test.after)
		s.answer(func(*survey.Response) {})
		tally, err := s.ResponseCounts(t.Context(), "tthc-2026")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for count := range maps.Values(tally.Counts) {
			n += count
		}
		if n != test.want {
			t.Errorf("count %d, after %v: %d responses, want %d", i+1, test.after, n, test.want)
		}
	}
}

func everywhere(survey.UnitID) bool { return true }

// Responses at a unit's counter are those of its commune; what is missing comes
// first, and whoever entered paper forms is listed with what they are to.
func TestProgressAgainstThePlan(t *testing.T) {
	t.Parallel()
	s := newService(t)
	if err := s.SavePlan(t.Context(), manager, 0, smallPlan()); err != nil {
		t.Fatal(err)
	}
	for range 28 {
		s.answer(func(*survey.Response) {})
	}
	paper := func(by survey.Login, day survey.Date) {
		s.answer(func(r *survey.Response) { r.Channel, r.By, r.Day, r.Sector = survey.ChannelPaper, by, day, "other" })
	}
	for range 10 {
		paper("lan", "2026-03-05")
	}
	for range 20 {
		paper("lan", "2026-03-02")
	}
	paper("hoa", "2026-03-05")
	campaign := s.stored("tthc-2026")
	got, err := s.Progress(t.Context(), campaigns.Part{Campaign: &campaign, Covers: everywhere, Whole: true, Forms: map[survey.Login]int{"lan": 50, "minh": 5}})
	if err != nil {
		t.Fatal(err)
	}
	if got.At != s.now || got.Collected != 59 || got.Required != 150 {
		t.Errorf("%d of %d at %v, want 59 of 150 now", got.Collected, got.Required, got.At)
	}
	plan := smallPlan()
	cells := []campaigns.CellProgress{
		{Attainment: campaigns.Attainment{Collected: 28, Required: 120}, Cell: plan.Cells[0]},
		{Attainment: campaigns.Attainment{Collected: 31, Required: 30}, Cell: plan.Cells[1]},
	}
	if diff := cmp.Diff(cells, got.Cells); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	channels := []campaigns.ChannelProgress{
		{Attainment: campaigns.Attainment{Collected: 28}, Channel: survey.ChannelQR},
		{Attainment: campaigns.Attainment{Collected: 31, Required: 50}, Channel: survey.ChannelPaper},
	}
	if diff := cmp.Diff(channels, got.Channels); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	// Of lan the plan asks 20, whatever was handed out; of hoa nothing.
	none := campaigns.Forecast{State: campaigns.NoForecast, Days: 14}
	surveyors := []campaigns.SurveyorProgress{
		{Attainment: campaigns.Attainment{Collected: 1}, Surveyor: "hoa", Today: 1},
		{Attainment: campaigns.Attainment{Collected: 30, Required: 20}, Surveyor: "lan", Today: 10, Forecast: campaigns.Forecast{State: campaigns.Fulfilled}},
		{Attainment: campaigns.Attainment{Required: 5}, Surveyor: "minh", Forecast: none},
	}
	if diff := cmp.Diff(surveyors, got.Surveyors); diff != "" {
		t.Errorf("surveyors (-want +got):\n%s", diff)
	}
	// 59 in the last fourteen days, 92 of the first cell are missing: 22 days.
	if f := got.Forecast; f.State != campaigns.FulfilledBy || f.Days != 14 || f.On != "2026-03-27" {
		t.Errorf("forecast %+v, want the 27th of March", f)
	}
	if len(got.Days) != 14 || got.Days[0] != (campaigns.DayProgress{Attainment: campaigns.Attainment{Collected: 11, Required: 48}, Day: "2026-03-05"}) ||
		got.Days[3] != (campaigns.DayProgress{Attainment: campaigns.Attainment{Collected: 48, Required: 48}, Day: "2026-03-02"}) {
		t.Errorf("days %+v, want 11 today and 48 on the 2nd, the best", got.Days)
	}
}

// Who sees a part of a campaign sees what came from there, and no quota of the
// whole.
func TestProgressOfAPart(t *testing.T) {
	t.Parallel()
	s := newService(t)
	p := smallPlan()
	p.Cells = append(p.Cells, campaigns.PlanCell{Unit: "xa-pa-u-2025", Sector: "land", Population: 100, Required: 30, Reserve: 3})
	if err := s.SavePlan(t.Context(), manager, 0, p); err != nil {
		t.Fatal(err)
	}
	s.answer(func(*survey.Response) {})
	s.answer(func(r *survey.Response) { r.Unit, r.Channel, r.By = "xa-pa-u-2025", survey.ChannelPaper, "lan" })
	campaign := s.stored("tthc-2026")
	got, err := s.Progress(t.Context(), campaigns.Part{Campaign: &campaign, Covers: func(u survey.UnitID) bool { return u == "xa-pa-u-2025" }})
	if err != nil {
		t.Fatal(err)
	}
	if got.Collected != 1 || got.Required != 30 || len(got.Cells) != 1 || got.Cells[0].Cell.Unit != "xa-pa-u-2025" || got.Cells[0].Missing() != 29 {
		t.Errorf("%d of %d in %+v, want 1 of 30 in Pa Ủ", got.Collected, got.Required, got.Cells)
	}
	if want := []campaigns.ChannelProgress{{Attainment: campaigns.Attainment{Collected: 1}, Channel: survey.ChannelPaper}}; !cmp.Equal(want, got.Channels) {
		t.Errorf("channels %+v, want %+v", got.Channels, want)
	}
	if want := []campaigns.SurveyorProgress{{Attainment: campaigns.Attainment{Collected: 1}, Surveyor: "lan"}}; !cmp.Equal(want, got.Surveyors) {
		t.Errorf("surveyors %+v, want %+v", got.Surveyors, want)
	}
}

// Without a plan there is where responses came from, in the order of the
// catalogue, and nothing to forecast.
func TestProgressWithoutAPlan(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, unit := range []survey.UnitID{"xa-pa-u-2025", "xa-mu-ca", "xa-pa-u-2025"} {
		s.answer(func(r *survey.Response) { r.Unit = unit })
	}
	campaign := s.stored("tthc-2026")
	got, err := s.Progress(t.Context(), campaigns.Part{Campaign: &campaign, Covers: everywhere, Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	byUnit := map[survey.UnitID]int{}
	for _, cell := range got.Cells {
		byUnit[cell.Cell.Unit] = cell.Collected
	}
	if want := map[survey.UnitID]int{"xa-pa-u-2025": 2, "xa-mu-ca": 1}; !maps.Equal(want, byUnit) {
		t.Errorf("by unit %v, want %v", byUnit, want)
	}
	if got.Required != 0 || got.Forecast != (campaigns.Forecast{}) {
		t.Errorf("%d required, forecast %+v; want neither", got.Required, got.Forecast)
	}
}

func TestAttainment(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ collected, required, missing, percent int }{
		{0, 0, 0, 0}, {3, 0, 0, 0}, {0, 30, 30, 0}, {10, 30, 20, 33}, {30, 30, 0, 100}, {45, 30, 0, 100},
	} {
		a := campaigns.Attainment{Collected: test.collected, Required: test.required}
		if a.Missing() != test.missing || a.Percent() != test.percent {
			t.Errorf("%d of %d: %d missing, %d %%; want %d and %d", test.collected, test.required, a.Missing(), a.Percent(), test.missing, test.percent)
		}
	}
}
