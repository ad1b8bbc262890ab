package migrations

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/ledger"
)

// Store is a store that can be brought to another format.
type Store interface {
	survey.Carrier

	// SetFormat puts a format in the place of another; Conflict if the store has
	// neither.
	SetFormat(ctx context.Context, seen, next survey.StoreFormat) error

	// Rewrite has change make a new form of some documents of a collection whose
	// ids are at least from, and returns where to go on ("" at the end) and how many
	// it has looked at. A new form is written where the document is as change saw
	// it; where it is not, change sees it again. Every document has a checksum
	// afterwards.
	Rewrite(ctx context.Context, c survey.Collection, from string, change func(bson.Raw) (bson.Raw, error)) (next string, n int, err error)
}

// migration is what leads to one format.
type migration struct {
	to  int
	run func(ctx context.Context, store Store, told func(survey.Collection, int)) error
}

// all are the migrations, in order; the last leads to survey.CurrentFormat.
//
//	1  the first, without checksums; MongoDB said nothing about it
//	2  every document carries a checksum; a file keeps a tally of each collection
//	3  every response has a salt and is in the ledger
var all = []migration{
	{to: 2, run: addChecksums},
	{to: 3, run: enterResponses},
}

// Run brings a store to the current format and returns how it found it. program is
// the version of this program, which the store names to older ones; told is called
// with how many documents a migration has gone through more, and may be nil.
//
// A store that a newer program wrote is an Invalid error with a *survey.NewerFormat;
// a document that is damaged already is an error with a *survey.Damage, and the
// store is on its way then, as after a kill.
func Run(ctx context.Context, store Store, program string, told func(to int, c survey.Collection, documents int)) (found survey.StoreFormat, err error) {
	return run(ctx, store, all, program, told)
}

func run(ctx context.Context, store Store, all []migration, program string, told func(to int, c survey.Collection, documents int)) (found survey.StoreFormat, err error) {
	now, err := store.Format(ctx)
	found = now
	if err == nil {
		err = now.Check()
	}
	if err != nil {
		return found, err
	}
	for _, m := range all {
		if m.to <= now.Done() {
			continue
		}
		if now, err = take(ctx, store, now, m, program, told); err != nil {
			return found, err
		}
	}
	if now.Wrote == "" && program != "" {
		_, err = set(ctx, store, now, survey.NewStoreFormat(now.Version, program))
	}
	return found, err
}

// take carries out one migration.
func take(ctx context.Context, store Store, now survey.StoreFormat, m migration, program string, told func(to int, c survey.Collection, documents int)) (survey.StoreFormat, error) {
	arrived := survey.NewStoreFormat(m.to, program)
	onItsWay := arrived
	onItsWay.Rising = true
	now, err := set(ctx, store, now, onItsWay)
	if err != nil || now.Done() >= m.to {
		return now, err
	}
	err = m.run(ctx, store, func(c survey.Collection, n int) {
		if told != nil {
			told(m.to, c, n)
		}
	})
	if err != nil {
		return now, err
	}
	return set(ctx, store, now, arrived)
}

// set sets a format, unless another program has come further meanwhile, and returns
// the one that the store has.
func set(ctx context.Context, store Store, seen, next survey.StoreFormat) (survey.StoreFormat, error) {
	for {
		err := store.SetFormat(ctx, seen, next)
		if err == nil {
			return next, nil
		}
		if !survey.Is(err, survey.Conflict) {
			return seen, err
		}
		if seen, err = store.Format(ctx); err != nil {
			return seen, err
		}
		if seen.Done() >= next.Done() && seen.Version >= next.Version {
			return seen, seen.Check()
		}
	}
}

// addChecksums gives every document a checksum; the stores do, whatever is written.
func addChecksums(ctx context.Context, store Store, told func(survey.Collection, int)) error {
	all, err := store.Contents(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		err := each(ctx, store, c, told, func(doc bson.Raw) (bson.Raw, error) { return doc, nil })
		if err != nil {
			return err
		}
	}
	return nil
}

// each rewrites every document of a collection.
func each(ctx context.Context, store Store, c survey.Collection, told func(survey.Collection, int), change func(bson.Raw) (bson.Raw, error)) error {
	from := ""
	for {
		next, n, err := store.Rewrite(ctx, c, from, change)
		if err != nil {
			return err
		}
		told(c, n)
		if next == "" {
			return nil
		}
		from = next
	}
}

// enterResponses enters the responses into the ledger.
func enterResponses(ctx context.Context, store Store, told func(survey.Collection, int)) error {
	return ledger.Adopt(ctx, store, func(n int) { told(survey.Responses, n) })
}
