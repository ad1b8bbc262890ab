package health

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hailong/survey"
)

// ReadinessFault is a reason for which a server cannot do its work as it should.
type ReadinessFault string

// The faults, the gravest first.
const (
	StoreDamaged   ReadinessFault = "store_damaged"
	StoreAway      ReadinessFault = "store_unreachable"
	StoreRefuses   ReadinessFault = "store_refuses_writes"
	FiguresMissing ReadinessFault = "figures_not_loaded"
)

// Faults lists every fault.
var Faults = []ReadinessFault{StoreDamaged, StoreAway, StoreRefuses, FiguresMissing}

// String says in one line what is wrong, and what to do.
func (f ReadinessFault) String() string {
	switch f {
	case StoreDamaged:
		return "the store is damaged and takes no write; run hailong check"
	case StoreAway:
		return "the store cannot be reached; is its server running?"
	case StoreRefuses:
		return "the store refuses writes; is its disk full?"
	case FiguresMissing:
		return "figures are not loaded yet; wait"
	}
	return string(f)
}

// Health is that of one server process. Any number of goroutines may use it.
type Health struct {
	store survey.Store
	now   func() time.Time
	log   *slog.Logger

	// Loaded reports whether figures are in memory. nil: they are no matter here.
	Loaded func() bool

	// Clock is this machine's; nil: it is believed.
	Clock *Clock

	Sources Sources

	looking  sync.Mutex // held by the one look at work
	looked   time.Time
	failures uint64
	fault    ReadinessFault // that the look found; "" none
}

// New returns the health of a server on a store. Its Clock is nil.
func New(store survey.Store, now func() time.Time, log *slog.Logger) *Health {
	return &Health{store: store, now: now, log: log, failures: failuresOf(store)}
}

// Damaged reports whether the store has met damage, without a look.
func (h *Health) Damaged() bool {
	s, ok := h.store.(interface{ Damaged() *survey.Damage })
	return ok && s.Damaged() != nil
}

// Faults returns what is wrong now; none: the server is ready. What a look at the store
// found is believed for some seconds.
func (h *Health) Faults(ctx context.Context) []ReadinessFault {
	var found []ReadinessFault
	if h.Damaged() {
		found = append(found, StoreDamaged)
	} else if fault := h.look(ctx); fault != "" {
		found = append(found, fault)
	}
	if h.Loaded != nil && !h.Loaded() {
		found = append(found, FiguresMissing)
	}
	return found
}
