package treelog

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/ledger"
)

// mostParts bounds how many parts are read to find a response: an answer to somebody who
// has a receipt code should not cost what reading a whole ledger costs.
const mostParts = 200

// Prove proves that a stored response is in the log, by a head that an edition names or,
// where at is nil or older than the response, by the newest one. The error is NotFound
// while its day is not closed, and for one that never was in the ledger.
func (l *SignedLog) Prove(ctx context.Context, response bson.Raw, at *survey.LogHead) (ReceiptProof, error) {
	leaf, err := ledger.LeafOf(response)
	if err != nil {
		return ReceiptProof{}, survey.NewError(survey.NotFound, "prove a response", err)
	}
	l.mu.Lock()
	head, err := l.signedHead(ctx)
	candidates := l.near(ReceivedOn(response))
	l.mu.Unlock()
	if err != nil {
		return ReceiptProof{}, err
	}
	for _, n := range candidates {
		l.mu.Lock()
		record, err := ParseRecord(l.records.Text(n))
		l.mu.Unlock()
		if err != nil {
			return ReceiptProof{}, survey.NewError(survey.Internal, "prove a response", err)
		}
		path, found, err := ledger.PathInPart(ctx, l.changes.Store, record.Part.Chain, record.Part.Number, leaf)
		if err != nil {
			return ReceiptProof{}, err
		}
		if found {
			if at != nil && n < at.Size {
				head = *at
			}
			return l.proofOf(leaf, path, n, head)
		}
	}
	return ReceiptProof{}, survey.NewError(survey.NotFound, "prove a response", nil)
}

// proofOf puts a proof together.
func (l *SignedLog) proofOf(leaf ledger.Leaf, path []ledger.PathStep, n int64, head survey.LogHead) (ReceiptProof, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := ReceiptProof{Format: proofFormat, Leaf: leaf[:], Path: []Step{}, Record: l.records.Text(n), Number: n, Head: head.Signed, Key: head.Key}
	for _, s := range path {
		p.Path = append(p.Path, Step(s))
	}
	beside, err := l.records.prove(head.Size, n)
	if err != nil {
		return ReceiptProof{}, survey.NewError(survey.Internal, "prove a response", err)
	}
	p.Beside = append([]NodeHash{}, beside...)
	// What is handed out holds. An edition whose head is of another tree, after the store
	// was rewritten, is seen here.
	if _, err := p.Verify(head.Key); err != nil {
		return ReceiptProof{}, survey.NewError(survey.Internal, "prove a response", err)
	}
	return p, nil
}

// near is the records of parts that may hold what was received on a day: those of that
// day first, then those of the days around it and after, since what an older version
// stored was entered later, all at once.
func (l *SignedLog) near(day survey.Date) (numbers []int64) {
	before := survey.DateOf(day.Time().AddDate(0, 0, -1))
	for n, d := range l.days {
		if d >= before && d != "" {
			numbers = append(numbers, int64(n))
		}
	}
	away := func(n int64) time.Duration { return l.days[n].Time().Sub(day.Time()).Abs() }
	slices.SortStableFunc(numbers, func(a, b int64) int { return int(away(a).Hours()) - int(away(b).Hours()) })
	return numbers[:min(len(numbers), mostParts)]
}

// ReceivedOn is the day on which a response was received. The moment is blurred to an end
// of its day, and the next day begins there; near looks at the day before, too.
func ReceivedOn(response bson.Raw) survey.Date {
	at, ok := response.Lookup("received").TimeOK()
	if !ok {
		return survey.Date(survey.DocumentText(response, "day"))
	}
	return survey.DateOf(at)
}
