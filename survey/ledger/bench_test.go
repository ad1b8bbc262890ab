package ledger_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/ledger"
	"hailong/survey/surveytest"
)

// BenchmarkKeep keeps responses of 64 callers, each waiting for the disk: into the store
// alone, and with the ledger. Compare the two of one run.
func BenchmarkKeep(b *testing.B) {
	store := surveytest.Store(b)
	l := ledger.New(store, time.Now)
	for name, keep := range map[string]func(survey.Response) error{
		"Store": func(r survey.Response) error {
			_, err := survey.InsertAll(context.Background(), store, survey.Responses, []survey.Response{r})
			return err
		},
		"Ledger": func(r survey.Response) error {
			_, err := l.Keep(context.Background(), nil, r)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			var left atomic.Int64
			left.Store(int64(b.N))
			var callers sync.WaitGroup
			for range 64 {
				callers.Go(func() {
					r := surveytest.Response
					for left.Add(-1) >= 0 {
						r.ID = survey.ResponseID(uuid.NewString())
						if err := keep(r); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			callers.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "responses/s")
		})
	}
}
