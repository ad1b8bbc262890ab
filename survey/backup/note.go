package backup

import (
	"context"
	"time"

	"hailong/survey"
)

// Note is the document of the settings that says when the store was last backed up, and
// when a backup of it was last tried out.
type Note struct {
	ID    string `bson:"_id" json:"-"`
	Rev   int64  `bson:"rev" json:"-"`
	Last  *Made  `bson:"last,omitempty" json:"last,omitempty"`
	Drill *Drill `bson:"drill,omitempty" json:"drill,omitempty"`
}

// Made is a backup that was written and read back.
type Made struct {
	At        time.Time `bson:"at" json:"at"`
	Documents int64     `bson:"documents" json:"documents"`
	Bytes     int64     `bson:"bytes,omitempty" json:"bytes,omitempty"` // of the file; 0: not known
	Sealed    bool      `bson:"sealed" json:"sealed"`
	Signed    bool      `bson:"signed" json:"signed"`
}

// Drill is a backup that was restored for a trial.
type Drill struct {
	At   time.Time `bson:"at" json:"at"`
	Made time.Time `bson:"made" json:"made"` // when the backup was made
	Good bool      `bson:"good" json:"good"`
}

const noteID = "backups"

// ReadNote returns what the store knows of its backups; an empty note if nothing.
func ReadNote(ctx context.Context, store survey.Store) (Note, error) {
	note, err := survey.Documents[Note]{Store: store, Collection: survey.Settings}.Get(ctx, noteID)
	if survey.Is(err, survey.NotFound) {
		return Note{ID: noteID}, nil
	}
	return note, err
}

// LastMade returns when the store was last backed up, zero for never, and how large the file
// was.
func LastMade(ctx context.Context, store survey.Store) (at time.Time, bytes int64, err error) {
	note, err := ReadNote(ctx, store)
	if err != nil || note.Last == nil {
		return time.Time{}, 0, err
	}
	return note.Last.At, note.Last.Bytes, nil
}

// NoteMade notes that a backup was made, and how large its file is.
func NoteMade(ctx context.Context, changes *survey.Changes, actor survey.Actor, m Manifest, bytes int64, sealed bool) error {
	made := Made{At: m.Created, Bytes: bytes, Sealed: sealed, Signed: m.Key != ""}
	for _, c := range m.Contents {
		made.Documents += c.Documents
	}
	return change(ctx, changes, actor, "store.backed_up", func(n *Note) { n.Last = &made })
}

// NoteDrill notes that a backup was tried out.
func NoteDrill(ctx context.Context, changes *survey.Changes, actor survey.Actor, d Drill) error {
	return change(ctx, changes, actor, "store.drill", func(n *Note) { n.Drill = &d })
}

func change(ctx context.Context, changes *survey.Changes, actor survey.Actor, action survey.Action, do func(*Note)) error {
	note, err := ReadNote(ctx, changes.Store)
	if err != nil {
		return err
	}
	seen := survey.AnyRevision
	if note.Rev == 0 {
		seen = 0
	}
	_, err = survey.Change(ctx, changes, survey.Edit[Note]{
		Collection: survey.Settings, ID: noteID, Seen: seen, Actor: actor, Action: action,
		Do: func(n *Note) error {
			n.ID = noteID
			do(n)
			return nil
		},
	})
	return err
}
