package audit

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

const (
	// baselineRef is the Ref of the last entry of the baseline.
	baselineRef = "baseline"

	// baselineSize is how many documents an entry of the baseline tells of.
	baselineSize = 20_000
)

// Baseline enters, once in the life of a store, every document of the audited
// collections into the log as it is. From then on Verify finds a document that
// the log does not know. It is called at the first start, after the shipped
// catalogue was loaded, and at the first start of this version on an older
// store.
func (l *Log) Baseline(ctx context.Context, actor survey.Actor) error {
	if has, err := l.Has(ctx, baselineRef); err != nil || has {
		return err
	}
	entry := func(ref string, docs []string) error {
		return l.append(ctx, ChainedEntry{
			At: l.time(), Actor: actor, Action: "audit.baseline", Subject: "store", Ref: ref, Docs: docs,
		})
	}
	var docs []string
	for _, c := range survey.Audited {
		err := l.store.Scan(ctx, c, "", "", func(raw bson.Raw) error {
			if len(docs) == baselineSize {
				if err := entry("", docs); err != nil {
					return err
				}
				docs = nil
			}
			r, err := survey.RevisionOf(c, raw)
			docs = append(docs, r.String())
			return err
		})
		if err != nil {
			return err
		}
	}
	return entry(baselineRef, docs)
}
