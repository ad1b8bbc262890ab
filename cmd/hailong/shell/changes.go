package shell

import (
	"time"

	"hailong/survey"
	"hailong/survey/audit"
)

// ChangesOf is the way in which a store is changed, and its audit log.
func ChangesOf(store survey.Store) (*survey.Changes, *audit.Log) {
	log := audit.New(store, time.Now)
	return survey.NewChanges(store, log, time.Now), log
}
