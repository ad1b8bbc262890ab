package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/faulttest"

	"go.mongodb.org/mongo-driver/bson"
)

// sendersAtOnce is how many citizens answer at the same time.
const sendersAtOnce = 8

// A server is killed at a random moment while citizens send, again and again. What was
// acknowledged is there once; what was not is, sent again, too.
func TestFaultKilledUnderLoad(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "killed.db")
	startKilled(t, file).kill()
	c := newCitizens(t, "bolt:"+file)
	rounds := killRounds(t)
	for round := range rounds {
		server := startKilled(t, file)
		c.at(server.base)
		c.again()
		stop := c.answer(sendersAtOnce)
		c.await(20 + rand.New(rand.NewPCG(3, uint64(round))).IntN(60))
		server.kill()
		stop()
	}
	server := startKilled(t, file)
	c.at(server.base)
	c.again()
	server.kill()
	o := c.outcome("bolt:"+file, "server killed while citizens send")
	o.Note = fmt.Sprintf("%d kills, %d senders, a quarter of forms sent twice", rounds, sendersAtOnce)
	o.Report(t)
}

// A server that is asked to end answers what is under way: nothing is stored that was not
// acknowledged.
func TestFaultEndedUnderLoad(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ended.db")
	startKilled(t, file).kill()
	c := newCitizens(t, "bolt:"+file)
	rounds := killRounds(t)
	for range rounds {
		server := startKilled(t, file)
		c.at(server.base)
		stop := c.answer(sendersAtOnce)
		c.await(30)
		if code := server.stop(); code != 0 {
			t.Errorf("it ended with %d", code)
		}
		stop()
	}
	o := c.outcome("bolt:"+file, "server asked to end while citizens send")
	if o.Stored != o.Acknowledged {
		t.Errorf("%d were stored and %d acknowledged: somebody did not hear that it was", o.Stored, o.Acknowledged)
	}
	o.Note = fmt.Sprintf("%d times", rounds)
	o.Report(t)
}

// The first start is killed at a random moment, until one comes up. There is one
// administrator, and every point once.
func TestFaultFirstStartKilled(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 5))
	kills, want := 0, 0
	for file := range killRounds(t) {
		store := "bolt:" + filepath.Join(t.TempDir(), fmt.Sprintf("first-%d.db", file))
		for range 3 {
			server := prepareServer(t, store)
			server.after = time.Duration(1+random.IntN(700)) * time.Millisecond
			server.start(t)
			server.kill()
			kills++
		}
		startOn(t, store).kill()
		mustCommand(t, "check", "--store", store)
		s := shelltest.OpenURL(t, store)
		count := map[survey.Collection]int{}
		for _, collection := range []survey.Collection{survey.Users, survey.Points, survey.Intents} {
			if err := s.Scan(t.Context(), collection, "", "", func(bson.Raw) error { count[collection]++; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		shelltest.CloseStore(t, s)
		if want == 0 {
			want = count[survey.Points]
		}
		if count[survey.Users] != 1 || count[survey.Points] != want || want == 0 || count[survey.Intents] != 0 {
			t.Errorf("after kills of its first start a store holds %v, want one user and %d points", count, want)
		}
	}
	faulttest.FaultOutcome{
		Done: "first start killed", Acknowledged: faulttest.Unknown, Stored: want,
		Note: fmt.Sprintf("%d kills; one administrator, every point once", kills),
	}.Report(t)
}

// The store may not grow any more, as on a full disk: forms come back, and nothing that
// was refused is stored. When there is room it goes on without a restart.
func TestFaultFullDisk(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "full.db")
	startKilled(t, file).kill()
	c := newCitizens(t, "bolt:"+file)
	server := startKilled(t, file)
	c.at(server.base)
	stop := c.answer(sendersAtOnce)
	c.await(20)
	limit := func(bytes uint64) {
		t.Helper()
		if err := unix.Prlimit(server.process.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	limit(8192) // the free pages in the file cannot be written either
	c.awaitRefused(20)
	if status, _ := get(t, server.base+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d while every form is refused", status)
	}
	if status, _ := get(t, server.base+"/s/"+string(c.points[0])); status != http.StatusOK {
		t.Errorf("the form answers %d", status)
	}
	limit(unix.RLIM_INFINITY)
	c.await(20)
	stop()
	c.again()
	server.kill()
	o := c.outcome("bolt:"+file, "disk full, then room again")
	o.Note = fmt.Sprintf("%d refused with what was typed", c.refused)
	o.Report(t)
}
