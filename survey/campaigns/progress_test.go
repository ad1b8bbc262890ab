package campaigns_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/surveytest"
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
func TestTally(t *testing.T) {
	t.Parallel()
	s := newService(t)
	same := func(*survey.Response) {}
	s.answer(same)
	s.answer(same)
	s.answer(func(r *survey.Response) { r.Day = "2026-03-03" })
	s.answer(func(r *survey.Response) { r.Channel, r.By, r.Sector = survey.ChannelPaper, "lan", "" })
	s.answer(func(r *survey.Response) { r.Campaign = "tthc-2025" })
	voided := s.answer(same)
	if err := (survey.Table[survey.Void]{Store: s.store, Collection: survey.Voids}).Insert(t.Context(), survey.Void{ID: voided, Rev: 1}); err != nil {
		t.Fatal(err)
	}

	key := campaigns.TallyKey{Unit: "pvhcc-xa-mu-ca", Sector: "land", Channel: survey.ChannelQR, Day: "2026-03-02"}
	nextDay, paper := key, key
	nextDay.Day = "2026-03-03"
	paper.Channel, paper.By, paper.Sector = survey.ChannelPaper, "lan", ""
	want := campaigns.Tally{At: s.now, Counts: map[campaigns.TallyKey]int{key: 2, nextDay: 1, paper: 1}}
	got, err := s.Tally(t.Context(), "tthc-2026")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other, err := s.Tally(t.Context(), "tthc-2025")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[campaigns.TallyKey]int{key: 1}, other.Counts); diff != "" {
		t.Errorf("of another campaign (-want +got):\n%s", diff)
	}
}

// A count is kept for less than a minute, and not if the clock goes back.
func TestTallyAge(t *testing.T) {
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
		tally, err := s.Tally(t.Context(), "tthc-2026")
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

func TestForecast(t *testing.T) {
	t.Parallel()
	year := survey.Campaign{State: survey.Open, Period: survey.Span{From: "2026-01-01", To: "2026-12-31"}}
	with := func(change func(*survey.Campaign)) *survey.Campaign {
		c := year
		change(&c)
		return &c
	}
	days := map[survey.Date]int{"2026-02-01": 500, "2026-02-19": 7, "2026-03-05": 7, "2026-03-06": 100}
	for name, tt := range map[string]struct {
		byDay    map[survey.Date]int
		missing  int
		campaign *survey.Campaign
		today    survey.Date
		want     campaigns.Forecast
	}{
		"Done":        {days, 0, &year, "2026-03-05", campaigns.Forecast{State: "progress.forecast.done"}},
		"DoneAndOver": {days, 0, with(func(c *survey.Campaign) { c.State = survey.ClosedDown }), "2026-03-05", campaigns.Forecast{State: "progress.forecast.done"}},
		"Closed":      {days, 1, with(func(c *survey.Campaign) { c.State = survey.ClosedDown }), "2026-03-05", campaigns.Forecast{State: "progress.forecast.over"}},
		"Published":   {days, 1, with(func(c *survey.Campaign) { c.State = survey.Published }), "2026-03-05", campaigns.Forecast{State: "progress.forecast.over"}},
		// 7 responses in the 14 days to 5 March, of which 19 February is not one.
		"InTime": {days, 100, &year, "2026-03-05", campaigns.Forecast{State: "progress.forecast.by", Pace: 0.5, Days: 14, On: "2026-09-21"}},
		"RoundedUp": {
			days, 15, with(func(c *survey.Campaign) { c.Period.From = "2026-03-05" }), "2026-03-05",
			campaigns.Forecast{State: "progress.forecast.by", Pace: 7, Days: 1, On: "2026-03-08"},
		},
		"OnTheLastDay": {
			days, 100, with(func(c *survey.Campaign) { c.Period.To = "2026-09-21" }), "2026-03-05",
			campaigns.Forecast{State: "progress.forecast.by", Pace: 0.5, Days: 14, On: "2026-09-21"},
		},
		"TooLate": {
			days, 100, with(func(c *survey.Campaign) { c.Period.To = "2026-09-20" }), "2026-03-05",
			campaigns.Forecast{State: "progress.forecast.late", Pace: 0.5, Days: 14, On: "2026-09-21"},
		},
		"NoLastDay": {
			days, 100, with(func(c *survey.Campaign) { c.Period.To = "" }), "2026-03-05",
			campaigns.Forecast{State: "progress.forecast.by", Pace: 0.5, Days: 14, On: "2026-09-21"},
		},
		"JustBegun": {
			days, 14, with(func(c *survey.Campaign) { c.Period.From = "2026-03-05" }), "2026-03-05",
			campaigns.Forecast{State: "progress.forecast.by", Pace: 7, Days: 1, On: "2026-03-07"},
		},
		// The pace is that of the period's last days, the forecast is from today.
		"PastItsLastDay": {
			days, 14, with(func(c *survey.Campaign) { c.Period.To = "2026-03-05" }), "2026-03-08",
			campaigns.Forecast{State: "progress.forecast.late", Pace: 7.0 / 11, Days: 11, On: "2026-03-30"},
		},
		"NothingCame":  {nil, 14, &year, "2026-03-05", campaigns.Forecast{State: "progress.forecast.none", Days: 14}},
		"TenYearsAway": {days, 1826, &year, "2026-03-05", campaigns.Forecast{State: "progress.forecast.none", Pace: 0.5, Days: 14}},
		"ADraft":       {days, 14, with(func(c *survey.Campaign) { c.State, c.Period.From = survey.Draft, "2026-03-05" }), "2026-03-05", campaigns.Forecast{State: "progress.forecast.by", Pace: 7, Days: 1, On: "2026-03-07"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := campaigns.Foresee(tt.byDay, tt.missing, tt.campaign, tt.today)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}

	notBegun := campaigns.Foresee(nil, 14, with(func(c *survey.Campaign) { c.Period.From = "2026-04-01" }), "2026-03-05")
	if notBegun.State != "progress.forecast.none" {
		t.Errorf("before its first day: %s, want progress.forecast.none", notBegun.State)
	}
}
