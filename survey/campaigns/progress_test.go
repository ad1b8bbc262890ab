package campaigns_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

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

	key := campaigns.ReceivedGroup{Unit: "pvhcc-xa-mu-ca", Day: "2026-03-02"}
	nextDay, paper := key, key
	nextDay.Day = "2026-03-03"
	paper.By = "lan"
	want := campaigns.ResponseCounts{At: s.now, Received: map[campaigns.ReceivedGroup]int{key: 2, nextDay: 1, paper: 1}, Released: map[campaigns.ReleasedGroup]int{}}
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
	if diff := cmp.Diff(map[campaigns.ReceivedGroup]int{key: 1}, other.Received); diff != "" {
		t.Errorf("of another campaign (-want +got):\n%s", diff)
	}

	// By sector, channel and point they are counted of the release, and a new one is seen
	// at once.
	surveytest.ReleaseAll(t, s.store, "tthc-2026")
	s.now = s.now.Add(time.Second)
	s.answer(same)
	if got, err = s.ResponseCounts(t.Context(), "tthc-2026"); err != nil {
		t.Fatal(err)
	}
	in := campaigns.ReleasedGroup{Point: "ABC1234", Unit: "pvhcc-xa-mu-ca", Sector: "land", Channel: survey.ChannelQR, Day: "2026-03-02"}
	inNext, inPaper := in, in
	inNext.Day = "2026-03-03"
	inPaper.Channel, inPaper.Sector = survey.ChannelPaper, ""
	if diff := cmp.Diff(map[campaigns.ReleasedGroup]int{in: 2, inNext: 1, inPaper: 1}, got.Released); diff != "" || got.Release.Number != 1 {
		t.Errorf("release %d (-want +got):\n%s", got.Release.Number, diff)
	}
	if got.Received[key] != 3 {
		t.Errorf("%d received, want 3", got.Received[key])
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
		for count := range maps.Values(tally.Received) {
			n += count
		}
		if n != test.want {
			t.Errorf("count %d, after %v: %d responses, want %d", i+1, test.after, n, test.want)
		}
	}
}

func everywhere(survey.UnitID) bool { return true }

// Whoever looks before and after one citizen sees a number of the unit rise by one, and
// nothing that tells what that one chose or carried.
func TestProgressTellsNothingOfOneCitizen(t *testing.T) {
	t.Parallel()
	s := newService(t)
	if err := s.SavePlan(t.Context(), manager, 0, smallPlan()); err != nil {
		t.Fatal(err)
	}
	campaign := s.stored("tthc-2026")
	rapid.Check(t, func(draw *rapid.T) { // the responses of one draw are there in the next
		citizen := func(r *survey.Response) {
			r.Sector = rapid.SampledFrom([]survey.SectorID{"land", "other", "justice", ""}).Draw(draw, "sector")
			r.Channel = rapid.SampledFrom([]survey.Channel{survey.ChannelQR, survey.ChannelKiosk, survey.ChannelLink}).Draw(draw, "channel")
			r.Point = rapid.SampledFrom([]survey.PointCode{"ABC1234", "ABC1235"}).Draw(draw, "point")
			if rapid.Bool().Draw(draw, "slip") {
				r.Proof = survey.VerifiedSlip
			}
		}
		for range rapid.IntRange(0, 10).Draw(draw, "before") {
			s.answer(citizen)
		}
		if rapid.Bool().Draw(draw, "released") {
			surveytest.ReleaseAll(t, s.store, "tthc-2026")
		}
		look := func() (campaigns.Progress, campaigns.ResponseCounts) {
			s.now = s.now.Add(2 * time.Minute)
			p, err := s.Progress(t.Context(), campaigns.Part{Campaign: &campaign, Covers: everywhere, Whole: true})
			if err != nil {
				t.Fatal(err)
			}
			counts, err := s.ResponseCounts(t.Context(), "tthc-2026")
			if err != nil {
				t.Fatal(err)
			}
			return p, counts
		}
		before, counted := look()
		s.answer(citizen)
		after, countedAfter := look()
		if after.Received != before.Received+1 {
			draw.Fatalf("%d received, then %d", before.Received, after.Received)
		}
		if diff := cmp.Diff(before.Sectors, after.Sectors) + cmp.Diff(before.Channels, after.Channels) + cmp.Diff(counted.Released, countedAfter.Released); diff != "" {
			draw.Fatalf("one citizen moves:\n%s", diff)
		}
	})
}

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
	for range 4 { // too few to tell
		s.answer(func(r *survey.Response) { r.Channel, r.Day, r.Sector = survey.ChannelLink, "2026-03-05", "justice" })
	}
	surveytest.ReleaseAll(t, s.store, "tthc-2026")
	campaign := s.stored("tthc-2026")
	got, err := s.Progress(t.Context(), campaigns.Part{Campaign: &campaign, Covers: everywhere, Whole: true, Forms: map[survey.Login]int{"lan": 50, "minh": 5}})
	if err != nil {
		t.Fatal(err)
	}
	if got.At != s.now || got.Received != 63 || got.Released != 63 || got.Required != 150 {
		t.Errorf("%d, %d released, of %d at %v, want 63 and 63 of 150 now", got.Received, got.Released, got.Required, got.At)
	}
	units := []campaigns.UnitProgress{{Attainment: campaigns.Attainment{Collected: 63, Required: 150}, Unit: "xa-mu-ca", Released: 63}}
	if diff := cmp.Diff(units, got.Units); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	plan := smallPlan()
	attained := func(collected, required int) campaigns.ReleasedAttainment {
		return campaigns.ReleasedAttainment{Attainment: campaigns.Attainment{Collected: collected, Required: required}}
	}
	cells := []campaigns.CellProgress{{ReleasedAttainment: attained(28, 120), Cell: plan.Cells[0]}, {ReleasedAttainment: attained(31, 30), Cell: plan.Cells[1]}}
	if diff := cmp.Diff(cells, got.Sectors); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	channels := []campaigns.ChannelProgress{
		{ReleasedAttainment: attained(28, 0), Channel: survey.ChannelQR},
		{ReleasedAttainment: campaigns.ReleasedAttainment{Few: true}, Channel: survey.ChannelLink},
		{ReleasedAttainment: attained(31, 50), Channel: survey.ChannelPaper},
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
	// 63 in the last fourteen days, 92 of the first cell are missing: 21 days.
	if f := got.Forecast; f.State != campaigns.FulfilledBy || f.Days != 14 || f.On != "2026-03-26" {
		t.Errorf("forecast %+v, want the 26th of March", f)
	}
	if len(got.Days) != 14 || got.Days[0] != (campaigns.DayProgress{Attainment: campaigns.Attainment{Collected: 15, Required: 48}, Day: "2026-03-05"}) ||
		got.Days[3] != (campaigns.DayProgress{Attainment: campaigns.Attainment{Collected: 48, Required: 48}, Day: "2026-03-02"}) {
		t.Errorf("days %+v, want 15 today and 48 on the 2nd, the best", got.Days)
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
	if got.Received != 1 || got.Required != 30 || len(got.Units) != 1 || got.Units[0].Unit != "xa-pa-u-2025" || got.Units[0].Missing() != 29 {
		t.Errorf("%d of %d in %+v, want 1 of 30 in Pa Ủ", got.Received, got.Required, got.Units)
	}
	if len(got.Sectors) != 0 || len(got.Channels) != 0 {
		t.Errorf("before a release: sectors %+v, channels %+v; want none", got.Sectors, got.Channels)
	}
	for range 4 {
		s.answer(func(r *survey.Response) { r.Unit, r.Channel = "xa-pa-u-2025", survey.ChannelPaper })
	}
	surveytest.ReleaseAll(t, s.store, "tthc-2026")
	if got, err = s.Progress(t.Context(), campaigns.Part{Campaign: &campaign, Covers: func(u survey.UnitID) bool { return u == "xa-pa-u-2025" }}); err != nil {
		t.Fatal(err)
	}
	if want := []campaigns.ChannelProgress{{ReleasedAttainment: campaigns.ReleasedAttainment{Attainment: campaigns.Attainment{Collected: 5}}, Channel: survey.ChannelPaper}}; !cmp.Equal(want, got.Channels) {
		t.Errorf("channels %+v, want %+v", got.Channels, want)
	}
	if len(got.Sectors) != 1 || got.Sectors[0].Cell.Unit != "xa-pa-u-2025" || got.Sectors[0].Collected != 5 {
		t.Errorf("sectors %+v, want the 5 of Pa Ủ", got.Sectors)
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
	for _, unit := range got.Units {
		byUnit[unit.Unit] = unit.Collected
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
