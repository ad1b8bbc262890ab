package ledger_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/ledger"
)

func TestAResponseIsKeptOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	r := f.response()
	told := 0
	for i := range 3 {
		if i == 2 {
			l = f.process()
		}
		fresh, err := l.Keep(t.Context(), func(survey.Response) { told++ }, r, f.response())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]bool{i == 0, true}, fresh); diff != "" {
			t.Errorf("call %d: new (-want +got): %s", i+1, diff)
		}
	}
	if told != 4 {
		t.Errorf("told of %d responses, want 4", told)
	}
	if got := f.whole(); got.Named != 4 || got.Responses != 4 || got.Chains != 2 {
		t.Errorf("%d responses are named %d times in %d chains, want 4, 4 times in 2", got.Responses, got.Named, got.Chains)
	}
}

// Many callers share an entry, and each hears of its own responses.
func TestManyKeepAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	all := make([]survey.Response, 400)
	for i := range all {
		all[i] = f.response()
	}
	var callers sync.WaitGroup
	var mu sync.Mutex
	told := map[survey.ResponseID]int{}
	for i := range all {
		callers.Go(func() {
			twice := all[i/2*2] // every second caller sends what its neighbour does
			if _, err := l.Keep(t.Context(), func(r survey.Response) {
				mu.Lock()
				defer mu.Unlock()
				told[r.ID]++
			}, twice, all[i]); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	for _, r := range all {
		if told[r.ID] != 1 {
			t.Errorf("%s was told of %d times, want once", r.ID, told[r.ID])
		}
	}
	if got := f.whole(); got.Responses != len(all) {
		t.Errorf("stored are %d, want %d", got.Responses, len(all))
	}
}

// Whatever is refused, what was acknowledged is there and the ledger is whole.
func TestAFailureBetweenAnyTwoWrites(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.store.FailEach(t, func() error {
		f.anew()
		l := f.process()
		var failed error
		for range 3 {
			r := f.response()
			_, err := l.Keep(context.Background(), nil, r)
			if err != nil {
				failed = err
				if fresh, err := l.Keep(context.Background(), nil, r); err != nil || len(fresh) != 1 {
					t.Errorf("again: %v, %v", fresh, err)
				}
			}
		}
		for range 2 { // the second time when the day is closed
			if got := f.whole(); got.Responses != 3 {
				t.Errorf("stored are %d, acknowledged 3", got.Responses)
			}
			f.nextDay()
			f.closeAll()
		}
		return failed
	})
}

// A process that is killed between its entry and the responses leaves an end that is
// passed over, there alone.
func TestTheEndOfAChainMayBeUnfinished(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	f.keep(l, 2)
	f.store.Before = func(call string, c survey.Collection) {
		if call == "InsertInOrder" && c == survey.Responses {
			f.store.FailNext()
		}
	}
	lost := f.response()
	if _, err := l.Keep(t.Context(), nil, lost); !survey.Is(err, survey.Unavailable) {
		t.Errorf("error %v, want one of kind %s", err, survey.Unavailable)
	}
	f.store.Before = nil
	if got := f.whole(); got.Unfinished != 1 || got.Responses != 2 {
		t.Errorf("unfinished are %d and stored %d, want 1 and 2", got.Unfinished, got.Responses)
	}
	f.keep(l, 1)
	f.nextDay()
	f.close(f.process())
	if got := f.whole(); got.Unfinished != 1 || got.Responses != 3 {
		t.Errorf("closed: unfinished are %d and stored %d, want 1 and 3", got.Unfinished, got.Responses)
	}
	// It is sent again when its day is closed.
	if fresh, err := l.Keep(t.Context(), nil, lost); err != nil || !fresh[0] {
		t.Errorf("sent again: new is %v, error %v", fresh, err)
	}
	if got := f.whole(); got.Unfinished != 0 || got.Responses != 4 {
		t.Errorf("sent again: unfinished are %d and stored %d, want 0 and 4", got.Unfinished, got.Responses)
	}
}

// Two servers take the same form at once: one response is stored, and both ledgers hold.
func TestTwoServersTakeTheSameForm(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one, other := f.process(), f.process()
	f.keep(one, 1)
	f.keep(other, 1)
	r := f.response()
	first := true
	f.store.Before = func(call string, c survey.Collection) {
		if call == "InsertInOrder" && c == survey.Ledger && first {
			first = false
			if fresh, err := other.Keep(context.Background(), nil, r); err != nil || !fresh[0] {
				t.Errorf("the other: new is %v, error %v", fresh, err)
			}
		}
	}
	if fresh, err := one.Keep(t.Context(), nil, r); err != nil || fresh[0] {
		t.Errorf("the slower one: new is %v, error %v", fresh, err)
	}
	f.store.Before = nil
	f.keep(one, 1)
	f.keep(other, 1)
	f.whole()
	f.nextDay()
	f.close(one)
	f.whole()
}

// The order in which responses came does not outlive the day: not the entries, and not
// in what the closed day says.
func TestAClosedDayHasNoOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	came := f.keep(l, 30)
	f.now = f.now.AddDate(0, 0, 1)
	f.keep(l, 1)
	f.now = day.Time().AddDate(0, 0, 1)
	if n := f.close(l); n != 0 {
		t.Errorf("%d parts were closed at midnight, want none before an hour has passed", n)
	}
	f.nextDay()
	if n := f.close(l); n != 2 {
		t.Errorf("%d parts were closed, want one of each day", n)
	}
	if left := f.idsOf(survey.Ledger); len(left) != 0 {
		t.Errorf("entries %v are left", left)
	}
	got := f.whole()
	if got.Parts != 2 || got.Responses != 31 {
		t.Errorf("%d responses in %d parts, want 31 in 2", got.Responses, got.Parts)
	}
	part := f.get(survey.LedgerDays, f.idsOf(survey.LedgerDays)[0])
	_, leaves := part.Lookup("leaves").Binary()
	var named, sorted []string
	for i := 0; i < len(leaves); i += 48 {
		named = append(named, fmt.Sprintf("%x", leaves[i:i+16]))
	}
	for _, r := range came {
		sorted = append(sorted, strings.ReplaceAll(string(r.ID), "-", ""))
	}
	slices.Sort(sorted)
	if diff := cmp.Diff(sorted, named); diff != "" {
		t.Errorf("leaves (-want +got): %s", diff)
	}
	if _, err := part.LookupErr("nonce"); err == nil {
		t.Error("the nonces stayed")
	}
}

// A kill between any two writes of closing is made good by the next run.
func TestClosingIsRepeatable(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.store.FailEach(t, func() error {
		f.anew()
		quiet := ledger.New(f.store.Store, f.clock) // which does not fail
		f.keep(quiet, 2)
		f.keep(ledger.New(f.store.Store, f.clock), 1)
		f.now = f.now.AddDate(0, 0, 1)
		f.keep(quiet, 1)
		f.nextDay()
		_, err := f.process().Close(context.Background())
		f.whole()
		f.closeAll()
		if got := f.whole(); got.Responses != 4 || got.Named != 4 || got.Entries != 0 || got.Parts != 3 {
			t.Errorf("stored are %d and named %d of 4, in %d parts and %d entries", got.Responses, got.Named, got.Parts, got.Entries)
		}
		return err
	})
}

// Two servers close the same day at once: each response is in one part, once.
func TestTwoServersCloseAtOnce(t *testing.T) {
	t.Parallel()
	for at := range 12 {
		f := newFixture(t)
		one, other := f.process(), f.process()
		f.keep(one, 3)
		f.keep(other, 2)
		f.nextDay()
		calls := 0
		f.store.Before = func(string, survey.Collection) {
			if calls++; calls == at+1 {
				f.close(other)
			}
		}
		f.close(one)
		f.store.Before = nil
		if got := f.whole(); got.Responses != 5 || got.Named != 5 || got.Entries > 2 { // the seal of each, which is of the new day
			t.Errorf("at call %d: stored are %d and named %d of 5, %d entries are left", at, got.Responses, got.Named, got.Entries)
		}
	}
}

func TestWhatIsNoUUIDIsRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.response()
	r.ID = "no-uuid"
	if _, err := f.process().Keep(t.Context(), nil, r); !survey.Is(err, survey.Invalid) {
		t.Errorf("error %v, want one of kind %s", err, survey.Invalid)
	}
	if ids := f.idsOf(survey.Responses); len(ids) != 0 {
		t.Errorf("stored are %v", ids)
	}
}

// Who waits no longer is refused, and what is under way all the same is told of.
func TestACallerThatLeaves(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	ctx, cancel := context.WithCancel(t.Context())
	f.store.Before = func(call string, c survey.Collection) {
		if call == "InsertInOrder" {
			cancel()
		}
	}
	told := make(chan survey.ResponseID, 1)
	r := f.response()
	fresh, err := l.Keep(ctx, func(r survey.Response) { told <- r.ID }, r)
	if err != nil && !survey.Is(err, survey.Unavailable) || err == nil && !fresh[0] {
		t.Errorf("new is %v, error %v", fresh, err)
	}
	if id := <-told; id != r.ID {
		t.Errorf("told of %s, want %s", id, r.ID)
	}
	f.store.Before = nil
	f.whole()
}
