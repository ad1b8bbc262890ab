package sampling

import (
	"context"

	"hailong/survey"
	"hailong/survey/people"
)

// Assignment gives the rows of a place to a surveyor.
type Assignment struct {
	Place    `bson:",inline"`
	Surveyor survey.Login `bson:"surveyor" json:"surveyor"`
}

// Place is a unit, or a village or neighbourhood of it.
type Place struct {
	Unit    survey.UnitID `bson:"unit" json:"unit"`
	Village string        `bson:"village,omitempty" json:"village,omitempty"`
}

// SurveyorOf is who visits a place; empty: nobody yet.
func (s *Sample) SurveyorOf(p Place) survey.Login {
	for _, w := range s.Work {
		if w.Place == p {
			return w.Surveyor
		}
	}
	return ""
}

// AssignWork says who visits which places; a place without a surveyor is left
// out. Errors: Invalid, Conflict.
func (ss *Samples) AssignWork(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, work []Assignment) (Sample, error) {
	users := survey.Documents[people.User]{Store: ss.store, Collection: survey.Users}
	able := map[survey.Login]bool{}
	for _, w := range work {
		if _, known := able[w.Surveyor]; known {
			continue
		}
		u, err := users.Get(ctx, string(w.Surveyor))
		if err != nil && !survey.Is(err, survey.NotFound) {
			return Sample{}, err
		}
		if able[w.Surveyor] = err == nil && !u.Disabled && u.Grant.May(survey.VisitSample); !able[w.Surveyor] {
			return Sample{}, &survey.Error{Kind: survey.Invalid, Op: "assign work", Key: "sample.bad_surveyor", Args: []any{string(w.Surveyor)}, Fields: survey.Fields{
				"work": {Key: "sample.bad_surveyor", Args: []any{string(w.Surveyor)}},
			}}
		}
	}
	return ss.changeSample(ctx, actor, id, rev, "sample.assign", func(s *Sample) error {
		s.Work = work
		return nil
	})
}
