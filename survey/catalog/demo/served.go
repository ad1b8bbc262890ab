package demo

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"

	"hailong/survey"
	"hailong/survey/transactions"
)

// served invents how many people the points of procedures served, from how many
// answered there: of three to six people who come, one answers.
type served map[survey.PointCode]map[survey.Date]int

// answered notes a response.
func (s served) answered(c *survey.Catalog, r *survey.Response) {
	if campaign := c.Campaign(r.Campaign); campaign == nil || campaign.Family != survey.Procedures {
		return
	}
	if s[r.Point] == nil {
		s[r.Point] = map[survey.Date]int{}
	}
	s[r.Point][r.Day]++
}

// store stores the transactions of every day until today.
func (s served) store(ctx context.Context, store survey.Store, d Demo) error {
	rng := rand.New(rand.NewChaCha8(d.key())) //nolint:gosec // invented numbers, the same for the same seed
	var months []transactions.Month
	for _, point := range slices.Sorted(maps.Keys(s)) {
		each := 3 + rng.IntN(4)
		byMonth := map[string]map[survey.Date]int{}
		first := slices.Min(slices.Collect(maps.Keys(s[point])))
		for day := first.Time(); survey.DateOf(day) < d.Today; day = day.AddDate(0, 0, 1) {
			on := survey.DateOf(day)
			if byMonth[on.Month()] == nil {
				byMonth[on.Month()] = map[survey.Date]int{}
			}
			byMonth[on.Month()][on] = each*s[point][on] + rng.IntN(3)
		}
		for _, month := range slices.Sorted(maps.Keys(byMonth)) {
			m := transactions.NewMonth(point, month, byMonth[month])
			m.Rev = 1
			months = append(months, m)
		}
	}
	_, err := survey.InsertAll(ctx, store, survey.Transactions, months)
	return err
}
