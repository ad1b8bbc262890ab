package columns

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestAResponseCountsAtTheNextReadAndOnce(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(6, func(int) survey.Response { return w.Response(5) })...)
	w.responses.Add(w.Response(1)) // before the first load: a load would find it if it were stored
	if got := w.count(); got != 6 {
		t.Errorf("after the load %d respondents, want 6", got)
	}
	late := w.Response(1)
	w.keep(late)
	w.responses.Add(late)
	if got := w.overall(w.responses); got.Respondents != 7 || got.Rate != 6.0/7 {
		t.Errorf("after one more %d respondents at %v, want 7 at 6/7", got.Respondents, got.Rate)
	}
	w.responses.Add(w.Response(5))
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 8}, w.countBy(tthc, Unit)); diff != "" {
		t.Errorf("by unit (-want +got): %s", diff)
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
	if got := w.overall(responses).Respondents; got != 11 {
		t.Errorf("%d respondents, want 11", got)
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
	}
	writers.Wait()
	if got := w.count(); got != 4*each {
		t.Errorf("%d respondents, want %d", got, 4*each)
	}
}

func TestANewCatalogueIsFollowed(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(surveytest.Times(20, func(int) survey.Response { return w.Response(5) })...)
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
	if diff := cmp.Diff(map[string]int64{"other_group": 20}, w.countBy(tthc, Group)); diff != "" {
		t.Errorf("by group after the sector moved (-want +got): %s", diff)
	}
	if got := w.countBy(next.ID, Channel)[string(survey.ChannelQR)]; got != 6 {
		t.Errorf("%d respondents in the new campaign, want 6", got)
	}
}

// A campaign that opens while nothing else changes needs no load.
func TestACampaignThatOpens(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(w.Response(5))
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
	if diff := cmp.Diff(map[string]int64{"land": 1}, w.countBy(next.ID, Sector)); diff != "" {
		t.Errorf("in the new campaign (-want +got): %s", diff)
	}
	if w.responses.loaded != held {
		t.Error("the responses were loaded again")
	}
}

// Which answers to an item are held as what, whether they were loaded or added.
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
	if got := w.overall(responses).Respondents; got != 5 {
		t.Errorf("%d respondents, want 5", got)
	}
}

// Whoever cannot wait for a load goes without; the load goes on.
func TestALoadGoesOnWithoutWhoAsked(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(5, func(int) survey.Response { return w.Response(5) })...)
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
	if got := w.count(); got != 1 {
		t.Errorf("%d respondents, want 1", got)
	}
	w.responses.Add(odd)
	w.responses.Add(broken)
	if err := w.responses.PollVoids(t.Context()); err != nil {
		t.Error(err)
	}
	if err := w.responses.Void(t.Context(), survey.Void{ID: "no id", Campaign: tthc}); !survey.Is(err, survey.Internal) {
		t.Errorf("void of no id: error %v, want Internal", err)
	}
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
	if _, err := w.responses.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.responses.Add(w.Response(4))
	responses, bytes := w.responses.Memory()
	if responses != 31 {
		t.Errorf("%d responses are held, want 31", responses)
	}
	if bytes < 31*16 {
		t.Errorf("%d bytes, which do not hold the ids alone", bytes)
	}
}
