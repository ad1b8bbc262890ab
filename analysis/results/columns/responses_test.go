package columns

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
)

// A response waits until a release holds it, is counted once then, and waits once
// before that, however often it is heard of.
func TestAResponseCountsOnceAReleaseHoldsIt(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(6, func(int) survey.Response { return w.Response(5) })...)
	w.responses.Add(w.Response(1)) // before the first load: a load would find it if it were stored
	if got, waiting := w.count(), w.waiting(w.responses); got != 0 || waiting != 6 {
		t.Errorf("before the first release %d are counted and %d wait, want 0 and 6", got, waiting)
	}
	w.release()
	late := w.Response(1)
	w.keep(late)
	w.responses.Add(late)
	if got, waiting := w.count(), w.waiting(w.responses); got != 6 || waiting != 1 {
		t.Errorf("after one more %d are counted and %d wait, want 6 and 1", got, waiting)
	}
	w.release()
	if got := w.overall(w.responses); got.Respondents != 7 || got.Rate != 6.0/7 {
		t.Errorf("after the second release %d respondents at %v, want 7 at 6/7", got.Respondents, got.Rate)
	}
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 7}, w.countBy(tthc, Unit)); diff != "" {
		t.Errorf("by unit (-want +got): %s", diff)
	}
	if waiting := w.waiting(w.responses); waiting != 0 {
		t.Errorf("%d wait, want none", waiting)
	}
}

// Units are released apart, by when a response was received; readers are answered
// from the releases before while those of now are loaded.
func TestAReleaseHoldsUnitsApart(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	later := w.Response(5)
	later.Received = surveytest.Received.Add(time.Minute)
	elsewhere := w.Response(5)
	elsewhere.Unit = "xa-bum-nua-2025"
	w.Insert(w.Response(5), later, elsewhere)
	docs := survey.Documents[releases.Release]{Store: w.Store, Collection: survey.Releases}
	places := []releases.UnitRelease{{Unit: "xa-bum-to-2025", Through: surveytest.Received.Add(time.Second)}}
	if err := docs.Insert(t.Context(), releases.Release{ID: tthc, Rev: 1, Number: 1, Places: places}); err != nil {
		t.Fatal(err)
	}
	if got, waiting := w.count(), w.waiting(w.responses); got != 1 || waiting != 2 {
		t.Errorf("%d are counted and %d wait, want 1 and 2", got, waiting)
	}
	places = append(places, releases.UnitRelease{Unit: "xa-bum-nua-2025", Through: surveytest.Received.Add(time.Second)})
	if err := docs.Replace(t.Context(), 1, releases.Release{ID: tthc, Rev: 2, Number: 2, Places: places}); err != nil {
		t.Fatal(err)
	}
	if got := w.count(); got != 1 {
		t.Errorf("%d are counted before the second release is read, want 1", got)
	}
	if err := w.responses.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 1, "xa-bum-nua-2025": 1}, w.countBy(tthc, Unit)); diff != "" {
		t.Errorf("by unit (-want +got): %s", diff)
	}
	held := w.responses.loaded
	if err := w.responses.Refresh(t.Context()); err != nil || w.responses.loaded != held {
		t.Errorf("without a new release the responses were loaded again (%v)", err)
	}
}

// An edition of a period is made of what was answered until its last day.
func TestReadThroughADay(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	after := w.Response(1)
	after.Day = "2026-03-06"
	w.Insert(w.Response(5), after)
	w.release()
	err := w.responses.ReadThrough(t.Context(), tthc, "2026-03-05", func(v *CampaignView) error {
		if v.Responses() != 1 || v.Release.Number != 1 {
			t.Errorf("%d responses of release %d, want 1 of 1", v.Responses(), v.Release.Number)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.responses.ReadThrough(t.Context(), "no-such", "2026-03-05", nil); !errors.Is(err, ErrNoCampaign) {
		t.Errorf("error %v, want ErrNoCampaign", err)
	}
}

// heldStore stops a scan after some documents until it is let go on.
type heldStore struct {
	survey.Store
	collection survey.Collection
	after      int
	reached    chan struct{}
	goOn       chan struct{}
}

func (s *heldStore) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	if c != s.collection {
		return s.Store.Scan(ctx, c, from, to, visit)
	}
	n := 0
	return s.Store.Scan(ctx, c, from, to, func(doc bson.Raw) error {
		if n == s.after {
			close(s.reached)
			<-s.goOn
		}
		n++
		return visit(doc)
	})
}

func TestResponsesThatArriveDuringALoadCountOnce(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	before := surveytest.Times(10, func(int) survey.Response { return w.Response(5) })
	w.Insert(before...)
	held := &heldStore{Store: w.Store, collection: survey.Responses, after: 5, reached: make(chan struct{}), goOn: make(chan struct{})}
	responses := w.over(held)
	loaded := make(chan error, 1)
	go func() {
		_, err := responses.Load(context.Background())
		loaded <- err
	}()
	<-held.reached

	responses.Add(before[2]) // stored and visited, its Add comes late
	responses.Add(before[8]) // stored, not yet visited
	ahead := w.Response(4)
	w.Insert(ahead) // may or may not be visited
	responses.Add(ahead)
	close(held.goOn)
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	responses.Add(before[9]) // even later
	if got := w.waiting(responses); got != 11 {
		t.Errorf("%d responses wait, want 11", got)
	}
}

func TestReadersAndWritersTogether(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	const each = 200
	var writers sync.WaitGroup
	for range 4 {
		rs := surveytest.Times(each, func(int) survey.Response { return w.Response(4) })
		writers.Go(func() {
			for _, r := range rs {
				w.keep(r)
			}
		})
	}
	for range 50 {
		w.overall(w.responses)
		w.countBy(tthc, Unit)
		w.release()
	}
	writers.Wait()
	w.release()
	if got := w.count(); got != 4*each {
		t.Errorf("%d respondents, want %d", got, 4*each)
	}
}

func TestANewCatalogueIsFollowed(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(surveytest.Times(20, func(int) survey.Response { return w.Response(5) })...)
	w.release()
	if diff := cmp.Diff(map[string]int64{string(survey.LandBuildInvest): 20}, w.countBy(tthc, Group)); diff != "" {
		t.Fatalf("by group (-want +got): %s", diff)
	}
	// A sector moves to another group: the figures follow.
	moved := *w.Catalog.Sector("land")
	moved.Rev, moved.Group = moved.Rev+1, "other_group"
	if err := (survey.Documents[survey.Sector]{Store: w.Store, Collection: survey.Sectors}).Replace(t.Context(), moved.Rev-1, moved); err != nil {
		t.Fatal(err)
	}
	// A campaign opens: its first response counts.
	next := *w.Catalog.Campaign(tthc)
	next.ID = "tthc-extra"
	if err := (survey.Documents[survey.Campaign]{Store: w.Store, Collection: survey.Campaigns}).Insert(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	r := w.Response(5)
	r.Campaign = next.ID
	w.keep(surveytest.Times(6, func(int) survey.Response { r.ID = w.ID(); return r })...)
	w.release()
	if diff := cmp.Diff(map[string]int64{"other_group": 20}, w.countBy(tthc, Group)); diff != "" {
		t.Errorf("by group after the sector moved (-want +got): %s", diff)
	}
	if got := w.countBy(next.ID, Channel)[string(survey.ChannelQR)]; got != 6 {
		t.Errorf("%d respondents in the new campaign, want 6", got)
	}
}

// A campaign that opens while nothing else changes needs no load: its responses
// wait.
func TestACampaignThatOpens(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(w.Response(5))
	w.release()
	if got := w.count(); got != 1 {
		t.Fatalf("%d respondents, want 1", got)
	}
	next := *w.Catalog.Campaign(tthc)
	next.ID = "tthc-extra"
	if err := (survey.Documents[survey.Campaign]{Store: w.Store, Collection: survey.Campaigns}).Insert(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	held := w.responses.loaded
	r := w.Response(5)
	r.Campaign = next.ID
	w.keep(r)
	if got, err := w.responses.Waiting(t.Context(), next.ID); err != nil || got[r.Unit].Total() != 1 {
		t.Errorf("in the new campaign %v wait, error %v, want 1", got, err)
	}
	if w.responses.loaded != held {
		t.Error("the responses were loaded again")
	}
}

// Which answers to an item are held as what.
func TestAnswersInAColumn(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	answers := func() []survey.Response {
		rs := []survey.Response{w.Response(5), w.Response(survey.NotApplicable), w.Response(6), w.Response(5)}
		rs[3].Answers = []survey.Answer{{Item: "overall", Codes: []int{4, 5}}, {Item: "no-such-item", Codes: []int{5}}}
		return rs
	}
	w.Insert(answers()...)
	for n := int64(1); n <= 3; n++ {
		w.release()
		err := w.responses.Read(t.Context(), tthc, func(v *CampaignView) error {
			counts, err := v.Count()
			if err != nil {
				return err
			}
			col := v.Layout.Column["overall"]
			if diff := cmp.Diff([]int64{0, 0, 0, 0, n}, counts.Counts(0, col)); diff != "" {
				t.Errorf("answers by code (-want +got): %s", diff)
			}
			if got := counts.NotApplicable(0, col); got != n {
				t.Errorf("%d answers are not applicable, want %d", got, n)
			}
			if got := counts.Missing(0, col); got != 2*n { // one of no such code, one of several codes
				t.Errorf("%d answers are missing, want %d", got, 2*n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.keep(answers()...)
	}
}

func TestAFailedLoadIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(5, func(int) survey.Response { return w.Response(5) })...)
	broken := &failingStore{Store: w.Store, err: survey.NewError(survey.Unavailable, "scan", nil)}
	responses := w.over(broken)
	nobody := func(*CampaignView) error { return errors.New("nothing is to be read") }
	if err := responses.Read(t.Context(), tthc, nobody); !survey.Is(err, survey.Unavailable) {
		t.Errorf("error %v, want Unavailable", err)
	}
	broken.err = nil
	w.Release()
	if got := w.overall(responses).Respondents; got != 5 {
		t.Errorf("%d respondents, want 5", got)
	}
}

// Whoever cannot wait for a load goes without; the load goes on.
func TestALoadGoesOnWithoutWhoAsked(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(5, func(int) survey.Response { return w.Response(5) })...)
	w.Release()
	held := &heldStore{Store: w.Store, collection: survey.Responses, after: 2, reached: make(chan struct{}), goOn: make(chan struct{})}
	responses := w.over(held)
	ctx, leave := context.WithCancel(t.Context())
	asked := make(chan error, 1)
	go func() {
		_, err := responses.Load(ctx)
		asked <- err
	}()
	<-held.reached
	leave()
	if err := <-asked; !survey.Is(err, survey.Unavailable) {
		t.Errorf("error %v, want Unavailable", err)
	}
	close(held.goOn)
	if got := w.overall(responses).Respondents; got != 5 { // the store can be held once only: it was read once
		t.Errorf("%d respondents, want 5", got)
	}
}

// Responses and voids of a campaign that the catalogue does not have are in no
// count, and keep nothing else from being counted.
func TestAnUnknownCampaign(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	odd := w.Response(5)
	odd.Campaign = "no-such-campaign"
	broken := w.Response(5)
	broken.ID = "no id"
	w.keep(odd, w.Response(5))
	w.Void(odd)
	w.Release()
	if got := w.count(); got != 1 {
		t.Errorf("%d respondents, want 1", got)
	}
	w.responses.Add(odd)
	w.responses.Add(broken)
	nothing := func(*CampaignView) error {
		t.Error("a campaign is read that the catalogue does not have")
		return nil
	}
	if err := w.responses.Read(t.Context(), odd.Campaign, nothing); !errors.Is(err, ErrNoCampaign) {
		t.Errorf("error %v, want ErrNoCampaign", err)
	}
	if got := w.count(); got != 1 {
		t.Errorf("%d respondents, want 1", got)
	}
	if responses, _ := w.responses.Memory(); responses != 1 {
		t.Errorf("%d responses are held, want 1", responses)
	}
}

// The error of who reads comes back as it is, and so does the catalogue in force.
func TestReadReturnsTheErrorOfItsReader(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	stop := errors.New("stop")
	if err := w.responses.Read(t.Context(), tthc, func(*CampaignView) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want the reader's", err)
	}
	for range 2 {
		catalog, err := w.responses.Load(t.Context())
		if err != nil || catalog != w.Catalog {
			t.Errorf("the catalogue of the load is not the one in force (%v)", err)
		}
		w.Reload()
	}
}

type failingStore struct {
	survey.Store
	err error
}

func (s *failingStore) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	if s.err != nil {
		return s.err
	}
	return s.Store.Scan(ctx, c, from, to, visit)
}

func TestMemoryIsWhatIsHeld(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	if responses, bytes := w.responses.Memory(); responses != 0 || bytes != 0 {
		t.Errorf("before the load: %d responses in %d bytes", responses, bytes)
	}
	w.Insert(surveytest.Times(30, func(int) survey.Response { return w.Response(5) })...)
	w.Release()
	if _, err := w.responses.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.responses.Add(w.Response(4)) // waits: its id alone is held
	responses, bytes := w.responses.Memory()
	if responses != 30 {
		t.Errorf("%d responses are held, want 30", responses)
	}
	if bytes < 31*16 {
		t.Errorf("%d bytes, which do not hold the ids alone", bytes)
	}
}
