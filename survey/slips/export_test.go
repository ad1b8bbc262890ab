package slips

import (
	"context"

	"hailong/survey"
)

// SpentBetween is how many slips were spent from a day to a day, exactly.
func (s *Slips) SpentBetween(ctx context.Context, from, to survey.Date) (int, error) {
	days, err := s.tally(ctx, from, to)
	n := 0
	for _, d := range days {
		n += d.Spent
	}
	return n, err
}
