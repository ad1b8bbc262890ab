package slips

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// use says that a slip proved a response, for a day: Join knows the response again.
// Point and day are kept until they are counted. Its id is the keyed hash of the slip
// that goes into the set of spent slips.
type use struct {
	ID    string           `bson:"_id"`
	Rev   int64            `bson:"rev"`
	Join  string           `bson:"join"` // keyed hash of the slip and the response's id
	Hour  time.Time        `bson:"hour"`
	Point survey.PointCode `bson:"point,omitempty"`
	Day   survey.Date      `bson:"day,omitempty"`
}

// spent is a slip in the set of those that were used.
type spent struct {
	ID  string `bson:"_id"`
	Rev int64  `bson:"rev"`
}

// usesEnd is above the ids of uses, which are hexadecimal digits.
const usesEnd = "g"

// allUses returns the uses of the last day, in the order of their hashes.
func (s *Slips) allUses(ctx context.Context) ([]use, error) {
	var all []use
	err := s.store.Scan(ctx, survey.SlipUses, "", usesEnd, func(raw bson.Raw) error {
		var u use
		err := s.uses().Decode(raw, &u)
		all = append(all, u)
		return err
	})
	return all, err
}

func (s *Slips) uses() survey.Documents[use] {
	return survey.Documents[use]{Store: s.store, Collection: survey.SlipUses}
}

// Spend spends a slip, or an old link, for a response, and reports whether it proves
// it: whether it is of that point, good today and not spent for another response.
// Whoever calls tells nobody. The same response is verified again for a day.
//
// It comes before the response is stored. A kill between the two leaves a slip that is
// spent for a response that is not there; the same response, sent again, finds its
// use and is verified, and no other is. The other order would leave a slip that proves
// a second person.
func (s *Slips) Spend(ctx context.Context, token string, point survey.PointCode, response survey.ResponseID) (bool, error) {
	h, err := s.hasher(ctx)
	if err != nil {
		return false, err
	}
	if code, err := ParseSlipCode(token); err == nil {
		token = string(code) // however it was written: spent in capitals it is spent in small letters too
	}
	mine := use{ID: h.id("spent", token), Rev: 1, Join: h.id("join", token, string(response)), Hour: s.hour(), Point: point, Day: s.today()}
	good, err := s.good(ctx, h, token, point)
	if err != nil {
		return false, err
	}
	known, err := s.uses().Get(ctx, mine.ID)
	found := err == nil
	switch {
	case err != nil && !survey.Is(err, survey.NotFound):
		return false, err
	case found && known.Join != mine.Join, !found && !good:
		return false, nil
	}
	used, err := s.isSpent(ctx, mine.ID)
	if found || used || err != nil {
		return found && !used && err == nil, err
	}
	return s.use(ctx, mine)
}

// use stores the use of a slip that is not spent, and reports whether it is there and
// no other's.
func (s *Slips) use(ctx context.Context, mine use) (bool, error) {
	err := s.uses().Insert(ctx, mine)
	if survey.Is(err, survey.Conflict) { // somebody used the slip at the same moment
		known, err := s.uses().Get(ctx, mine.ID)
		if survey.Is(err, survey.NotFound) {
			return false, nil
		}
		return known.Join == mine.Join, err
	}
	if err != nil {
		return false, err
	}
	// Forget puts a slip into the set before it removes its use: whoever came between
	// finds it there now.
	used, err := s.isSpent(ctx, mine.ID)
	if used && err == nil {
		err = s.store.Delete(ctx, survey.SlipUses, mine.ID, mine.Rev)
	}
	return !used && err == nil, err
}

func (s *Slips) isSpent(ctx context.Context, id string) (bool, error) {
	_, err := s.store.Get(ctx, survey.SpentSlips, id)
	if survey.Is(err, survey.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// good reports whether there is a slip or an old link that proves responses of a point
// today.
func (s *Slips) good(ctx context.Context, h hasher, token string, point survey.PointCode) (bool, error) {
	if code, err := ParseSlipCode(token); err == nil {
		slip, err := s.slips().Get(ctx, h.id("slip", string(code)))
		if survey.Is(err, survey.NotFound) {
			return false, nil
		}
		return err == nil && slip.Point == point && slip.Until >= s.today(), err
	}
	link, err := s.link(ctx, token)
	if survey.Is(err, survey.NotFound) {
		return false, nil
	}
	return err == nil && link.Point == point && link.Expires >= s.today() && link.Used == "", err
}
