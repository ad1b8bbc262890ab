package health

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

const (
	// lookEvery is how long what a look found is believed.
	lookEvery = 5 * time.Second

	// lookWait bounds a look: a store that takes longer is as good as away.
	lookWait = 5 * time.Second

	// lookID is the document that a look writes. It is in a collection that the audit log
	// does not know and that no backup holds.
	lookID = "look"
)

// look returns what is wrong with the store, "" for nothing. Who asks while another
// looks waits for what that one finds. It does not end with ctx, because it is for
// others too.
func (h *Health) look(ctx context.Context) ReadinessFault {
	h.looking.Lock()
	defer h.looking.Unlock()
	now := h.now()
	if age := now.Sub(h.looked); age >= 0 && age < lookEvery { // a clock that was set back hides nothing
		return h.fault
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookWait)
	defer cancel()
	fault, err := tryWrite(bounded, h.store, now)
	failures := failuresOf(h.store)
	if fault == "" && failures != h.failures {
		fault = StoreRefuses // a small document found room where responses did not
	}
	h.failures = failures
	if fault != "" {
		h.log.Warn("the server is not ready", "fault", string(fault), "error", err)
	}
	h.looked, h.fault = now, fault
	return fault
}

// tryWrite puts a new revision of the document in the place of the old one.
func tryWrite(ctx context.Context, store survey.Store, now time.Time) (ReadinessFault, error) {
	rev := int64(0)
	stored, err := store.Get(ctx, survey.Attempts, lookID)
	switch {
	case err == nil:
		rev = survey.DocumentRev(stored)
	case !survey.Is(err, survey.NotFound):
		return StoreAway, err
	}
	doc, err := bson.Marshal(bson.D{{Key: "_id", Value: lookID}, {Key: "rev", Value: rev + 1}, {Key: "at", Value: now}})
	if err != nil {
		return StoreRefuses, survey.NewError(survey.Internal, "look at the store", err)
	}
	if rev == 0 {
		_, err = store.Insert(ctx, survey.Attempts, doc)
	} else {
		err = store.Replace(ctx, survey.Attempts, rev, doc)
	}
	// A conflict is another server that looked at the same moment, and could write.
	if err != nil && !survey.Is(err, survey.Conflict) {
		return StoreRefuses, err
	}
	return "", nil
}

// failuresOf is how many commits of a store have failed, where it counts them.
func failuresOf(store survey.Store) uint64 {
	if s, ok := store.(interface{ FailedCommits() uint64 }); ok {
		return s.FailedCommits()
	}
	return 0
}
