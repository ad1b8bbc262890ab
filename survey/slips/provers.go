package slips

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// proverDays is for how long after issuing slips somebody is one who does.
const proverDays = 62

// Provers tells which people issued slips of each point in the two months before a day
// or since, and the first day of it. Programs are none: they issue with the transaction.
func (s *Slips) Provers(ctx context.Context, since survey.Date) (map[survey.PointCode]map[string]survey.Date, error) {
	provers := map[survey.PointCode]map[string]survey.Date{}
	program := survey.Actor{Token: "x"}.String()[:len("token:")]
	from := survey.DateOf(since.Time().AddDate(0, 0, -proverDays))
	err := s.store.Scan(ctx, survey.SlipIssues, string(from), "", func(doc bson.Raw) error {
		by, point, day := survey.DocumentText(doc, "by"), survey.PointCode(survey.DocumentText(doc, "point")), survey.Date(survey.DocumentText(doc, "day"))
		if strings.HasPrefix(by, program) {
			return nil
		}
		if provers[point] == nil {
			provers[point] = map[string]survey.Date{}
		}
		if first, known := provers[point][by]; !known || day < first {
			provers[point][by] = day
		}
		return nil
	})
	return provers, err
}
