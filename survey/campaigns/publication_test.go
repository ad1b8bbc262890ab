package campaigns_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/editions"
	"hailong/survey/surveytest"
)

// figures are what is published in these tests.
type figures struct {
	Campaign survey.CampaignID `json:"campaign"`
	Rate     float64           `json:"rate"`
}

// rateOf gives the figures of a campaign to publish.
func rateOf(rate float64) func(survey.Campaign, survey.Edition) (any, string, error) {
	return func(c survey.Campaign, _ survey.Edition) (any, string, error) {
		return figures{Campaign: c.ID, Rate: rate}, "", nil
	}
}

// closed stores the campaign of 2027 as one that was closed.
func (s *service) closed() survey.Campaign {
	s.t.Helper()
	c := yearOf2027()
	c.ID, c.State, c.Shut = "tthc-2027", survey.ClosedDown, "2028-01-01"
	c.Complete()
	return s.keep(c)
}

// publish publishes a campaign.
func (s *service) publish(c survey.Campaign, rate float64) survey.Campaign {
	s.t.Helper()
	after, err := s.Publish(s.t.Context(), manager, c.ID, c.Rev, rateOf(rate))
	if err != nil {
		s.t.Fatal(err)
	}
	return after
}

func (s *service) snapshots() []editions.Snapshot {
	s.t.Helper()
	all, err := (survey.Documents[editions.Snapshot]{Store: s.store, Collection: survey.Snapshots}).All(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// The hash that is made public is that of the text that is kept, and the text
// holds the figures.
func TestPublish(t *testing.T) {
	t.Parallel()
	s := newService(t)
	c := s.closed()
	var asked survey.Edition
	after, err := s.Publish(t.Context(), manager, c.ID, c.Rev, func(of survey.Campaign, edition survey.Edition) (any, string, error) {
		if diff := cmp.Diff(c, of); diff != "" {
			t.Errorf("the figures are asked of (-want +got):\n%s", diff)
		}
		asked = edition
		return figures{Campaign: of.ID, Rate: 0.875}, "counts", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	at := s.now.UTC().Truncate(time.Millisecond)
	edition := survey.Edition{Number: 1, Published: at, By: "boss"}
	if diff := cmp.Diff(edition, asked); diff != "" {
		t.Errorf("the figures are asked for (-want +got):\n%s", diff)
	}
	current := after.Current()
	if current == nil {
		t.Fatalf("no edition of %+v is in force", after)
	}
	snapshot, err := s.Snapshot(t.Context(), c.ID, current.Hash)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(snapshot.Body))
	if want := hex.EncodeToString(sum[:]); current.Hash != want {
		t.Errorf("the published hash is %s, that of the text is %s", current.Hash, want)
	}
	var body figures
	if err := json.Unmarshal([]byte(snapshot.Body), &body); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(figures{Campaign: "tthc-2027", Rate: 0.875}, body); diff != "" {
		t.Errorf("the text holds (-want +got):\n%s", diff)
	}
	if snapshot.Counts != "counts" || strings.Contains(snapshot.Body, "counts") {
		t.Errorf("beside the text is kept %q, want the counts, and not in the text", snapshot.Counts)
	}
	if snapshot.Edition != 1 {
		t.Errorf("the snapshot is of edition %d, want 1", snapshot.Edition)
	}
	if !snapshot.At.Equal(at) {
		t.Errorf("the snapshot is of %s, want %s", snapshot.At, at)
	}
	edition.Hash = current.Hash
	want := c
	want.Rev, want.State, want.Editions = 2, survey.Published, []survey.Edition{edition}
	for _, got := range []survey.Campaign{after, s.stored(c.ID)} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the campaign (-want +got):\n%s", diff)
		}
	}
}

// A withdrawn edition stays, with its reason, and its snapshot too. The next one
// counts on; the same figures are the same snapshot.
func TestWithdrawAndPublishAgain(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first := s.publish(s.closed(), 0.9)
	s.now = s.now.Add(time.Hour)
	withdrawn, err := s.Withdraw(t.Context(), survey.Actor{Shell: "root"}, first.ID, first.Rev, "  A commune was missing. ")
	if err != nil {
		t.Fatal(err)
	}
	want := first.Editions[0]
	want.Withdrawn, want.Reason, want.WithBy = s.now.UTC().Truncate(time.Millisecond), "A commune was missing.", "shell:root"
	if diff := cmp.Diff([]survey.Edition{want}, withdrawn.Editions); diff != "" {
		t.Errorf("editions (-want +got):\n%s", diff)
	}
	if withdrawn.Current() != nil {
		t.Errorf("edition %+v is in force, want none", withdrawn.Current())
	}
	if _, err := s.Snapshot(t.Context(), first.ID, first.Editions[0].Hash); err != nil {
		t.Errorf("the snapshot of what was withdrawn: %v", err)
	}

	second := s.publish(withdrawn, 0.9)
	if diff := cmp.Diff(want, second.Editions[0]); diff != "" {
		t.Errorf("the first edition (-want +got):\n%s", diff)
	}
	if got := second.Current(); got.Number != 2 || got.Hash != want.Hash {
		t.Errorf("edition %d of hash %s, want 2 of %s", got.Number, got.Hash, want.Hash)
	}
	if n := len(s.snapshots()); n != 1 {
		t.Errorf("%d snapshots of the same figures, want 1", n)
	}
	again, err := s.Withdraw(t.Context(), manager, second.ID, second.Rev, "It was still missing.")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, again.Editions[0]); diff != "" {
		t.Errorf("the first edition after the second was withdrawn (-want +got):\n%s", diff)
	}
	third := s.publish(again, 0.8)
	if third.Current().Hash == want.Hash {
		t.Error("other figures have the same hash")
	}
	if n := len(s.snapshots()); n != 2 {
		t.Errorf("%d snapshots, want 2", n)
	}
}

func TestWithdrawWithoutAReason(t *testing.T) {
	t.Parallel()
	s := newService(t)
	c := s.publish(s.closed(), 0.9)
	for _, reason := range []string{"", "  too short  ", strings.Repeat("ễ", 501)} {
		_, err := s.Withdraw(t.Context(), manager, c.ID, c.Rev, reason)
		surveytest.WantError(t, err, survey.Invalid, "campaign.invalid")
		surveytest.WantField(t, err, "reason", "campaign.bad_reason")
	}
	if got := s.stored(c.ID).State; got != survey.Published {
		t.Errorf("it is %s, want published still", got)
	}
	if _, err := s.Withdraw(t.Context(), manager, c.ID, c.Rev, strings.Repeat("ễ", 500)); err != nil {
		t.Errorf("a reason as long as it may be: %v", err)
	}
}

// What cannot be computed or written is not published.
func TestFiguresThatFail(t *testing.T) {
	t.Parallel()
	s := newService(t)
	c := s.closed()
	failed := errors.New("no figures")
	_, err := s.Publish(t.Context(), manager, c.ID, c.Rev, func(survey.Campaign, survey.Edition) (any, string, error) { return nil, "", failed })
	if !errors.Is(err, failed) {
		t.Errorf("error %v, want %v", err, failed)
	}
	_, err = s.Publish(t.Context(), manager, c.ID, c.Rev, func(survey.Campaign, survey.Edition) (any, string, error) { return func() {}, "", nil })
	surveytest.WantError(t, err, survey.Internal, "")
	if diff := cmp.Diff(c, s.stored(c.ID)); diff != "" {
		t.Errorf("the campaign (-before +after):\n%s", diff)
	}
	if n := len(s.snapshots()); n != 0 {
		t.Errorf("%d snapshots, want none", n)
	}
}

// Somebody reopens the campaign while its figures are computed: nothing is
// published.
func TestReopenedWhilePublishing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	c := s.closed()
	_, err := s.Publish(t.Context(), manager, c.ID, c.Rev, func(of survey.Campaign, _ survey.Edition) (any, string, error) {
		if _, err := s.Reopen(t.Context(), manager, c.ID, c.Rev); err != nil {
			t.Fatal(err)
		}
		return figures{Campaign: of.ID, Rate: 0.9}, "", nil
	})
	surveytest.WantError(t, err, survey.Conflict, "")
	if got := s.stored(c.ID); got.State != survey.Open || len(got.Editions) != 0 {
		t.Errorf("it is %s with editions %v, want open with none", got.State, got.Editions)
	}
	if n := len(s.snapshots()); n != 0 {
		t.Errorf("%d snapshots, want none", n)
	}
}

// A snapshot as it was stored before canonical JSON had a name is verified by
// the bytes of its text, whatever way of writing they follow.
func TestSnapshotOfAnEarlierRelease(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const hash = "98c278faca5eae0bb8786faf93d9da227134ec63adcb303ba2925691ba759e0b" // sha256sum of the text
	const body = `{"campaign":"tthc-2025","edition":1,"note":"a\u2028b","zero":-0}`
	old := editions.Snapshot{ID: editions.SnapshotID("tthc-2025", hash), Rev: 1, Campaign: "tthc-2025", Edition: 1, Hash: hash, Body: body}
	if err := (survey.Documents[editions.Snapshot]{Store: s.store, Collection: survey.Snapshots}).Insert(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	got, err := s.Snapshot(t.Context(), "tthc-2025", hash)
	if err != nil {
		t.Fatal(err)
	}
	if got.Body != body {
		t.Errorf("text %s, want %s", got.Body, body)
	}
	_, err = s.Snapshot(t.Context(), "tthc-2026", hash)
	surveytest.WantError(t, err, survey.NotFound, "")
}

func TestSnapshotThatWasTamperedWith(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(*editions.Snapshot){
		"Figure":    func(s *editions.Snapshot) { s.Body = strings.Replace(s.Body, "0.75", "0.95", 1) },
		"OneSpace":  func(s *editions.Snapshot) { s.Body += " " },
		"OtherHash": func(s *editions.Snapshot) { s.Hash = strings.Repeat("0", 64) },
		"OtherBoth": func(s *editions.Snapshot) {
			sum := sha256.Sum256([]byte("{}"))
			s.Body, s.Hash = "{}", hex.EncodeToString(sum[:])
		},
		"Empty": func(s *editions.Snapshot) { s.Body = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			c := s.publish(s.closed(), 0.75)
			hash := c.Current().Hash
			snapshot, err := s.Snapshot(t.Context(), c.ID, hash)
			if err != nil {
				t.Fatal(err)
			}
			tamper(&snapshot)
			snapshot.Rev = 2
			if err := (survey.Documents[editions.Snapshot]{Store: s.store, Collection: survey.Snapshots}).Replace(t.Context(), 1, snapshot); err != nil {
				t.Fatal(err)
			}
			_, err = s.Snapshot(t.Context(), c.ID, hash)
			surveytest.WantError(t, err, survey.Internal, "")
			if !errors.Is(err, editions.ErrTampered) {
				t.Errorf("error %v, want %v", err, editions.ErrTampered)
			}
		})
	}
}

// A campaign that publishes by month goes on: each edition covers the months that
// are over, a month has one edition, and withdrawing leaves the campaign open.
func TestPublishByMonth(t *testing.T) {
	t.Parallel()
	s := newService(t)
	c := yearOf2027()
	c.ID, c.State, c.Rhythm = "tthc-2027", survey.Open, survey.Monthly
	c.Complete()
	c = s.keep(c)
	s.now = time.Date(2027, 1, 20, 2, 0, 0, 0, time.UTC)
	_, err := s.Publish(t.Context(), manager, c.ID, c.Rev, rateOf(0.9))
	var early *survey.Error
	if !errors.As(err, &early) || early.Kind != survey.Invalid || early.Key != "campaign.no_period_over" {
		t.Errorf("within the first month: error %v, want Invalid campaign.no_period_over", err)
	}
	s.now = time.Date(2027, 2, 3, 2, 0, 0, 0, time.UTC)
	c = s.publish(c, 0.9)
	if c.State != survey.Open || c.Current() == nil || c.Current().Through != "2027-01-31" {
		t.Fatalf("%s with %+v in force, want open with an edition until 31 January", c.State, c.Current())
	}
	if _, err := s.Publish(t.Context(), manager, c.ID, c.Rev, rateOf(0.8)); !survey.Is(err, survey.Invalid) {
		t.Errorf("the same month again: error %v, want Invalid", err)
	}
	withdrawn, err := s.Withdraw(t.Context(), manager, c.ID, c.Rev, "A commune was missing.")
	if err != nil || withdrawn.State != survey.Open || withdrawn.Current() != nil {
		t.Fatalf("withdrawn: %s, %+v in force, error %v", withdrawn.State, withdrawn.Current(), err)
	}
	again := s.publish(withdrawn, 0.8)
	if got := again.Current(); got == nil || got.Number != 2 || got.Through != "2027-01-31" {
		t.Errorf("after the withdrawal %+v is in force, want edition 2 of January", got)
	}
	// The last one is of all, once the campaign is closed.
	closed, err := s.Close(t.Context(), manager, c.ID, again.Rev)
	if err != nil {
		t.Fatal(err)
	}
	if last := s.publish(closed, 0.7); last.State != survey.Published || last.Current().Through != "" || last.Current().Number != 3 {
		t.Errorf("closed: %s with %+v, want published with edition 3 of all", last.State, last.Current())
	}
}

// An edition names the head of the signed log: who makes its figures knows it, and without
// it nothing is published.
func TestPublishNamesTheHead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	c := s.closed()
	head := survey.LogHead{Size: 3, Root: "root", Signed: "signed", Key: "key"}
	unavailable := survey.NewError(survey.Unavailable, "sign", nil)
	s.NameHead(func(context.Context) (*survey.LogHead, error) { return nil, unavailable })
	if _, err := s.Publish(t.Context(), manager, c.ID, c.Rev, rateOf(0.9)); !survey.Is(err, survey.Unavailable) || len(s.snapshots()) != 0 {
		t.Errorf("without a head %d snapshots are published: %v", len(s.snapshots()), err)
	}
	s.NameHead(func(context.Context) (*survey.LogHead, error) { return &head, nil })
	var asked *survey.LogHead
	after, err := s.Publish(t.Context(), manager, c.ID, c.Rev, func(c survey.Campaign, e survey.Edition) (any, string, error) {
		asked = e.Log
		return figures{Campaign: c.ID}, "", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if named := after.Current().Log; asked == nil || *asked != head || named == nil || *named != head {
		t.Errorf("the figures know %+v, the edition names %+v, want %+v", asked, named, head)
	}
}
