package quarantine_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/quarantine"
	"hailong/survey/surveytest"
)

// BenchmarkArrived is what a submission pays for being judged.
func BenchmarkArrived(b *testing.B) {
	store := surveytest.Store(b)
	now := func() time.Time { return at(9, 30) }
	q := quarantine.New(survey.NewChanges(store, audit.New(store, now), now), nil)
	random := rand.New(rand.NewPCG(1, 2))
	r := survey.Response{
		Campaign: campaign, Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Point: point, Channel: survey.ChannelQR, Day: day, Received: at(9, 30),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{5}}, {Item: "polite", Codes: []int{4}}},
	}
	ids := make([]survey.ResponseID, b.N)
	for i := range ids {
		var id uuid.UUID
		for k := range id {
			id[k] = byte(random.Uint32())
		}
		ids[i] = survey.ResponseID(id.String())
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		r.ID = ids[i]
		q.Arrived(r)
	}
}
