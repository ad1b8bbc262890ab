package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hailong/analysis/results"
	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/keys"
	"hailong/survey/ledger"
	"hailong/survey/storetest"
	"hailong/survey/surveytest"
	"hailong/web"
	"hailong/web/servertest"
)

// replica is a whole server with a clock of its own, whose background work is done when
// the test asks for it.
type replica struct {
	*citizens
	t        *testing.T
	entered  *ledger.Ledger
	released *results.Released
	catalog  func() *survey.Catalog
	others   *ledger.Follower
	close    func() // of its store; a second call does nothing

	mu    sync.Mutex
	shift time.Duration // of its clock, from ours
}

// newReplica starts one on a store after its first start; c are those who answer there.
func newReplica(t *testing.T, url string, secrets *keys.Keys, c *citizens, shift time.Duration) *replica {
	t.Helper()
	store := shelltest.OpenURL(t, url)
	r := &replica{citizens: c, t: t, shift: shift, close: sync.OnceFunc(func() { shelltest.CloseStore(t, store) })}
	t.Cleanup(r.close)
	log := slog.New(slog.DiscardHandler)
	changes, audit := shell.ChangesOf(store)
	current, err := survey.OpenCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	released := results.NewReleased(store, current.Catalog, log)
	well, err := newHealth(t.Context(), store, audit, released, log)
	if err != nil {
		t.Fatal(err)
	}
	r.entered = ledger.New(store, r.now)
	services := newServices(changes, r.entered, audit, current.Catalog, released, released.Add, well, secrets, log)
	services.Intake.Now = r.now
	server, err := web.New(web.Config{Catalog: current.Catalog, Reload: current.Reload, LAN: true, Log: log, Now: r.now}, services)
	if err != nil {
		t.Fatal(err)
	}
	r.others = newFollower(r.entered, released, services, log)
	r.released, r.catalog = released, current.Catalog
	r.poll()
	if err := released.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.at(servertest.Serve(t, &servertest.Server{Server: server, Services: services}))
	return r
}

func (r *replica) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.shift)
}

// set puts its clock so far from ours.
func (r *replica) set(shift time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shift = shift
}

// some has so many forms filled in and sent, and returns how many were shown: by a clock
// that is wrong the survey may be over.
func (r *replica) some(n int) (shown int) {
	r.t.Helper()
	random := rand.New(rand.NewPCG(1, uint64(r.number.Load())))
	for range n {
		form, err := r.fill(random)
		if err != nil {
			continue
		}
		r.send(form, random.IntN(4) == 0)
		shown++
	}
	return shown
}

// poll looks so often at what others stored that also what they closed is looked at.
func (r *replica) poll() {
	r.t.Helper()
	for range 5 {
		if err := r.others.Poll(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
	}
}

// knows fails unless its figures are of so many responses.
func (r *replica) knows(want int, when string) {
	r.t.Helper()
	n, _ := r.released.Memory() // in a release; the others wait for one
	for _, campaign := range r.catalog().Campaigns {
		waiting, err := r.released.Waiting(r.t.Context(), campaign.ID)
		if err != nil {
			r.t.Fatal(err)
		}
		n += results.WaitingByUnit(waiting).Total()
	}
	if n != want {
		r.t.Errorf("%s: the figures of a server are of %d responses, stored are %d", when, n, want)
	}
}

// The clock of a server jumps while citizens send, by a day, by weeks and back by more
// than a year, as of a machine whose battery is empty.
func TestFaultClockJumps(t *testing.T) {
	t.Parallel()
	url := "bolt:" + filepath.Join(t.TempDir(), "clock.db")
	startOn(t, url).kill()
	r := newReplica(t, url, surveytest.Keys(t), newCitizens(t, url), 0)
	shown := map[time.Duration]int{}
	const day = 24 * time.Hour
	for _, shift := range []time.Duration{0, day, -day, 40 * day, -400 * day, 0} {
		r.set(shift)
		shown[shift] += r.some(8)
	}
	if shown[0] != 16 || shown[day] != 8 || shown[-day] != 8 {
		t.Errorf("forms shown, by how wrong the clock is: %v", shown)
	}
	r.close()
	o := r.outcome(url, "clock of the server jumps while citizens send")
	o.Note = fmt.Sprintf("±1, +40, −400 days; forms shown: %v", shown)
	o.Report(t)
}

// Servers on one database whose clocks are minutes apart have the same figures, also on
// data that was copied there, and after one has slept while days were closed. What is
// published is of all that was acknowledged before.
func TestFaultReplicasWithWrongClocks(t *testing.T) {
	t.Parallel()
	url := storetest.MongoDB(t).Database(t)
	from := "bolt:" + filepath.Join(t.TempDir(), "from.db")
	startOn(t, from).kill()
	secrets := surveytest.Keys(t)
	before := newReplica(t, from, secrets, newCitizens(t, from), 0)
	before.some(6)
	if _, err := before.entered.CloseNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	before.some(2)
	before.close()
	mustCommand(t, "copy", "--from", from, "--to", url)

	var all []*replica
	for i, shift := range []time.Duration{0, -5 * time.Minute, 5 * time.Minute} {
		c := newCitizens(t, url)
		c.number.Store(int64(1+i) * 1_000_000) // forms of their own
		all = append(all, newReplica(t, url, secrets, c, shift))
	}
	stored := func() (n int) {
		n = len(before.acked)
		for _, r := range all {
			n += len(r.acked)
		}
		return n
	}
	for range 2 {
		for i, r := range all {
			r.some(2 + i)
		}
		for _, r := range all {
			r.poll()
			r.knows(stored(), "clocks five minutes apart")
		}
	}
	asleep := all[2]
	for range 2 { // over two days, which the others close
		all[0].some(3)
		all[1].some(1)
		for i, r := range all[:2] {
			r.set(time.Until(r.now()) + 27*time.Hour)
			if _, err := r.entered.Close(t.Context()); err != nil {
				t.Fatalf("server %d: %v", i, err)
			}
		}
	}
	asleep.poll()
	asleep.knows(stored(), "a server that slept")
	all[0].some(2)
	if err := knowsAll(asleep.others)(t.Context(), "tthc-2026", survey.DateOf(time.Now()), 0); err != nil {
		t.Error(err)
	}
	asleep.knows(stored(), "a server that publishes")

	for _, r := range append(all[1:], before) {
		for comment := range r.acked {
			all[0].acked[comment] = true
		}
	}
	o := all[0].outcome(url, "three servers, clocks ±5 minutes, one slept two days")
	o.Note = "same figures on all, also of what was copied"
	o.Report(t)
}
