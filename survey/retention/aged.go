package retention

import (
	"context"
	"errors"
	"maps"
	"slices"

	"hailong/survey"
)

// AgedKind is a kind of documents that matter for a while.
type AgedKind string

// The kinds, in the order in which the record of processing lists them.
const (
	AgedSlips    AgedKind = "slips"    // one-time codes long after their last day
	AgedLinks    AgedKind = "links"    // one-time links of older versions
	AgedDossiers AgedKind = "dossiers" // applications that got a code
	AgedDevices  AgedKind = "devices"  // kiosks and screens that were revoked
	AgedMoments  AgedKind = "moments"  // at which responses were received; the hour or the day stays
	AgedAttempts AgedKind = "attempts" // counts of attempts to take something back
	AgedSessions AgedKind = "sessions" // of staff
	AgedGuesses  AgedKind = "guesses"  // counts of attempts to sign in
)

// AgedKinds in the order they are listed.
var AgedKinds = []AgedKind{AgedSlips, AgedLinks, AgedDossiers, AgedDevices, AgedMoments, AgedAttempts, AgedSessions, AgedGuesses}

// Forgetting removes what has aged of a kind, and returns how much it was.
type Forgetting func(ctx context.Context) (int, error)

// AgedRecord says how much was forgotten of each kind since the first time. It is a
// document of Settings.
type AgedRecord struct {
	ID        string           `bson:"_id" json:"-"`
	Rev       int64            `bson:"rev" json:"-"`
	Day       survey.Date      `bson:"day" json:"day"` // of the last time on which there was something
	Forgotten map[AgedKind]int `bson:"forgotten" json:"forgotten"`
}

// AgedRecordID is the id of the record.
const AgedRecordID = "aged"

// ForgetAged forgets what has aged of each kind, and records how much, with an entry
// in the audit log where there was something. A kind that fails does not keep the
// others waiting; what it leaves is forgotten the next time. A kill before the record
// loses the numbers of one run, and nothing else.
func (e *Eraser) ForgetAged(ctx context.Context, actor survey.Actor, kinds map[AgedKind]Forgetting) (map[AgedKind]int, error) {
	counts := map[AgedKind]int{}
	var failed error
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		n, err := kinds[kind](ctx)
		failed = errors.Join(failed, err)
		if n > 0 {
			counts[kind] = n
		}
	}
	if len(counts) == 0 {
		return counts, failed
	}
	return counts, errors.Join(failed, e.recordAged(ctx, actor, counts))
}

// recordAged adds counts to the record.
func (e *Eraser) recordAged(ctx context.Context, actor survey.Actor, counts map[AgedKind]int) error {
	records := survey.Documents[AgedRecord]{Store: e.changes.Store, Collection: survey.Settings}
	for {
		stored, err := records.Get(ctx, AgedRecordID)
		if err != nil && !survey.Is(err, survey.NotFound) {
			return err
		}
		_, err = survey.Change(ctx, e.changes, survey.Edit[AgedRecord]{
			Collection: survey.Settings, ID: AgedRecordID, Seen: stored.Rev, Actor: actor, Action: "retention.forget",
			Do: func(r *AgedRecord) error {
				r.ID, r.Day = AgedRecordID, survey.DateOf(e.now())
				if r.Forgotten == nil {
					r.Forgotten = map[AgedKind]int{}
				}
				for kind, n := range counts {
					r.Forgotten[kind] += n
				}
				return nil
			},
			Show: func(*AgedRecord) any { return counts },
		})
		if !survey.Is(err, survey.Conflict) { // else another server recorded meanwhile
			return err
		}
	}
}
