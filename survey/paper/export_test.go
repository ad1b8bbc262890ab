package paper

import (
	"context"

	"hailong/survey"
)

// FormID is the id of an attempt at a form, for tests.
func (b *Batches) FormID(ctx context.Context, batch *Batch, serial, attempt int) (survey.ResponseID, error) {
	ids, err := b.formIDs(ctx, batch)
	return ids.id(serial, attempt), err
}
