package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"hailong/survey"
)

const (
	// pollEvery is how often new responses are asked for.
	pollEvery = time.Second

	// overlap is how far behind the newest response seen each poll begins. A
	// response is stored a little after the time it carries, and the clocks
	// of replicas differ a little; both together must stay below it.
	overlap = 10 * time.Second
)

// Follow implements survey.Follower by polling for the time of receipt, for
// which it makes an index. It asks again and again instead of using a change
// stream, which a single server does not have and whose place in the log can
// be lost.
func (s *Store) Follow(ctx context.Context, since time.Time, visit func(bson.Raw) error) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	f := follower{newest: since, seen: map[string]time.Time{}, visit: visit}
	indexed, failing := false, false
	for {
		var err error
		if !indexed {
			_, err = s.collection(survey.Responses).Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: receivedField, Value: 1}}})
			indexed = err == nil
		}
		if err == nil {
			err = s.each(ctx, "follow responses", survey.Responses, f.filter(),
				options.Find().SetSort(bson.D{{Key: receivedField, Value: 1}}), f.see)
		}
		switch {
		case f.failed != nil:
			return f.failed
		case ctx.Err() != nil:
			return nil
		case err != nil && !failing:
			s.log.Warn("Responses of other servers cannot be read at present; trying again.", "error", err)
		case err == nil && failing:
			s.log.Info("Responses of other servers are read again.")
		}
		failing = err != nil
		f.forget()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

const receivedField = "received"

// follower remembers what one Follow has visited within the overlap.
type follower struct {
	newest time.Time
	seen   map[string]time.Time // time of receipt by id
	visit  func(bson.Raw) error
	failed error // of visit
}

func (f *follower) filter() bson.D {
	return bson.D{{Key: receivedField, Value: bson.D{{Key: "$gte", Value: f.newest.Add(-overlap)}}}}
}

func (f *follower) see(doc bson.Raw) error {
	id, err := survey.DocumentID(doc)
	if err != nil {
		return err
	}
	if _, known := f.seen[id]; known {
		return nil
	}
	if f.failed = f.visit(doc); f.failed != nil {
		return f.failed
	}
	received, _ := doc.Lookup(receivedField).TimeOK()
	f.seen[id] = received
	// A clock that is far ahead must not make the others' responses old.
	if received.After(f.newest) && received.Before(time.Now()) {
		f.newest = received
	}
	return nil
}

func (f *follower) forget() {
	for id, received := range f.seen {
		if received.Before(f.newest.Add(-overlap)) {
			delete(f.seen, id)
		}
	}
}
