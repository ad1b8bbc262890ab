package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"hailong/survey/faulttest"
	"hailong/survey/storetest"
)

// onDatabase is a server on a database behind a proxy, with citizens at it.
type onDatabase struct {
	*citizens
	database *storetest.MongoServer
	proxy    *storetest.Proxy
	store    string
	keys     string
	server   *killed
}

func newOnDatabase(t *testing.T) *onDatabase {
	t.Helper()
	d := &onDatabase{database: storetest.MongoDB(t), keys: filepath.Join(t.TempDir(), "keys")}
	d.proxy = storetest.NewProxy(t, d.database.Host())
	d.store = storetest.Through(t, d.proxy, d.database.Database(t))
	d.server = startOn(t, d.store, "--keys", d.keys)
	d.citizens = newCitizens(t, d.store)
	d.at(d.server.base)
	return d
}

// report ends the server, and tells what came of a fault.
func (d *onDatabase) report(done, note string) {
	d.t.Helper()
	d.again()
	d.server.kill()
	o := d.outcome(d.store, done)
	o.Note = fmt.Sprintf("%s; %d refused with what was typed", note, d.refused)
	o.Report(d.t)
}

// The connection to the database is broken in each way while citizens send. They are
// answered or keep their form, and when it works again, so does the server.
func TestFaultDatabaseConnection(t *testing.T) {
	t.Parallel()
	d := newOnDatabase(t)
	stop := d.answer(sendersAtOnce)
	for range (killRounds(t) + 1) / 2 {
		for _, fault := range storetest.Faults {
			d.await(5)
			before := d.proxy.Refused()
			d.proxy.Set(fault)
			if fault == storetest.SteppedDown {
				for d.proxy.Refused() < before+5 { // somebody always sends
					time.Sleep(5 * time.Millisecond)
				}
			} else {
				time.Sleep(time.Second) // how long decides nothing
			}
			d.proxy.Set(storetest.NoFault)
			d.await(5)
		}
	}
	stop()
	d.report("connection to the database broken while citizens send", fmt.Sprint(storetest.Faults))
}

// The database is killed while citizens send, and comes back.
func TestFaultDatabaseKilled(t *testing.T) {
	t.Parallel()
	d := newOnDatabase(t)
	stop := d.answer(sendersAtOnce)
	rounds := (killRounds(t) + 1) / 2
	for range rounds {
		d.await(10)
		d.database.Kill(t)
		d.database.Restart(t)
		d.proxy.Before(d.database.Host())
		d.await(10)
	}
	stop()
	d.report("database killed while citizens send", fmt.Sprintf("%d kills", rounds))
}

// A backup of a live database, restored, is whole: hailong check says so of it.
func TestFaultBackupUnderLoad(t *testing.T) {
	t.Parallel()
	d := newOnDatabase(t)
	stop := d.answer(sendersAtOnce)
	rounds := (killRounds(t) + 1) / 2
	for round := range rounds {
		d.await(10)
		d.mu.Lock()
		acked := len(d.acked)
		d.mu.Unlock()
		dir := t.TempDir()
		out, to := filepath.Join(dir, "b.zip"), "bolt:"+filepath.Join(dir, "to.db")
		mustCommand(t, "backup", "--store", d.store, "--out", out, "--keys", d.keys)
		d.mu.Lock()
		during := len(d.acked) - acked
		d.mu.Unlock()
		mustCommand(t, "restore", out, "--store", to, "--keys", d.keys)
		mustCommand(t, "check", "--store", to)
		if n := responsesIn(t, to); n < acked {
			t.Errorf("round %d: the backup holds %d responses, %d were acknowledged before it began", round, n, acked)
		}
		t.Logf("round %d: %d were acknowledged before the backup, %d while it was made", round, acked, during)
	}
	stop()
	d.report("backup of a live database, restored and checked", fmt.Sprintf("%d backups", rounds))
}

// Two servers start at once on an empty database, and one is killed while citizens send to
// both. Every slip proves one response, whoever spends it where and how often.
func TestFaultTwoReplicas(t *testing.T) {
	t.Parallel()
	database, keys := storetest.MongoDB(t), filepath.Join(t.TempDir(), "keys")
	store := database.Database(t)
	one, two := prepareServer(t, store, "--keys", keys), prepareServer(t, store, "--keys", keys)
	up := make(chan bool)
	go func() { up <- one.start(t) }()
	if !two.start(t) || !<-up {
		t.Fatal("of two servers that start at once, one did not come up")
	}
	here, there := newCitizens(t, store), newCitizens(t, store)
	here.at(one.base)
	there.at(two.base)
	there.number.Store(1_000_000) // forms of their own
	slips := issueSlips(t, store, keys, 5*killRounds(t))
	spendSlips(t, slips, here, there)
	sent, proven := responsesIn(t, store), provenIn(t, store)
	faulttest.Outcome{
		Done: "each slip spent four times at once, on two servers", Acknowledged: 4 * len(slips), Stored: sent, Lost: 4*len(slips) - sent + max(len(slips)-proven, 0),
		Doubled: max(proven-len(slips), 0), Note: fmt.Sprintf("%d slips prove %d responses, the others count as open", len(slips), proven),
	}.Report(t)

	stopHere, stopThere := here.answer(sendersAtOnce/2), there.answer(sendersAtOnce/2)
	here.await(10)
	there.await(10)
	one.kill()
	there.await(10)
	stopHere()
	stopThere()
	here.at(two.base) // as a balancer does
	here.again()
	there.again()
	two.kill()
	for comment := range here.acked {
		there.acked[comment] = true
	}
	o := there.outcome(store, "one of two servers killed while citizens send to both")
	o.Stored -= sent
	o.Note = "what it did not acknowledge was sent again to the other one"
	o.Report(t)
}
