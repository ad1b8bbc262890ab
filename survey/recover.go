package survey

import (
	"bytes"
	"context"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// partAge is after how long a part of an intent that never became one is thrown
// away: no process is still writing it.
const partAge = time.Hour

// Recover does what a process left to do that ended in the middle of a change,
// and returns how many acts it finished and how many entries it wrote. It is
// called at the start, before anything is served; several processes may call it
// at once, also while others work.
func (c *Changes) Recover(ctx context.Context) (acts, entries int, err error) {
	var begun, parts []string
	err = c.Store.Scan(ctx, Intents, "", "", func(raw bson.Raw) error {
		id, err := DocumentID(raw)
		switch at, _ := raw.Lookup("at").TimeOK(); {
		case err != nil:
			return err
		case !strings.Contains(id, "/"):
			begun = append(begun, strings.Clone(id))
		case c.Now().Sub(at) > partAge:
			parts = append(parts, strings.Clone(id))
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	for _, act := range begun {
		found, err := c.resume(ctx, act)
		if err != nil {
			return acts, 0, err
		}
		if found {
			acts++
		}
	}
	for _, id := range parts {
		if err := c.Store.Delete(ctx, Intents, id, 0); err != nil && !Is(err, NotFound) {
			return acts, 0, err
		}
	}
	for _, collection := range Audited {
		n, err := c.recoverEntries(ctx, collection)
		entries += n
		if err != nil {
			return acts, entries, err
		}
	}
	return acts, entries, nil
}

// recoverEntries gives the log the entries that documents carry for it.
func (c *Changes) recoverEntries(ctx context.Context, collection Collection) (int, error) {
	var late []bson.Raw
	err := c.Store.Scan(ctx, collection, "", "", func(raw bson.Raw) error {
		last, ok := changeOf(raw)
		if !ok {
			return nil
		}
		has, err := c.Log.Has(ctx, last.ID)
		if !has {
			late = append(late, bytes.Clone(raw))
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	for i, raw := range late {
		if err := c.settle(ctx, collection, raw, c.resume); err != nil {
			return i, err
		}
	}
	return len(late), nil
}
