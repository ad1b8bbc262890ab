package ledger

import (
	"context"

	"hailong/survey"
)

// VerifyAtOnce is Verify with at most so many leaves in memory.
func VerifyAtOnce(ctx context.Context, store survey.Store, most int) (Discrepancies, error) {
	return verify(ctx, store, most, nil)
}
