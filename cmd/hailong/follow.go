package main

import (
	"context"
	"log/slog"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/bolt"
)

// followResponses lets others write to a store of own while a server runs, and
// calls stored for each response that they store: commands on the same machine
// through this process, other servers on the same MongoDB since a time before
// figures were loaded. stored may be called several times for a response, also
// for one of this server's own, and by several goroutines. The caller calls
// stop, and then closes the store.
func followResponses(ctx context.Context, store shell.OpenStore, since time.Time, log *slog.Logger, stored func(survey.Response)) (stop func()) {
	switch s := store.(type) {
	case *bolt.Store:
		stop, err := s.Share(stored)
		if err != nil { // the server is none the worse for it
			log.Warn("Other commands cannot use the store while this server runs.", "error", err)
			return func() {}
		}
		return stop
	case survey.Follower:
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			err := s.Follow(ctx, since, func(doc bson.Raw) error {
				var response survey.Response
				if err := response.UnmarshalBSON(doc); err != nil {
					log.Error("A response cannot be read; it counts in no figure.", "id", doc.Lookup("_id").String(), "error", err)
					return nil
				}
				stored(response)
				return nil
			})
			if err != nil {
				log.Error("Responses of other servers are no longer read.", "error", err)
			}
		}()
		return func() { cancel(); <-done }
	}
	return func() {}
}
