package treelog

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// CopyNamed copies to a store the records that its editions name and that it does not hold
// yet. part is called before each with the id of its part of the ledger, which must be
// there too.
func CopyNamed(ctx context.Context, from, to survey.Store, part func(id string) error) error {
	campaigns, err := survey.Documents[survey.Campaign]{Store: to, Collection: survey.Campaigns}.All(ctx)
	if err != nil {
		return err
	}
	var size int64
	for i := range campaigns {
		for _, e := range campaigns[i].Editions {
			if e.Log != nil {
				size = max(size, e.Log.Size)
			}
		}
	}
	for n := size - 1; n >= 0; n-- {
		_, err := to.Get(ctx, survey.LogRecords, recordID(n))
		if err == nil { // and so is every one before it
			return nil
		}
		if !survey.Is(err, survey.NotFound) {
			return err
		}
		if err := copyRecord(ctx, from, to, n, part); err != nil {
			return err
		}
	}
	return nil
}

func copyRecord(ctx context.Context, from, to survey.Store, n int64, part func(id string) error) error {
	raw, err := from.Get(ctx, survey.LogRecords, recordID(n))
	if err != nil {
		return err
	}
	var d document
	if err := bson.Unmarshal(raw, &d); err != nil {
		return survey.NewError(survey.Internal, "copy the log", err)
	}
	r, err := ParseRecord(d.Text)
	if err != nil {
		return survey.NewError(survey.Internal, "copy the log", fmt.Errorf("record %d: %w", n, err))
	}
	if p := r.Part; p != nil {
		if err := part(fmt.Sprintf("%s/%06d", p.Chain, p.Number)); err != nil {
			return err
		}
	}
	_, err = to.Insert(ctx, survey.LogRecords, raw)
	return err
}
