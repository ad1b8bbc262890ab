package quarantine

import (
	"context"

	"hailong/survey"
)

const settingsID = "quarantine"

// Settings are those of an installation.
type Settings struct {
	ID  string `bson:"_id"`
	Rev int64  `bson:"rev"`
	// Alone says that one person decides, because the office has no second one.
	Alone bool `bson:"alone,omitempty"`
	// Key orders responses, so that nobody outside can choose an id that is kept.
	Key []byte `bson:"key,omitempty"`
}

// Settings returns the settings of the installation; of revision 0 before the
// first change.
func (q *Quarantine) Settings(ctx context.Context) (Settings, error) {
	s, err := survey.Documents[Settings]{Store: q.store, Collection: survey.Settings}.Get(ctx, settingsID)
	if survey.Is(err, survey.NotFound) {
		return Settings{ID: settingsID}, nil
	}
	return s, err
}

// DecideAlone says whether one person decides. Errors: Conflict.
func (q *Quarantine) DecideAlone(ctx context.Context, actor survey.Actor, rev int64, alone bool) error {
	_, err := q.changeSettings(ctx, actor, "quarantine.alone", rev, func(s *Settings) { s.Alone = alone })
	return err
}

func (q *Quarantine) changeSettings(ctx context.Context, actor survey.Actor, action survey.Action, seen int64, do func(*Settings)) (Settings, error) {
	return survey.Change(ctx, q.changes, survey.Edit[Settings]{
		Collection: survey.Settings, ID: settingsID, Seen: seen, Actor: actor, Action: action,
		Do: func(s *Settings) error {
			s.ID = settingsID
			do(s)
			return nil
		},
		Show: func(s *Settings) any { // never the key
			return struct {
				Alone bool `json:"alone"`
			}{s.Alone}
		},
	})
}
