package health

import (
	"context"
	"time"
)

// Operation is what whoever operates a server wants to know at a glance.
type Operation struct {
	Faults     []ReadinessFault
	Clock      ClockState
	LastBackup time.Time // zero: never
	BackupSize int64     // bytes; 0: not known
	LastCheck  time.Time // of the whole store that found nothing; zero: not since the start
	DiskFree   int64     // bytes; negative: not known
}

// Sources tell what Operation cannot find by itself; each may be nil.
type Sources struct {
	Backup func(context.Context) (at time.Time, bytes int64, err error)
	Check  func() time.Time
}

// A backup is due every day; a disk is nearly full when a day of a large survey, or a
// compaction, might not fit.
const (
	backupLate = 48 * time.Hour
	diskScarce = 1 << 30
)

// BackupLate reports whether the last backup is too long ago at a moment.
func (o *Operation) BackupLate(now time.Time) bool { return now.Sub(o.LastBackup) > backupLate }

// DiskScarce reports whether little room is left.
func (o *Operation) DiskScarce() bool { return o.DiskFree >= 0 && o.DiskFree < diskScarce }

// Operation looks at everything. What cannot be read is left out.
func (h *Health) Operation(ctx context.Context) Operation {
	o := Operation{Faults: h.Faults(ctx), DiskFree: -1}
	if h.Clock != nil {
		o.Clock = h.Clock.State()
	}
	if h.Sources.Backup != nil {
		if at, bytes, err := h.Sources.Backup(ctx); err == nil {
			o.LastBackup, o.BackupSize = at, bytes
		}
	}
	if h.Sources.Check != nil {
		o.LastCheck = h.Sources.Check()
	}
	if s, ok := h.store.(interface{ Path() string }); ok {
		o.DiskFree = diskFree(s.Path())
	}
	return o
}
