package ledger_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/ledger"
)

// replica is a server that counts what it heard of: what it stored, what it followed,
// and what it read anew.
type replica struct {
	*ledger.Ledger
	*ledger.Follower
	f      *fixture
	counts map[survey.ResponseID]bool
	anew   int
	fails  int // so often reading anew fails first
}

// replica begins as a server does: it notes where the others are, and reads everything.
func (f *fixture) replica(clock func() time.Time) *replica {
	f.Helper()
	r := &replica{f: f, Ledger: ledger.New(f.store, clock), counts: map[survey.ResponseID]bool{}}
	r.Follower = r.Follow(func(v survey.Response) { r.counts[v.ID] = true }, func(context.Context) error {
		r.anew++
		if r.fails--; r.fails >= 0 {
			return survey.NewError(survey.Unavailable, "read anew", nil)
		}
		r.readAll()
		return nil
	}, slog.New(slog.DiscardHandler))
	f.must(r.Poll(context.Background()))
	r.readAll()
	return r
}

func (r *replica) readAll() {
	r.f.Helper()
	clear(r.counts)
	r.f.must(r.f.store.Store.Scan(context.Background(), survey.Responses, "", "", func(doc bson.Raw) error {
		r.counts[survey.ResponseID(survey.DocumentText(doc, "_id"))] = true
		return nil
	}))
}

func (r *replica) keepSome(n int) {
	r.f.Helper()
	for range n {
		if _, err := r.Keep(context.Background(), func(v survey.Response) { r.counts[v.ID] = true }, r.f.response()); err != nil {
			r.f.Fatal(err)
		}
	}
}

// pollFor polls so often in a second each.
func (r *replica) pollFor(n int) {
	r.f.Helper()
	for range n {
		r.f.must(r.Poll(context.Background()))
	}
}

func (r *replica) knows(want int) {
	r.f.Helper()
	if len(r.counts) != want {
		r.f.Errorf("knows of %d responses, stored are %d", len(r.counts), want)
	}
}

// Servers whose clocks are minutes, or a year, apart have the same figures.
func TestReplicasFollowWhateverTheirClocksSay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	behind := func() time.Time { return f.now.Add(-5 * time.Minute) }
	yearBehind := func() time.Time { return f.now.AddDate(-1, 0, 0) }
	f.keep(f.process(), 2)
	one, two, three := f.replica(f.clock), f.replica(behind), f.replica(yearBehind)
	stored := 2
	for i := range 4 {
		for _, r := range []*replica{one, two, three} {
			r.keepSome(i)
			stored += i
		}
		f.now = f.now.Add(time.Second)
		for _, r := range []*replica{one, two, three} {
			r.pollFor(1)
			r.knows(stored)
		}
	}
	for _, r := range []*replica{one, two, three} {
		if r.anew != 0 {
			t.Error("everything was read anew although nothing was missed")
		}
	}
}

// A server that slept over a day, or while its own entries and those of a chain that it
// never saw were closed, reads everything anew.
func TestAReplicaThatSlept(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one, asleep := f.replica(f.clock), f.replica(f.clock)
	one.keepSome(3)
	asleep.keepSome(1)
	asleep.pollFor(1)
	asleep.knows(4)
	one.keepSome(2)
	f.keep(f.process(), 2) // a command that came and went
	f.nextDay()
	f.close(one.Ledger)
	f.nextDay()
	f.close(one.Ledger)
	asleep.pollFor(5)
	asleep.knows(8)
	if asleep.anew == 0 {
		t.Error("nothing was read anew")
	}
	anew := asleep.anew
	one.keepSome(1)
	asleep.pollFor(5)
	asleep.knows(9)
	if asleep.anew != anew {
		t.Error("everything was read anew again")
	}
}

// Closing what was seen makes nobody read anew.
// What failed when everything was to be read anew is done by the next poll: nothing was
// read yet of what was missed.
func TestAGapOutlivesAFailure(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one, asleep := f.replica(f.clock), f.replica(f.clock)
	one.keepSome(3)
	f.nextDay()
	f.close(one.Ledger)
	f.nextDay()
	f.close(one.Ledger)
	asleep.fails = 2
	for range 2 {
		if err := asleep.CatchUp(t.Context()); !survey.Is(err, survey.Unavailable) {
			t.Errorf("error %v while responses are missed, want Unavailable", err)
		}
	}
	if err := asleep.CatchUp(t.Context()); err != nil {
		t.Error(err)
	}
	asleep.knows(3)
}

func TestClosingWhatWasSeen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one, two := f.replica(f.clock), f.replica(f.clock)
	one.keepSome(3)
	two.keepSome(2)
	one.pollFor(1)
	two.pollFor(1)
	f.nextDay()
	f.close(one.Ledger)
	one.pollFor(5)
	two.pollFor(5)
	if one.anew+two.anew != 0 {
		t.Errorf("everything was read anew %d times", one.anew+two.anew)
	}
	one.keepSome(1)
	two.pollFor(1)
	two.knows(6)
}

// An entry is on disk before its responses: they are told of when they are there, also
// when the process that stores them was killed between the two and another one goes on.
func TestResponsesThatComeAfterTheirEntry(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one, two := f.replica(f.clock), f.replica(f.clock)
	one.keepSome(1)
	polled := false
	f.store.Before = func(call string, c survey.Collection) {
		if call == "InsertInOrder" && c == survey.Responses && !polled {
			polled = true
			two.pollFor(1)
			two.knows(1)
			if _, owed := two.Lag(); owed != 1 {
				t.Errorf("owed are %d responses, want 1", owed)
			}
		}
	}
	one.keepSome(1)
	f.store.Before = nil
	two.pollFor(1)
	two.knows(2)
	if _, owed := two.Lag(); owed != 0 {
		t.Errorf("owed are %d responses, want none", owed)
	}
}

// What this process stored without hearing that it did is told of by its own ledger.
func TestAWriteThatSeemedToFail(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one := f.replica(f.clock)
	one.keepSome(1)
	r := f.response()
	f.store.After = func(call string) error {
		if call == "InsertInOrder" {
			return survey.NewError(survey.Unavailable, "the answer was lost", nil)
		}
		return nil
	}
	if _, err := one.Keep(t.Context(), nil, r); !survey.Is(err, survey.Unavailable) {
		t.Errorf("error %v, want one of kind %s", err, survey.Unavailable)
	}
	f.store.After = nil
	one.pollFor(1)
	one.knows(2)
	f.whole()
}

// What is copied or restored by another program is found with the chains it brings.
func TestCopiedData(t *testing.T) {
	t.Parallel()
	from, f := newFixture(t), newFixture(t)
	l := from.process()
	from.keep(l, 3)
	from.nextDay()
	from.close(l)
	from.keep(l, 2)
	one := f.replica(f.clock)
	f.ids = 100
	one.keepSome(1)
	for _, c := range survey.Collections {
		var docs []bson.Raw
		from.must(from.store.Scan(t.Context(), c, "", "", func(doc bson.Raw) error {
			docs = append(docs, append(bson.Raw(nil), doc...))
			return nil
		}))
		if _, err := f.store.Insert(t.Context(), c, docs...); err != nil {
			t.Fatal(err)
		}
	}
	one.pollFor(5)
	one.knows(6)
	f.whole()
}

// Before figures are published, nothing may be unknown, at once and not within seconds.
func TestCatchUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one, two := f.replica(f.clock), f.replica(f.clock)
	for range 3 {
		one.keepSome(2)
		if _, err := one.CloseNow(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.must(two.CatchUp(t.Context()))
		two.knows(len(one.counts))
	}
	f.store.FailNext()
	if err := two.CatchUp(t.Context()); !survey.Is(err, survey.Unavailable) {
		t.Errorf("error %v, want one of kind %s", err, survey.Unavailable)
	}
}

// A server says once that it cannot read, and once that it can again.
func TestFollowingOutlivesInterruptions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one := f.replica(f.clock)
	var said strings.Builder
	broken := true
	f.store.After = func(string) error {
		if broken {
			return survey.NewError(survey.Unavailable, "away", nil)
		}
		return nil
	}
	heard := make(chan bool)
	two := ledger.New(f.store, f.clock)
	other := two.Follow(func(survey.Response) { heard <- true }, nil, slog.New(slog.NewTextHandler(&said, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	tick, done := make(chan time.Time), make(chan struct{})
	go func() { defer close(done); other.Run(ctx, tick) }()
	tick <- f.now
	tick <- f.now
	tick <- f.now // the second poll has failed too
	cancel()
	<-done
	broken = false
	ctx, cancel = context.WithCancel(t.Context())
	done = make(chan struct{})
	f.must(other.Poll(ctx))
	go func() { defer close(done); other.Run(ctx, tick) }()
	tick <- f.now
	go one.keepSome(1)
	for polling := true; polling; {
		select {
		case tick <- f.now:
		case <-heard:
			polling = false
		}
	}
	cancel()
	<-done
	if n := strings.Count(said.String(), "cannot be read at present"); n != 1 {
		t.Errorf("it said %d times that it cannot read: %s", n, said.String())
	}
}
