package takeback

import (
	"context"
	"math"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// How many attempts are looked at in an hour: from one client, and in all. A code is one of 2⁶⁰, so that nobody finds one by trying at any of these
// rates; they keep the search of days from being work for others.
const (
	clientAttempts = 30
	allAttempts    = 3000
)

// hourLayout is the id of an hour's count.
const hourLayout = "takeback 2006-01-02T15"

// attempts counts the attempts of an hour. Clients are hashed under a key that lies
// outside the store, another way each day.
type attempts struct {
	ID      string         `bson:"_id"`
	Rev     int64          `bson:"rev"`
	All     int            `bson:"all"`
	Clients map[string]int `bson:"clients"`
}

func (r *Receipts) hours() survey.Documents[attempts] {
	return survey.Documents[attempts]{Store: r.changes.Store, Collection: survey.Attempts}
}

// countAttempt counts one more attempt, before it is made, so that many at once are
// not more than the limits say. The count is in the store: it is one for all servers.
func (r *Receipts) countAttempt(ctx context.Context, client string) error {
	hours := r.hours()
	now := r.now().In(survey.Zone)
	hour := now.Format(hourLayout)
	bits, err := r.bits(ctx, "client", string(survey.DateOf(now))+" "+client)
	if err != nil {
		return err
	}
	name := string(survey.ResponseIDOf("", bits))
	for {
		counted, err := hours.Get(ctx, hour)
		fresh := survey.Is(err, survey.NotFound)
		if err != nil && !fresh {
			return err
		}
		if fresh {
			counted = attempts{ID: hour, Clients: map[string]int{}}
			if _, err := r.forgetAttempts(ctx, hour); err != nil {
				return err
			}
		}
		if counted.All >= allAttempts || counted.Clients[name] >= clientAttempts {
			return tooMany(now)
		}
		before := counted.Rev
		counted.Rev++
		counted.All++
		counted.Clients[name]++
		if fresh {
			err = hours.Insert(ctx, counted)
		} else {
			err = hours.Replace(ctx, before, counted)
		}
		if !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound) {
			return err
		}
	}
}

// ForgetAttempts removes the counts of the hours that are over, and returns how many:
// nobody may try for a long time.
func (r *Receipts) ForgetAttempts(ctx context.Context) (int, error) {
	return r.forgetAttempts(ctx, r.now().In(survey.Zone).Format(hourLayout))
}

// forgetAttempts removes the counts of the hours before, and returns how many.
func (r *Receipts) forgetAttempts(ctx context.Context, hour string) (forgotten int, err error) {
	var old []string
	err = r.changes.Store.Scan(ctx, survey.Attempts, "takeback ", hour, func(raw bson.Raw) error {
		id, err := survey.DocumentID(raw)
		old = append(old, strings.Clone(id))
		return err
	})
	for _, id := range old {
		if err != nil {
			return forgotten, err
		}
		var counted attempts
		if counted, err = r.hours().Get(ctx, id); err == nil {
			err = r.changes.Store.Delete(ctx, survey.Attempts, id, counted.Rev)
		}
		switch {
		case err == nil:
			forgotten++
		case survey.Is(err, survey.NotFound), survey.Is(err, survey.Conflict): // another process is at it
			err = nil
		}
	}
	return forgotten, err
}

// tooMany says when the next hour begins.
func tooMany(now time.Time) error {
	wait := now.Truncate(time.Hour).Add(time.Hour).Sub(now)
	return &survey.Error{
		Kind: survey.RateLimited, Op: "take back response", Key: "takeback.wait", Args: []any{int(math.Ceil(wait.Minutes()))}, Err: survey.Wait(wait),
	}
}
