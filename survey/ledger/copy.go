package ledger

import (
	"bytes"
	"context"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// copied is how many documents one write of a copy holds.
const copied = 1000

// Copy copies the ledger of a store that others write to. The responses have to be in the
// copy already: it returns those that the copied ledger names and that are not there, or
// not as it says, because they came or changed meanwhile. With them the copy is whole.
//
// The order makes it so. Responses come before the ledger, and each was named before it
// was stored: none is in the copy that the ledger does not know. Of the ledger, chains come
// first, until no more begin, then entries, then parts, as Verify reads them: what is
// closed meanwhile is copied twice, and never not at all. What a chain wrote that had not
// begun by then is left out: no response of the copy is named there alone.
func Copy(ctx context.Context, from, to survey.Store) (again []survey.ResponseID, err error) {
	begun, err := copyChains(ctx, from, to)
	if err != nil {
		return nil, err
	}
	for _, c := range []survey.Collection{survey.Ledger, survey.LedgerDays} {
		err := copyOf(ctx, from, to, c, func(id string) bool {
			chain, _, ok := parseID(id)
			return !ok || begun[chain] // what is no id of ours is copied, and found by who checks
		})
		if err != nil {
			return nil, err
		}
	}
	report, err := Verify(ctx, to, nil)
	for _, m := range report.Missing {
		again = append(again, m.IDs...)
	}
	return append(again, report.Altered...), err
}

// copyChains copies chains until a look finds none that has begun since: one names the
// ends of others.
func copyChains(ctx context.Context, from, to survey.Store) (map[ChainID]bool, error) {
	begun := map[ChainID]bool{}
	for before := -1; before < len(begun); {
		before = len(begun)
		err := copyOf(ctx, from, to, survey.Chains, func(id string) bool {
			known := begun[ChainID(id)]
			begun[ChainID(id)] = true
			return !known
		})
		if err != nil {
			return nil, err
		}
	}
	return begun, nil
}

func copyOf(ctx context.Context, from, to survey.Store, c survey.Collection, wanted func(id string) bool) error {
	var group []bson.Raw
	flush := func() error {
		if len(group) == 0 {
			return nil
		}
		_, err := to.Insert(ctx, c, group...)
		group = group[:0]
		return err
	}
	err := from.Scan(ctx, c, "", "", func(doc bson.Raw) error {
		if !wanted(survey.DocumentText(doc, "_id")) {
			return nil
		}
		if group = append(group, bytes.Clone(doc)); len(group) < copied {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
