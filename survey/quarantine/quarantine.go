package quarantine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// Quarantine holds suspect responses back and lets people decide about them. One
// value serves a process. All methods may be called at the same time.
type Quarantine struct {
	changes *survey.Changes
	store   survey.Store
	now     func() time.Time
	log     *slog.Logger

	// Stated tells how many transactions a point had on each day since one.
	// nil: nobody states them.
	Stated func(ctx context.Context, since survey.Date) (map[survey.PointCode]map[survey.Date]int, error)

	// Vouched tells the same of the numbers of people who make no proofs at the point:
	// they raise what it can serve, and no other does. nil: all do.
	Vouched func(ctx context.Context, since survey.Date) (map[survey.PointCode]map[survey.Date]int, error)

	// Deciders tells how many people may decide. nil: one.
	Deciders func(context.Context) (int, error)

	judging sync.Mutex // one judges at a time

	mu      sync.Mutex
	loaded  bool
	anew    int // how often it was to be read anew
	history *history
	stated  map[survey.PointCode]map[survey.Date]statedDay
	cleared survey.Date     // day on which what is old was forgotten
	asked   time.Time       // when transactions were asked for
	misused map[string]bool // by the id of a misuse: what had arrived was held
}

// New returns the quarantine of the store that changes are made in. log may be nil.
func New(changes *survey.Changes, log *slog.Logger) *Quarantine {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Quarantine{changes: changes, store: changes.Store, now: changes.Now, log: log, history: newHistory(), misused: map[string]bool{}}
}

// Arrived tells of a response that is stored, by this process or by another one.
// It may be told several times. It costs no more than a look into a map: what
// follows from it is for Judge.
func (q *Quarantine) Arrived(r survey.Response) {
	if !judged(&r) || q.now().Sub(r.Received) > KeptDays*24*time.Hour {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.add(&r)
}

// add must be called under the lock.
func (q *Quarantine) add(r *survey.Response) {
	a, day, err := newArrival(r, q.history.kindOf(r), q.now())
	if err != nil {
		q.log.Error("response is not judged", "campaign", r.Campaign, "error", err)
		return
	}
	q.history.add(r.Point, day, a)
}

// ArrivedFrom tells where a response came from that this process has taken in.
// It is kept in memory until the day ends. origin is an opaque class of network or
// device; 0: not known.
func (q *Quarantine) ArrivedFrom(r survey.Response, origin uint64) {
	if origin == 0 || !judged(&r) {
		return
	}
	a, day, err := newArrival(&r, nil, q.now())
	if err != nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.add(&r)
	d := q.history.points[r.Point].days[day]
	d.arrivals[d.find(a.id)].origin = Origin(origin)
	d.changed = true
}

// Received is how many responses people sent by themselves at a point on a day that is
// over and kept; 0 where they are so few that they are not counted (Fewest).
func (q *Quarantine) Received(ctx context.Context, point survey.PointCode, day survey.Date) (int, error) {
	if err := q.load(ctx); err != nil {
		return 0, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.history.points[point]
	if p == nil || p.days[day] == nil || len(p.days[day].arrivals) < Fewest || hoursOver(day, q.now()) < 24 {
		return 0, nil
	}
	return len(p.days[day].arrivals), nil
}

// ReadAnew has every response read again before the next one is judged, because there may
// be some of which nobody told (Arrived).
func (q *Quarantine) ReadAnew() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.loaded = false
	q.anew++
}

// firstDay is the first day whose arrivals are kept.
func (q *Quarantine) firstDay() survey.Date { return firstDay(q.now()) }

// load reads what arrived in the days that are kept, and what of it is held. It
// visits every response of the store: ids do not tell when a response arrived,
// whoever sends one chooses its id.
func (q *Quarantine) load(ctx context.Context) error {
	q.mu.Lock()
	loaded, anew := q.loaded, q.anew
	q.mu.Unlock()
	if loaded {
		return nil
	}
	since := q.firstDay().Time()
	err := q.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		if at, ok := doc.Lookup("received").TimeOK(); !ok || at.Before(since) {
			return nil
		}
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil {
			return survey.NewError(survey.Internal, "judge responses", err)
		}
		if judged(&r) {
			q.mu.Lock()
			q.add(&r)
			q.mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := q.markSuspects(ctx, nil); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.loaded = q.anew == anew // else it may have passed where one was missed
	return nil
}

// pointDay is a point on a day.
type pointDay struct {
	point survey.PointCode
	day   survey.Date
}

// markSuspects notes what figures leave out, because what is usual is not learnt from
// it; and what was found in a cluster, because that is not found again where seconds are
// not known any more. nil: on every day that is kept.
func (q *Quarantine) markSuspects(ctx context.Context, only map[pointDay]bool) error {
	held, err := verification.HeldResponses(ctx, q.store, "")
	if err != nil {
		return err
	}
	clusters := map[survey.ResponseID]verification.SuspectSign{}
	err = verification.SuspectsOf(ctx, q.store, "", func(s verification.Suspect) error {
		if s.Cluster {
			clusters[s.Response] = s.Sign
		}
		return nil
	})
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for code, p := range q.history.points {
		for day, d := range p.days {
			if only != nil && !only[pointDay{code, day}] {
				continue
			}
			for i := range d.arrivals {
				id := survey.ResponseID(d.arrivals[i].id.String())
				_, d.arrivals[i].held = held[id]
				d.arrivals[i].cluster = clusters[id]
			}
		}
	}
	q.history.ofDay.day = "" // what is usual is another thing now
	return nil
}
