package transactions

import (
	"context"

	"hailong/survey"
)

// FewerThanReceived returns those of the counts that are another number than what is
// stated, and less than the responses that had come in on their day. Such a number is
// stored all the same, once whoever states it has looked at it again: proofs beyond it
// are held (survey/quarantine), and the response rate is above 100 %. How many came in
// is not told.
func (t *Transactions) FewerThanReceived(ctx context.Context, counts []Count) ([]Count, error) {
	if t.Received == nil || len(counts) == 0 {
		return nil, nil
	}
	first := counts[0].Day
	for _, c := range counts {
		first = min(first, c.Day)
	}
	stated, err := t.Since(ctx, first)
	if err != nil {
		return nil, err
	}
	var fewer []Count
	for _, c := range counts {
		if n, known := stated[c.Point][c.Day]; known && n == c.Number {
			continue
		}
		received, err := t.Received(ctx, c.Point, c.Day)
		if err != nil {
			return nil, err
		}
		if c.Number < received {
			fewer = append(fewer, c)
		}
	}
	return fewer, nil
}

// countsOf are the counts of days of a point, by day.
func countsOf(point survey.PointCode, days map[survey.Date]int) []Count {
	m := NewMonth(point, "", days)
	counts := make([]Count, len(m.Days))
	for i, d := range m.Days {
		counts[i] = Count{Point: point, Day: d.Day, Number: d.Number}
	}
	return counts
}

// DaysFewerThanReceived are those of the days of a point whose number is; see
// FewerThanReceived.
func (t *Transactions) DaysFewerThanReceived(ctx context.Context, point survey.PointCode, days map[survey.Date]int) ([]survey.Date, error) {
	fewer, err := t.FewerThanReceived(ctx, countsOf(point, days))
	list := make([]survey.Date, len(fewer))
	for i, c := range fewer {
		list[i] = c.Day
	}
	return list, err
}
