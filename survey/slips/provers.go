package slips

import (
	"context"

	"hailong/survey"
)

// Provers tells who issued slips of each point that were good on a day or since, people
// and programs, and the first day of it. A slip is good for MaxDays at most.
func (s *Slips) Provers(ctx context.Context, since survey.Date) (map[survey.PointCode]map[string]survey.Date, error) {
	provers := map[survey.PointCode]map[string]survey.Date{}
	from := survey.DateOf(since.Time().AddDate(0, 0, -MaxDays))
	err := s.eachIssue(ctx, from, survey.DateOf(s.now()), func(i *Issue) {
		if i.lastDay() < since {
			return
		}
		if provers[i.Point] == nil {
			provers[i.Point] = map[string]survey.Date{}
		}
		if first, known := provers[i.Point][i.By]; !known || i.Day < first {
			provers[i.Point][i.By] = i.Day
		}
	})
	return provers, err
}

// lastDay is the last day on which a slip of it is good; empty where there is none.
func (i *Issue) lastDay() (last survey.Date) {
	for _, b := range i.Batches {
		last = max(last, b.Until)
	}
	return last
}
