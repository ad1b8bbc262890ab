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
	if err := (survey.Documents[survey.Void]{Store: s.store, Collection: survey.Voids}).Insert(t.Context(), survey.Void{ID: voided, Rev: 1}); err != nil {
		t.Fatal(err)
	}

	key := campaigns.ResponseGroup{Unit: "pvhcc-xa-mu-ca", Sector: "land", Channel: survey.ChannelQR, Day: "2026-03-02"}
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
