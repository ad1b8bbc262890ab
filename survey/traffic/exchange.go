package traffic

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// ExchangeEvery is how often a server tells the others what it counted.
const ExchangeEvery = 5 * time.Second

// shareOfLimit is the least part of the flood limit that is told: smaller counts of
// many servers do not add up to anything.
const shareOfLimit = 20

// windowCounts is what one server counted in a window.
type windowCounts struct {
	ID     string     `bson:"_id"` // window and server
	Rev    int64      `bson:"rev"`
	Counts []oneCount `bson:"counts"`
}

type oneCount struct {
	Network string           `bson:"network,omitempty"` // keyed hash, in hexadecimal digits
	Point   survey.PointCode `bson:"point,omitempty"`
	N       int              `bson:"n"`
}

func windowID(window time.Time) string { return window.UTC().Format("20060102T1504") }

func (t *Traffic) counts() survey.Documents[windowCounts] {
	return survey.Documents[windowCounts]{Store: t.store, Collection: survey.Traffic}
}

// Exchange writes what this server counted in the window under way, reads what the
// others did, and deletes what is over. Calling it again after an error is safe.
func (t *Traffic) Exchange(ctx context.Context) error {
	now := t.now()
	if !t.shared(ctx, now) { // the others could make nothing of what it counted
		return nil
	}
	t.mu.Lock()
	t.turn(now)
	window, mine, unsaved := t.window, t.worthTelling(), t.unsaved
	t.unsaved = false
	t.mu.Unlock()
	if unsaved && len(mine) > 0 {
		if err := t.save(ctx, windowID(window)+"-"+t.writer, mine); err != nil {
			t.mu.Lock()
			t.unsaved = true
			t.mu.Unlock()
			return err
		}
	}
	others, err := t.read(ctx, window)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.window.Equal(window) {
		t.others = others
	}
	return nil
}

// worthTelling are the counts that may add up to a limit.
func (t *Traffic) worthTelling() (counts []oneCount) {
	least := max(1, t.limits.Flood/shareOfLimit)
	for c, n := range t.own {
		if n < least {
			continue
		}
		count := oneCount{Point: c.point, N: n}
		if c.network != 0 {
			count.Network = strconv.FormatUint(uint64(c.network), 16)
		}
		counts = append(counts, count)
	}
	return counts
}

// save writes the counts of this server, which nobody else writes.
func (t *Traffic) save(ctx context.Context, id string, counts []oneCount) error {
	stored, err := t.counts().Get(ctx, id)
	doc := windowCounts{ID: id, Rev: stored.Rev + 1, Counts: counts}
	if survey.Is(err, survey.NotFound) {
		return t.counts().Insert(ctx, doc)
	}
	if err != nil {
		return err
	}
	return t.counts().Replace(ctx, stored.Rev, doc)
}

// read adds up what others counted in a window. Documents of windows that are over
// are deleted.
func (t *Traffic) read(ctx context.Context, window time.Time) (map[counter]int, error) {
	sum, over := map[counter]int{}, map[string]int64{}
	since := windowID(window.Add(-Window)) // a server whose clock is behind may still write it
	err := t.store.Scan(ctx, survey.Traffic, "", "", func(raw bson.Raw) error {
		var doc windowCounts
		if err := t.counts().Decode(raw, &doc); err != nil {
			return err
		}
		of, writer, _ := strings.Cut(doc.ID, "-")
		if of < since {
			over[doc.ID] = doc.Rev
		}
		if of != windowID(window) || writer == t.writer {
			return nil
		}
		for _, c := range doc.Counts {
			key := counter{point: c.Point}
			if c.Network != "" {
				n, err := strconv.ParseUint(c.Network, 16, 64)
				if err != nil {
					return survey.NewError(survey.Internal, "read counts", fmt.Errorf("document %s: %w", doc.ID, err))
				}
				key.network = network(n)
			}
			sum[key] += c.N
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for id, rev := range over {
		err := t.store.Delete(ctx, survey.Traffic, id, rev)
		if err != nil && !survey.Is(err, survey.NotFound) && !survey.Is(err, survey.Conflict) { // another server did it
			return nil, err
		}
	}
	return sum, nil
}

// Forget destroys the keys of the days before today. What was counted by them, also
// in a copy of the store, leads to no network any more.
func (t *Traffic) Forget(ctx context.Context) error {
	var failed error
	for back := 1; back <= keyDays; back++ {
		day := survey.DateOf(t.now().Add(time.Duration(-back) * 24 * time.Hour))
		failed = errors.Join(failed, t.keys.Destroy(ctx, dayKeyName(day)))
	}
	return failed
}
