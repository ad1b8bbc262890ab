package health_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/health"
	"hailong/survey/surveytest"
)

// fullDisk is a store that answers every question and, while it is full, takes no write,
// as a file on a full disk does.
type fullDisk struct {
	survey.Store

	mu     sync.Mutex
	full   bool
	failed uint64 // commits
	writes int
}

func (d *fullDisk) write() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes++
	if d.full {
		return survey.NewError(survey.Unavailable, "write", syscall.ENOSPC)
	}
	return nil
}

func (d *fullDisk) FailedCommits() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

func (d *fullDisk) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if err := d.write(); err != nil {
		return nil, err
	}
	return d.Store.Insert(ctx, c, docs...)
}

func (d *fullDisk) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	if err := d.write(); err != nil {
		return err
	}
	return d.Store.Replace(ctx, c, rev, doc)
}

// times is a clock that a test sets.
type times struct {
	wall time.Time
	ran  time.Duration
}

func (c *times) now() time.Time         { return c.wall }
func (c *times) elapsed() time.Duration { return c.ran }

// pass lets time go by.
func (c *times) pass(d time.Duration) { c.wall, c.ran = c.wall.Add(d), c.ran+d }

var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, survey.Zone)

func TestFaults(t *testing.T) {
	t.Parallel()
	disk := &fullDisk{Store: surveytest.Store(t)}
	clock := &times{wall: noon}
	loaded := false
	h := health.New(disk, clock.now, slog.New(slog.DiscardHandler))
	h.Loaded = func() bool { return loaded }
	wants := func(when string, want ...health.ReadinessFault) {
		t.Helper()
		if diff := cmp.Diff(want, h.Faults(t.Context())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	wants("before figures are loaded", health.FiguresMissing)
	loaded = true
	wants("when all is well")

	disk.full = true
	wants("within the seconds for which a look is believed")
	clock.pass(10 * time.Second)
	wants("on a full disk", health.StoreRefuses)
	disk.full = false
	clock.pass(10 * time.Second)
	wants("when there is room again")

	disk.failed++ // responses did not fit, and the small document does
	clock.pass(10 * time.Second)
	wants("after a commit that failed", health.StoreRefuses)
	clock.pass(10 * time.Second)
	wants("when no commit failed since")

	clock.wall = clock.wall.AddDate(0, 0, -1) // and nothing that was found yesterday is believed
	disk.full = true
	wants("after the clock was set back", health.StoreRefuses)
}

// However many ask, one write in some seconds is made.
func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	disk := &fullDisk{Store: surveytest.Store(t)}
	h := health.New(disk, (&times{wall: noon}).now, slog.New(slog.DiscardHandler))
	var asking sync.WaitGroup
	for range 100 {
		asking.Go(func() {
			if faults := h.Faults(t.Context()); len(faults) > 0 {
				t.Errorf("faults %v, want none", faults)
			}
		})
	}
	asking.Wait()
	if disk.writes != 1 {
		t.Errorf("%d writes for 100 questions, want 1", disk.writes)
	}
}

// Two servers that look at the same moment do not take each other for a disk that is full.
func TestTwoServersLookAtOnce(t *testing.T) {
	t.Parallel()
	store := &surveytest.Failing{Store: surveytest.Store(t)}
	clock := &times{wall: noon}
	h := health.New(store, clock.now, slog.New(slog.DiscardHandler))
	other := health.New(store.Store, clock.now, slog.New(slog.DiscardHandler))
	for range 2 { // the first inserts, the second replaces
		store.Before = func(call string, _ survey.Collection) {
			if call != "Get" {
				store.Before = nil
				if faults := other.Faults(t.Context()); len(faults) > 0 {
					t.Errorf("the other server: faults %v, want none", faults)
				}
			}
		}
		if faults := h.Faults(t.Context()); len(faults) > 0 {
			t.Errorf("faults %v, want none", faults)
		}
		clock.pass(time.Minute)
	}
	store.FailNext()
	if diff := cmp.Diff([]health.ReadinessFault{health.StoreAway}, h.Faults(t.Context())); diff != "" {
		t.Errorf("when the store is away (-want +got):\n%s", diff)
	}
}

// What happened to the clock of a machine, step by step, and whether the days of
// responses are doubted after it.
func TestClock(t *testing.T) {
	t.Parallel()
	type step struct {
		set  time.Duration // the clock, by somebody
		pass time.Duration
	}
	for name, tt := range map[string]struct {
		stored time.Time // newest when the server starts
		steps  []step
		want   []bool // at the start and after each step
		warns  int
	}{
		"Right":          {noon.Add(-time.Hour), []step{{0, time.Hour}, {0, 72 * time.Hour}}, []bool{false, false, false}, 0},
		"NothingStored":  {time.Time{}, nil, []bool{false}, 0},
		"SleptAllNight":  {noon, []step{{0, 14 * time.Hour}}, []bool{false, false}, 0},
		"DeadBattery":    {noon.AddDate(0, 0, 400), []step{{0, time.Minute}, {400*24*time.Hour + time.Hour, 0}}, []bool{true, true, false}, 2},
		"ADayAhead":      {noon, []step{{24 * time.Hour, time.Second}, {0, time.Hour}, {-24 * time.Hour, time.Second}}, []bool{false, true, true, false}, 2},
		"SetBack":        {noon, []step{{-3 * time.Minute, time.Second}}, []bool{false, true}, 1},
		"SmallCorrected": {noon, []step{{time.Minute, time.Second}, {-90 * time.Second, time.Second}}, []bool{false, false, false}, 0},
		"OtherServer":    {noon.Add(5 * time.Minute), nil, []bool{false}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			machine := &times{wall: noon}
			newest := func(context.Context) (time.Time, error) { return tt.stored, nil }
			c := health.NewClock(machine.now, machine.elapsed, newest, slog.New(slog.NewTextHandler(&log, nil)))
			if err := c.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := []bool{c.Doubtful()}
			for _, s := range tt.steps {
				machine.wall = machine.wall.Add(s.set)
				got = append(got, c.Doubtful())
				machine.pass(s.pass)
				c.Seen(machine.wall) // a response of this moment
				if after := c.Doubtful(); after != got[len(got)-1] {
					t.Errorf("after %+v doubted is %t, and a moment later %t", s, got[len(got)-1], after)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("doubted (-want +got):\n%s", diff)
			}
			if warns := strings.Count(log.String(), "level=WARN"); warns != tt.warns {
				t.Errorf("%d warnings, want %d:\n%s", warns, tt.warns, log.String())
			}
		})
	}
}

func TestAClockThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	away := survey.NewError(survey.Unavailable, "read audit log", errors.New("no connection"))
	machine := &times{wall: noon}
	c := health.NewClock(machine.now, machine.elapsed, func(context.Context) (time.Time, error) { return time.Time{}, away }, slog.New(slog.DiscardHandler))
	if err := c.Look(t.Context()); !survey.Is(err, survey.Unavailable) {
		t.Errorf("error %v, want that of the store", err)
	}
	if c.Doubtful() {
		t.Error("the clock is doubted, although nothing speaks against it")
	}
	var none *health.Clock
	if none.Doubtful() {
		t.Error("a clock that nobody looks at is doubted")
	}
}

func TestOperation(t *testing.T) {
	t.Parallel()
	h := health.New(surveytest.Store(t), (&times{wall: noon}).now, slog.New(slog.DiscardHandler))
	backup := noon.Add(-time.Hour)
	h.Sources = health.Sources{
		Backup: func(context.Context) (time.Time, int64, error) { return backup, 1234, nil },
		Check:  func() time.Time { return noon },
	}
	o := h.Operation(t.Context())
	if len(o.Faults) > 0 || !o.LastBackup.Equal(backup) || o.BackupSize != 1234 || !o.LastCheck.Equal(noon) || o.BackupLate(noon) || o.Clock.Doubtful() {
		t.Errorf("%+v, want no fault, both moments and a backup in time", o)
	}
	if o.DiskFree <= 0 {
		t.Errorf("%d bytes free, want some", o.DiskFree)
	}
	if !o.BackupLate(noon.AddDate(0, 0, 3)) || !(&health.Operation{}).BackupLate(noon) {
		t.Error("a backup of three days ago, and none at all, should be late")
	}
	if scarce := (health.Operation{DiskFree: 1 << 20}); !scarce.DiskScarce() {
		t.Error("a megabyte is scarce")
	}
}
