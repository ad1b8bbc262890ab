package livecopy_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/check"
	"hailong/survey/ledger"
	"hailong/survey/livecopy"
	"hailong/survey/surveytest"
	"hailong/survey/takeback"
)

// busy is a store at which somebody does something before each call of a copy.
type busy struct {
	*surveytest.Failing
	survey.Carrier // for what Failing does not have; the methods of both are Failing's
}

func (b busy) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	return b.Failing.Insert(ctx, c, docs...)
}

func (b busy) InsertInOrder(ctx context.Context, groups ...survey.InsertGroup) ([][]bool, error) {
	return b.Failing.InsertInOrder(ctx, groups...)
}

func (b busy) Get(ctx context.Context, c survey.Collection, id string) (bson.Raw, error) {
	return b.Failing.Get(ctx, c, id)
}

func (b busy) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	return b.Failing.Replace(ctx, c, rev, doc)
}

func (b busy) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	return b.Failing.Delete(ctx, c, id, rev)
}

func (b busy) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	return b.Failing.Scan(ctx, c, from, to, visit)
}

const day survey.Date = "2026-03-05"

// office is people and servers at work on a store.
type office struct {
	*testing.T
	store     *bolt.Store
	rand      *rand.Rand
	now       time.Time
	changes   *survey.Changes
	servers   []*ledger.Ledger
	units     []survey.UnitID
	responses []survey.ResponseID
	did       map[string]int
	n         int
}

func newOffice(t *testing.T, seed uint64) *office {
	t.Helper()
	o := &office{T: t, store: surveytest.Store(t), rand: rand.New(rand.NewPCG(seed, 9)), now: day.Time().Add(9 * time.Hour), did: map[string]int{}}
	o.restart()
	o.must(audit.New(o.store, o.clock).Baseline(t.Context(), who))
	for range 2 {
		o.servers = append(o.servers, ledger.New(o.store, o.clock))
	}
	return o
}

var who = survey.Actor{Login: "lan"}

func (o *office) clock() time.Time { return o.now }

func (o *office) restart() {
	o.changes = survey.NewChanges(o.store, audit.New(o.store, o.clock), o.clock)
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) unit(name string) survey.Unit {
	return survey.Unit{Name: survey.Text{survey.Vietnamese: name, survey.English: name}, Valid: survey.Span{From: day}}
}

// work does one thing.
func (o *office) work() {
	o.Helper()
	o.n++
	ctx := context.Background()
	switch what := o.rand.IntN(16); {
	case what < 8:
		o.did["keep"]++
		var some []survey.Response
		for range 1 + o.rand.IntN(3) {
			o.n++
			id := survey.ResponseIDOf(day, [10]byte{1: byte(o.rand.Uint32()), 7: byte(o.n >> 16), 8: byte(o.n >> 8), 9: byte(o.n)})
			o.responses = append(o.responses, id)
			some = append(some, survey.Response{ID: id, Campaign: "tthc-2026", Point: "HERE", Day: day, Received: o.now.UTC(), Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}}})
		}
		_, err := o.servers[o.rand.IntN(len(o.servers))].Keep(ctx, nil, some...)
		o.must(err)
	case what == 8: // a server or a command begins
		o.did["begin"]++
		o.servers[o.rand.IntN(len(o.servers))] = ledger.New(o.store, o.clock)
	case what == 9: // figures are published, or a day is over
		o.did["close"]++
		_, err := o.servers[0].CloseNow(ctx)
		o.must(err)
	case what == 10 && len(o.responses) > 0:
		o.did["take back"]++
		o.takeBack(o.responses[o.rand.IntN(len(o.responses))])
	case what == 11 && len(o.units) > 1:
		o.did["act"]++
		o.act()
	default:
		o.did["edit"]++
		o.edit()
	}
}

// edit makes a unit or changes one.
func (o *office) edit() {
	o.Helper()
	id, seen := survey.UnitID(fmt.Sprint("u", o.n)), int64(0)
	if len(o.units) > 0 && o.rand.IntN(2) == 0 {
		id = o.units[o.rand.IntN(len(o.units))]
		doc, err := o.store.Get(o.Context(), survey.Units, string(id))
		o.must(err)
		seen = survey.DocumentRev(doc)
	} else {
		o.units = append(o.units, id)
	}
	_, err := survey.Change(o.Context(), o.changes, survey.Edit[survey.Unit]{
		Collection: survey.Units, ID: string(id), Seen: seen, Actor: who, Action: "unit.edit",
		Do: func(u *survey.Unit) error {
			*u = o.unit(fmt.Sprint("name ", o.n))
			u.ID = id
			return nil
		},
	})
	o.must(err)
}

// act changes one unit, removes another and makes a third, as one.
func (o *office) act() {
	o.Helper()
	o.rand.Shuffle(len(o.units), func(i, j int) { o.units[i], o.units[j] = o.units[j], o.units[i] })
	revs := make([]int64, 2)
	for i, id := range o.units[:2] {
		doc, err := o.store.Get(o.Context(), survey.Units, string(id))
		o.must(err)
		revs[i] = survey.DocumentRev(doc)
	}
	act := o.changes.Begin(who).Entry("unit.merge", "units", nil, nil)
	changed := o.unit("merged")
	changed.ID = o.units[0]
	survey.Update(act, survey.Units, revs[0], changed)
	act.Remove(survey.Units, string(o.units[1]), revs[1])
	made := o.unit("made")
	made.ID = survey.UnitID(fmt.Sprint("u", o.n))
	survey.Create(act, survey.Units, made)
	o.must(act.Do(o.Context()))
	o.units[1] = made.ID
}

// takeBack leaves what package takeback leaves, in its order.
func (o *office) takeBack(id survey.ResponseID) {
	o.Helper()
	doc, err := o.store.Get(o.Context(), survey.Responses, string(id))
	o.must(err)
	if survey.IsTakenBack(doc) {
		return
	}
	mark := survey.TakenBack{ID: id, Rev: survey.DocumentRev(doc) + 1, Campaign: "tthc-2026", Day: day, Mark: true}
	act := o.changes.Begin(who).Entry(takeback.TakeBackAction, "campaigns/tthc-2026", nil, map[string]any{"day": day})
	survey.Create(act, survey.TakenBackMarks, mark.Bare())
	survey.Overwrite(act, survey.Responses, survey.DocumentRev(doc), mark)
	o.must(act.Do(o.Context()))
}

// whole fails unless every check finds a store whole.
func (o *office) whole(store survey.Store, which string) {
	o.Helper()
	var found check.Findings
	o.must(found.Rest(o.Context(), store))
	for _, p := range found.Parts {
		for _, d := range p.Wrong {
			o.Errorf("%s: %s: %+v", which, p.Name, d)
		}
	}
}

// Whatever is done between any two reads of a copy, every check finds the copy whole, and
// what was acknowledged before it began is in it.
func TestACopyIsAsOneMomentLeftIt(t *testing.T) {
	t.Parallel()
	did := map[string]int{}
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { // one after the other: they wait for the same disk
			o := newOffice(t, seed)
			for range o.rand.IntN(30) {
				o.work()
			}
			clear(o.did)
			before := len(o.responses)
			from := busy{Failing: &surveytest.Failing{Store: o.store}, Carrier: o.store}
			calls := 0
			from.Before = func(_ string, c survey.Collection) {
				most := 3
				if slices.Contains([]survey.Collection{survey.Chains, survey.Ledger, survey.LedgerDays}, c) {
					most = 30 // these have to fit each other
				}
				if calls++; calls < 100 { // then the evening comes, or a copy of what changes would not end
					for range o.rand.IntN(most) {
						o.work()
					}
				}
			}
			to := surveytest.Store(t)
			if err := livecopy.Make(t.Context(), from, to); err != nil {
				t.Fatal(err)
			}
			o.whole(o.store, "the source")
			o.whole(to, "the copy")
			for _, id := range o.responses[:before] {
				if _, err := to.Get(t.Context(), survey.Responses, string(id)); err != nil {
					t.Errorf("%s was acknowledged before the copy began: %v", id, err)
				}
			}
			for what, n := range o.did {
				did[what] += n
			}
		})
	}
	for _, what := range []string{"keep", "begin", "close", "take back", "act", "edit"} {
		if did[what] == 0 {
			t.Errorf("nobody did %q meanwhile", what)
		}
	}
}

// A killed process leaves an act by half; it is finished from the copy as it would be from
// the source.
func TestACopyHoldsActsThatAreNotFinished(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	for range 3 {
		o.edit()
	}
	failing := &surveytest.Failing{Store: o.store}
	o.changes = survey.NewChanges(failing, audit.New(failing, o.clock), o.clock)
	failed := false
	failing.Before = func(call string, c survey.Collection) {
		if call == "Replace" && c == survey.Units && !failed {
			failed = true
			failing.FailNext()
		}
	}
	doc, err := o.store.Get(t.Context(), survey.Units, string(o.units[0]))
	o.must(err)
	rev := survey.DocumentRev(doc)
	act := o.changes.Begin(who).Entry("unit.merge", "units", nil, nil)
	after := o.unit("merged")
	after.ID = o.units[0]
	made := o.unit("made")
	made.ID = "made"
	survey.Create(act, survey.Units, made)
	survey.Update(act, survey.Units, rev, after)
	if err := act.Do(t.Context()); err == nil && !failed {
		t.Fatal("the act met no failure")
	}
	to := surveytest.Store(t)
	if err := livecopy.Make(t.Context(), o.store, to); err != nil {
		t.Fatal(err)
	}
	left := survey.NewChanges(to, audit.New(to, o.clock), o.clock)
	_, _, err = left.Recover(t.Context())
	o.must(err)
	o.whole(to, "the copy")
	var unit survey.Unit
	doc, err = to.Get(t.Context(), survey.Units, string(o.units[0]))
	o.must(err)
	o.must(bson.Unmarshal(doc, &unit))
	if _, err := to.Get(t.Context(), survey.Units, "made"); err != nil || unit.Name.In(survey.English) != "merged" {
		t.Errorf("the act is done by half: %q, %v", unit.Name, err)
	}
}

// A source that fails at any moment fails the copy.
func TestAFailureIsNoCopy(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	for range 6 {
		o.work()
	}
	from := busy{Failing: &surveytest.Failing{Store: o.store}, Carrier: o.store}
	from.FailEach(t, func() error { return livecopy.Make(t.Context(), from, surveytest.Store(t)) })
}
