package livecopy

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/ledger"
)

// Documents go over in groups of at most so many and so large.
const (
	groupDocuments = 1000
	groupBytes     = 4 << 20
)

// Make copies a store into an empty one of the same format, which nobody else uses. It
// copies no collection that passes within hours (survey.Passing). Errors are those of the
// stores; the copy is of no use then.
func Make(ctx context.Context, from, to survey.Carrier) error {
	c := copying{from: from, to: to}
	if _, err := c.auditLog(ctx); err != nil {
		return err
	}
	all, err := from.Contents(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Backward(all) {
		switch name {
		case survey.Audit, survey.Chains, survey.Ledger, survey.LedgerDays:
			continue
		}
		if slices.Contains(survey.Passing, name) {
			continue
		}
		if err := to.AddCollection(ctx, name); err != nil {
			return err
		}
		if err := c.collection(ctx, name); err != nil {
			return err
		}
	}
	if err := c.responses(ctx); err != nil {
		return err
	}
	return c.changes(ctx)
}

// copying is a copy that is being made.
type copying struct {
	from, to survey.Carrier
	logged   string // the newest entry of the audit log that was copied
}

func (c *copying) collection(ctx context.Context, name survey.Collection) error {
	var group []bson.Raw
	size := 0
	flush := func() error {
		if len(group) == 0 {
			return nil
		}
		_, err := c.to.Insert(ctx, name, group...)
		group, size = group[:0], 0
		return err
	}
	err := c.from.Scan(ctx, name, "", "", func(doc bson.Raw) error {
		group = append(group, bytes.Clone(doc))
		if size += len(doc); len(group) < groupDocuments && size < groupBytes {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// responses copies the ledger, and has the responses of the copy fit it.
func (c *copying) responses(ctx context.Context) error {
	again, err := ledger.Copy(ctx, c.from, c.to)
	if err != nil {
		return err
	}
	// What was taken back after it was copied: its mark came later than the response.
	err = c.to.Scan(ctx, survey.TakenBackMarks, "", "", func(mark bson.Raw) error {
		id := survey.DocumentText(mark, "_id")
		if doc, err := c.to.Get(ctx, survey.Responses, id); err == nil && !survey.IsTakenBack(doc) {
			again = append(again, survey.ResponseID(id))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range again {
		// The mark of a response that is taken back is there before its answers go.
		for _, name := range []survey.Collection{survey.Responses, survey.TakenBackMarks} {
			if err := c.document(ctx, name, string(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// changes copies what staff changed meanwhile.
func (c *copying) changes(ctx context.Context) error {
	for {
		changed, err := c.auditLog(ctx)
		if err != nil {
			return err
		}
		if changed == nil {
			return nil
		}
		for subject := range changed {
			name, id, _ := strings.Cut(subject, "/")
			if err := c.document(ctx, survey.Collection(name), id); err != nil {
				return err
			}
		}
		if err := c.intents(ctx); err != nil {
			return err
		}
	}
}

// auditLog copies the entries of the audit log that are not copied yet, and returns the
// documents that they name; nil: there was none.
func (c *copying) auditLog(ctx context.Context) (map[string]bool, error) {
	var changed map[string]bool
	from := ""
	if c.logged != "" {
		from = c.logged + "\x00"
	}
	var group []bson.Raw
	flush := func() error {
		if len(group) == 0 {
			return nil
		}
		_, err := c.to.Insert(ctx, survey.Audit, group...)
		group = group[:0]
		return err
	}
	err := c.from.Scan(ctx, survey.Audit, from, "", func(doc bson.Raw) error {
		if changed == nil {
			changed = map[string]bool{}
		}
		named, err := audit.Changed(doc)
		if err != nil {
			return err
		}
		for _, r := range named {
			changed[r.Subject] = true
		}
		c.logged = survey.DocumentText(doc, "_id")
		if group = append(group, bytes.Clone(doc)); len(group) < groupDocuments {
			return nil
		}
		return flush()
	})
	if err != nil {
		return nil, err
	}
	return changed, flush()
}

// intents has the copy hold the acts that are not finished now, and no other one.
func (c *copying) intents(ctx context.Context) error {
	ids := map[string]bool{}
	for _, store := range []survey.Store{c.to, c.from} {
		err := store.Scan(ctx, survey.Intents, "", "", func(doc bson.Raw) error {
			ids[survey.DocumentText(doc, "_id")] = true
			return nil
		})
		if err != nil {
			return err
		}
	}
	for id := range ids {
		if err := c.document(ctx, survey.Intents, id); err != nil {
			return err
		}
	}
	return nil
}

// document has the copy hold a document as it is now, or not at all.
func (c *copying) document(ctx context.Context, name survey.Collection, id string) error {
	now, err := c.from.Get(ctx, name, id)
	gone := survey.Is(err, survey.NotFound)
	if err != nil && !gone {
		return err
	}
	was, err := c.to.Get(ctx, name, id)
	switch {
	case err == nil && bytes.Equal(was, now):
		return nil
	case err == nil:
		err = c.to.Delete(ctx, name, id, survey.DocumentRev(was))
	case survey.Is(err, survey.NotFound):
		err = nil
	}
	if err != nil || gone {
		return err
	}
	_, err = c.to.Insert(ctx, name, now)
	return err
}
