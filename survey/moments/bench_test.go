package moments_test

import (
	"testing"
	"time"

	"hailong/survey/moments"
	"hailong/survey/surveytest"
)

// BenchmarkBlur blurs exact moments of an old store in a file, as many as one call does,
// and walks over as many that are blurred.
func BenchmarkBlur(b *testing.B) {
	f := surveytest.NewResponses(b)
	f.InsertResidents(50_000)
	now := func() time.Time { return surveytest.Received.AddDate(0, 0, 3) }
	for i := range b.N {
		began := time.Now()
		n, err := moments.New(f.Store, nothingToJudge, now).Blur(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("run %d: %d blurred in %s", i, n, time.Since(began))
	}
}
