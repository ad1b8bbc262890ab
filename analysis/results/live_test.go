package results

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestAResponseCountsAtTheNextReadAndOnce(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(6, func(int) survey.Response { return w.Response(5) })...)
	w.live.Add(w.Response(1)) // before the first load: a load would find it if it were stored
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 6 {
		t.Errorf("after the load %d respondents, want 6", got)
	}
	late := w.Response(1)
	w.keep(late)
	w.live.Add(late)
	if got := w.table(Query{Campaign: tthc}).Overall; got.N != 7 || got.Rate != 6.0/7 {
		t.Errorf("after one more %d respondents at %v, want 7 at 6/7", got.N, got.Rate)
	}
	w.live.Add(w.Response(5))
	if got := w.table(Query{Campaign: tthc, By: []Dimension{ByUnit}}); len(got.Groups) != 1 || got.Groups[0].Figure.N != 8 {
		t.Errorf("by unit: %+v, want one unit of 8", got.Groups)
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
	live := NewLive(held, func() *survey.Catalog { return w.Catalog }, nil)
	loaded := make(chan error, 1)
	go func() { loaded <- live.Load(context.Background()) }()
	<-held.reached

	live.Add(before[2]) // stored and visited, its Add comes late
	live.Add(before[8]) // stored, not yet visited
	ahead := w.Response(4)
	w.Insert(ahead) // may or may not be visited
	live.Add(ahead)
	close(held.goOn)
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	live.Add(before[9]) // even later
	table, err := live.Table(t.Context(), Query{Campaign: tthc})
	if err != nil || table.Overall.N != 11 {
		t.Errorf("%d respondents, want 11 (%v)", table.Overall.N, err)
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
		w.table(Query{Campaign: tthc, By: []Dimension{ByUnit, ByMonth}})
	}
	writers.Wait()
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 4*each {
		t.Errorf("%d respondents, want %d", got, 4*each)
	}
}

func TestANewCatalogueIsFollowed(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(surveytest.Times(20, func(int) survey.Response { return w.Response(5) })...)
	if got := w.table(Query{Campaign: tthc, By: []Dimension{ByGroup}}).Groups[0].Keys[0]; got != string(survey.LandBuildInvest) {
		t.Fatalf("group %q", got)
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
	if got := w.table(Query{Campaign: tthc, By: []Dimension{ByGroup}}).Groups[0].Keys[0]; got != "other_group" {
		t.Errorf("group %q after the sector moved", got)
	}
	if got := w.table(Query{Campaign: next.ID}).Overall.N; got != 6 {
		t.Errorf("%d respondents in the new campaign, want 6", got)
	}
}

func TestAFailedLoadIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(5, func(int) survey.Response { return w.Response(5) })...)
	broken := &failingStore{Store: w.Store, err: survey.NewError(survey.Unavailable, "scan", nil)}
	live := NewLive(broken, func() *survey.Catalog { return w.Catalog }, nil)
	if _, err := live.Table(t.Context(), Query{Campaign: tthc}); !survey.Is(err, survey.Unavailable) {
		t.Errorf("error %v, want Unavailable", err)
	}
	broken.err = nil
	if table, err := live.Table(t.Context(), Query{Campaign: tthc}); err != nil || table.Overall.N != 5 {
		t.Errorf("%+v, %v", table.Overall, err)
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

// FuzzRecord holds the hand-written decoder against the domain's own.
func FuzzRecord(f *testing.F) {
	full := survey.Response{
		ID: "01890000-0000-7000-8000-000000000001", Campaign: tthc, Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Point: "ABC", Unit: "u",
		Sector: "land", Channel: survey.ChannelQR, Lang: "vi", Day: "2026-03-05", Received: time.UnixMilli(1),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{5}}, {Item: "wrong", Codes: []int{1, 2}}, {Item: "x", Number: 2.5}, {Item: "na", Codes: []int{0}}},
		Texts:   []survey.Words{{Item: "comment", Text: "Rất tốt"}},
	}
	doc, err := full.MarshalBSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	f.Add(doc[:len(doc)-3])
	f.Add([]byte{5, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, doc []byte) {
		doc = bytes.Clone(doc)
		var got decoded
		if err := got.read(doc, interned{}); err != nil {
			return
		}
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil {
			return // the domain's decoder checks more
		}
		want, err := decodeResponse(&r)
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(decoded{}, answer{}), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}
