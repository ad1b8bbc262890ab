package transfer

import (
	"context"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/backup"
)

// recordBackup notes in the audit log that everything is read, and how many
// people's contacts are in it.
func recordBackup(ctx context.Context, from shell.OpenStore) error {
	contacts := 0
	err := from.Scan(ctx, survey.Contacts, "", "", func(bson.Raw) error {
		contacts++
		return nil
	})
	if err != nil {
		return err
	}
	return audit.New(from, time.Now).Record(ctx, shell.Actor(), "store.backup", "store", nil, map[string]int{"contacts": contacts})
}

// noteBackup notes in the store that a backup is there and was read back, for those who
// watch that there are any.
func (o *backupOptions) noteBackup(ctx context.Context, store survey.Store, m backup.Manifest, sealed bool) error {
	changes := survey.NewChanges(store, audit.New(store, time.Now), time.Now)
	var bytes int64
	if info, err := os.Stat(o.out); err == nil {
		bytes = info.Size()
	}
	return backup.NoteMade(ctx, changes, shell.Actor(), m, bytes, sealed)
}
