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
	// Alone says that one person decides, because the office has no second one. It
	// has an effect while that is so (Quarantine.DecidesAlone).
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

// DecideAlone says whether one person decides. Errors: Conflict; Invalid where more
// than one may.
func (q *Quarantine) DecideAlone(ctx context.Context, actor survey.Actor, rev int64, alone bool) error {
	if others, err := q.others(ctx); alone && (others > 0 || err != nil) {
		if err == nil {
			err = &survey.Error{Kind: survey.Invalid, Op: "let one person decide", Key: "suspect.others_decide", Args: []any{others + 1}}
		}
		return err
	}
	_, err := q.changeSettings(ctx, actor, "quarantine.alone", rev, func(s *Settings) { s.Alone = alone })
	return err
}

// DecidesAlone reports whether one person decides: the installation says so, and has
// no second one who may. Whoever changes the setting therefore decides nothing alone
// that others may decide on.
func (q *Quarantine) DecidesAlone(ctx context.Context) (bool, error) {
	settings, err := q.Settings(ctx)
	if err != nil || !settings.Alone {
		return false, err
	}
	others, err := q.others(ctx)
	return others == 0, err
}

// others is how many people besides one may decide.
func (q *Quarantine) others(ctx context.Context) (int, error) {
	if q.Deciders == nil {
		return 0, nil
	}
	n, err := q.Deciders(ctx)
	return max(0, n-1), err
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
