package columns

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
)

// cut cuts the release of the procedures' campaign as a server does, some hours after the
// responses of a fixture were received.
func (w *fixture) cut(hours time.Duration) releases.Cut {
	w.Helper()
	clock := func() time.Time { return surveytest.Received.Add(hours * time.Hour) }
	rs := releases.New(survey.NewChanges(w.Store, audit.New(w.Store, clock), clock), func() *survey.Catalog { return w.Catalog })
	cuts, err := rs.Cut(context.Background(), survey.Actor{Shell: "serve"}, tthc)
	if err != nil || len(cuts) != 1 {
		w.Fatalf("%d cuts, error %v", len(cuts), err)
	}
	return cuts[0]
}

// takeBack puts a mark in the place of a response, as package takeback does.
func (w *fixture) takeBack(r survey.Response) {
	w.Helper()
	mark := survey.TakenBack{ID: r.ID, Rev: 1, Campaign: r.Campaign, Day: r.Day, Mark: true, Counted: &survey.TakenBackCount{Unit: r.Unit, Received: r.Received}}
	if err := (survey.Documents[survey.TakenBack]{Store: w.Store, Collection: survey.Responses}).Replace(context.Background(), 0, mark); err != nil {
		w.Fatal(err)
	}
}

// enteredApart stores thirty responses of three hours, of which the release makes three
// cohorts, and waits for nobody.
func enteredApart(w *fixture) []survey.Response {
	w.Helper()
	rs := surveytest.Times(30, func(i int) survey.Response {
		r := w.Response(4)
		r.Received = r.Received.Add(time.Duration(i/10-3) * time.Hour)
		return r
	})
	rs[7] = func(r survey.Response) survey.Response { r.Answers[0].Codes[0] = 1; return r }(rs[7])
	w.Insert(rs...)
	w.cut(1)
	return rs
}

// Attack: who reads the figures of an office before a citizen takes her response back and
// after, by any process, subtracts. At least five leave with it, and so they do for good
// when the release took notice; they come back with five who are new.
func TestWhoTakesAResponseBackLeavesWithOthers(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := enteredApart(w)
	if got := w.count(); got != 30 {
		t.Fatalf("%d are held, want 30", got)
	}
	w.takeBack(rs[7])
	want := func(when string, held int64, waiting int) {
		t.Helper()
		responses := w.over(w.Store)
		if got, waits := w.overall(responses).Respondents, w.waiting(responses); got != held || waits != waiting {
			t.Errorf("%s a fresh process holds %d and %d wait, want %d and %d", when, got, waits, held, waiting)
		}
	}
	want("taken back:", 20, 0)
	if cut := w.cut(2); cut.Left != 10 || cut.Entered != 0 || cut.Waiting != 0 {
		t.Errorf("the next release: %+v, want ten out", cut)
	}
	stored, err := w.Store.Get(t.Context(), survey.Responses, string(rs[7].ID))
	if _, counted := stored.LookupErr("counted"); err != nil || counted == nil {
		t.Errorf("the release took notice, and the mark is %s, %v", stored, err)
	}
	want("when the release took notice", 20, 0)
	late := func(int) survey.Response {
		r := w.Response(5)
		r.Received = r.Received.Add(3 * time.Hour)
		return r
	}
	w.Insert(surveytest.Times(4, late)...)
	want("with four who are new", 20, 4)
	w.cut(4)
	want("released with four who are new", 20, 4)
	w.Insert(surveytest.Times(1, late)...)
	if cut := w.cut(5); cut.Entered != 5+9 || cut.Left != 0 {
		t.Errorf("with five who are new: %+v, want them and the nine in", cut)
	}
	want("with five who are new", 34, 0)
}

// What was taken back while it waited has nobody stand back.
func TestWhoTakesBackWhileItWaitsLeavesAlone(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	enteredApart(w)
	waits := w.Response(1)
	waits.Received = waits.Received.Add(2 * time.Hour)
	w.Insert(waits)
	w.takeBack(waits)
	responses := w.over(w.Store)
	if got, waiting := w.overall(responses).Respondents, w.waiting(responses); got != 30 || waiting != 0 {
		t.Errorf("%d are held and %d wait, want 30 and 0", got, waiting)
	}
	if cut := w.cut(3); cut.Changed {
		t.Errorf("the release moved: %+v", cut)
	}
	stored, err := w.Store.Get(t.Context(), survey.Responses, string(waits.ID))
	if _, counted := stored.LookupErr("counted"); err != nil || counted == nil {
		t.Errorf("no release needs it, and the mark is %s, %v", stored, err)
	}
}

// during is a store in which something happens once while responses are read.
type during struct {
	survey.Store
	once *sync.Once
	do   func()
}

func (d during) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	if c == survey.Responses {
		d.once.Do(d.do)
	}
	return d.Store.Scan(ctx, c, from, to, visit)
}

// A response may be taken back, and the release take notice of it, after a load read
// the releases: nobody is missing alone.
func TestALoadWhileAReleaseTakesNotice(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := enteredApart(w)
	got := map[string]int64{}
	load := func(when string, do func()) {
		got[when] = w.overall(w.over(during{w.Store, &sync.Once{}, do})).Respondents
	}
	load("taken back", func() { w.takeBack(rs[7]) })
	load("noticed", func() { w.cut(2) })
	load("both at once", func() { w.takeBack(rs[25]); w.cut(3) })
	if diff := cmp.Diff(map[string]int64{"taken back": 20, "noticed": 20, "both at once": 10}, got); diff != "" {
		t.Errorf("held by what happened during the load (-want +got): %s", diff)
	}
}
