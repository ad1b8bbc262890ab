package retention

import (
	"time"

	"hailong/survey"
)

// DueOn is the day from which a part of a campaign's responses is kept no longer;
// empty while the campaign has no end.
func DueOn(rules *survey.PrivacyRules, c *survey.Campaign, part ResponsePart) survey.Date {
	keep := rules.KeepOf(c.ID)
	months := keep.Texts
	if part == Sensitive {
		months = keep.Sensitive
	}
	until := keptUntil(c, months)
	if until == "" {
		return ""
	}
	return survey.DateOf(until.Time().AddDate(0, 0, 1))
}

// keptUntil is the last day of so many months after the end of a campaign; empty
// while it has no end.
func keptUntil(c *survey.Campaign, months int) survey.Date {
	end := c.EndedOn()
	if end == "" {
		return ""
	}
	day := end.Time()
	first := time.Date(day.Year(), day.Month()+time.Month(months), 1, 0, 0, 0, 0, survey.Zone)
	last := first.AddDate(0, 1, -1) // of a month that may be shorter
	return survey.DateOf(first.AddDate(0, 0, min(day.Day(), last.Day())-1))
}

// SensitiveItems are the codes of the questions whose answers are sensitive.
func SensitiveItems(q *survey.Questionnaire) map[string]bool {
	codes := map[string]bool{}
	for i := range q.Sections {
		for j := range q.Sections[i].Items {
			if it := &q.Sections[i].Items[j]; it.Sensitive {
				codes[it.Code] = true
			}
		}
	}
	return codes
}
