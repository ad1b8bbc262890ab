package slips

import (
	"context"
	"time"

	"hailong/survey"
)

// count is how many slips were spent at a point on a day that is over.
type count struct {
	ID    string `bson:"_id"` // day and point, with a slash between
	Rev   int64  `bson:"rev"`
	Spent int    `bson:"spent"`
}

func countID(day survey.Date, point survey.PointCode) string {
	return string(day) + "/" + string(point)
}

func (s *Slips) counts() survey.Documents[count] {
	return survey.Documents[count]{Store: s.store, Collection: survey.SlipCounts}
}

const (
	// joinedFor is how long a response that comes again is known by its slip.
	joinedFor = 24 * time.Hour
	// dayClosed is how long after its end a day is counted: a request that began
	// before midnight, and a server whose clock is late, are through by then.
	dayClosed = time.Hour
)

// Forget counts the slips that were spent on days that are over, and removes what
// joins slips and responses for longer than a day: the use goes, and a hash goes into
// the set of spent slips. A job calls it every so often.
//
// It may be killed anywhere and run in several processes at once. A day is counted by
// inserting its count, once, from uses that all still name it; a use forgets its day
// after that; it is removed after its hash is in the set.
func (s *Slips) Forget(ctx context.Context) error {
	all, err := s.allUses(ctx)
	if err != nil {
		return err
	}
	if err := s.countDays(ctx, all); err != nil {
		return err
	}
	if err := s.forgetUses(ctx, all); err != nil {
		return err
	}
	if err := s.forgetLinkForms(ctx); err != nil {
		return err
	}
	return s.settleDossiers(ctx)
}

func (s *Slips) closed(day survey.Date) bool { return day < survey.DateOf(s.now().Add(-dayClosed)) }

func (s *Slips) old(hour time.Time) bool { return s.now().Sub(hour) >= joinedFor+time.Hour } // the hour was cut off

// countDays stores the counts of days that are over.
func (s *Slips) countDays(ctx context.Context, all []use) error {
	spentAt := map[string]int{}
	for _, u := range all {
		if u.Day != "" && s.closed(u.Day) {
			spentAt[countID(u.Day, u.Point)]++
		}
	}
	var counts []count
	for id, n := range spentAt {
		counts = append(counts, count{ID: id, Rev: 1, Spent: n})
	}
	_, err := survey.InsertAll(ctx, s.store, survey.SlipCounts, counts)
	return err
}

// forgetUses takes the days that are counted off the uses, and moves those that are a
// day old into the set. They come in the order of their hashes.
func (s *Slips) forgetUses(ctx context.Context, all []use) error {
	var old []spent
	for _, u := range all {
		if s.old(u.Hour) {
			old = append(old, spent{ID: u.ID, Rev: 1})
		}
	}
	if _, err := survey.InsertAll(ctx, s.store, survey.SpentSlips, old); err != nil {
		return err
	}
	for _, u := range all {
		var err error
		switch {
		case s.old(u.Hour):
			err = s.store.Delete(ctx, survey.SlipUses, u.ID, u.Rev)
		case u.Day != "" && s.closed(u.Day):
			err = s.uses().Replace(ctx, u.Rev, use{ID: u.ID, Rev: u.Rev + 1, Join: u.Join, Hour: u.Hour})
		}
		if err != nil && !byAnother(err) {
			return err
		}
	}
	return nil
}

// settleDossiers takes off the claims of requests that were killed and never came
// again: their applications are taken for served.
func (s *Slips) settleDossiers(ctx context.Context) error {
	all, err := s.dossiers().All(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Claim != "" && s.old(d.Hour) {
			if err := s.settle(ctx, d); err != nil && !byAnother(err) {
				return err
			}
		}
	}
	return nil
}

// byAnother reports whether another server did the same just now.
func byAnother(err error) bool {
	return survey.Is(err, survey.Conflict) || survey.Is(err, survey.NotFound)
}
