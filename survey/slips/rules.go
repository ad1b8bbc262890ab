package slips

import (
	"context"
	"regexp"

	"hailong/survey"
)

// Rules is what the deployment decided about slips.
type Rules struct {
	ID      string `bson:"_id" json:"-"`
	Rev     int64  `bson:"rev" json:"-"`
	Days    int    `bson:"days" json:"days"`       // how long a slip is good for
	Most    int    `bson:"most" json:"most"`       // that one person or program may issue for a point on a day
	Pattern string `bson:"pattern" json:"pattern"` // of an application's code, a regular expression
}

// DossierPattern is the usual shape of an application's code: the office's
// identifier, the day of receipt, a running number, as in H56.14-240823-0001.
const DossierPattern = `^[A-Z]\d{2}(\.\d+){0,4}-\d{6}-\d{4,5}$`

// Limits of the rules, and the rules until somebody decides otherwise: a month, so
// that a roll at the counter is good until it is used up, and what a busy counter
// serves on a day.
const (
	rulesID    = "slips"
	usualDays  = 31
	usualMost  = 200
	MaxDays    = 365
	MaxMost    = 5000
	maxPattern = 200
)

func (s *Slips) rules() survey.Documents[Rules] {
	return survey.Documents[Rules]{Store: s.store, Collection: survey.Settings}
}

func usualRules() Rules {
	return Rules{ID: rulesID, Days: usualDays, Most: usualMost, Pattern: DossierPattern}
}

// Rules returns the rules in force; revision 0 where nobody decided yet.
func (s *Slips) Rules(ctx context.Context) (Rules, error) {
	rules, err := s.rules().Get(ctx, rulesID)
	if survey.Is(err, survey.NotFound) {
		return usualRules(), nil
	}
	return rules, err
}

// SetRules changes the rules that were seen at revision rev. Errors: Conflict if they
// have another revision, Invalid if the pattern is malformed or too long, or a number
// out of range.
func (s *Slips) SetRules(ctx context.Context, actor survey.Actor, rev int64, to Rules) error {
	fields := survey.Fields{}
	if _, err := regexp.Compile(to.Pattern); err != nil || to.Pattern == "" || len(to.Pattern) > maxPattern {
		fields.Add("pattern", "slip.bad_pattern")
	}
	if to.Days < 1 || to.Days > MaxDays {
		fields.Add("days", "slip.bad_number", 1, MaxDays)
	}
	if to.Most < 1 || to.Most > MaxMost {
		fields.Add("most", "slip.bad_number", 1, MaxMost)
	}
	if err := fields.Err("set rules of slips", "slip.invalid"); err != nil {
		return err
	}
	_, err := survey.Change(ctx, s.changes, survey.Edit[Rules]{
		Collection: survey.Settings, ID: rulesID, Seen: rev, Actor: actor, Action: "slip.rules",
		Do: func(r *Rules) error {
			*r = Rules{ID: rulesID, Rev: r.Rev, Days: to.Days, Most: to.Most, Pattern: to.Pattern}
			return nil
		},
	})
	return err
}
