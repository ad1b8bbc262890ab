package web

import (
	"context"
	"strconv"

	"hailong/survey"
	"hailong/survey/paper"
)

// campaignDoubts is what the re-checks say against closing or publishing a
// campaign now: surveyor by surveyor, what is still to be re-checked and what
// was found to be bad and counts nevertheless.
func (s *Server) campaignDoubts(ctx context.Context, who *signedIn, campaign *survey.Campaign, step string) ([]doubt, error) {
	if step != "close" && step != "publish" {
		return nil, nil
	}
	surveyors, err := s.rechecks.Campaign(ctx, campaign.ID, paper.Everywhere)
	if err != nil {
		return nil, err
	}
	names, err := s.namesOf(ctx)
	if err != nil {
		return nil, err
	}
	all := doubtLink{campaignPath(campaign.ID) + "/progress", survey.Message{Key: "doubt.progress"}}
	if who.May(survey.Recheck) {
		all = doubtLink{recheckPath(campaign.ID), survey.Message{Key: "doubt.rechecks"}}
	}
	var doubts []doubt
	for i := range surveyors {
		x := &surveyors[i]
		bad := badForms(x)
		if !x.Failed() && x.Waiting() == 0 && len(bad) == 0 {
			continue
		}
		key := "doubt.surveyor"
		if x.Failed() {
			key = "doubt.surveyor_failed"
		}
		d := doubt{
			Text:  survey.Message{Key: key, Args: []any{names(x.Surveyor), x.Waiting(), len(bad)}},
			Links: []doubtLink{all},
		}
		for _, form := range bad {
			if who.May(survey.EditCampaigns) {
				d.Links = append(d.Links, doubtLink{excludePath(form), survey.Message{Key: "doubt.exclude", Args: []any{strconv.Itoa(form.Serial), string(form.Response.Batch)}}})
			}
		}
		doubts = append(doubts, d)
	}
	return doubts, nil
}

// badForms are those found to be bad that still count.
func badForms(x *paper.SurveyorRechecks) []*paper.RecheckedForm {
	var bad []*paper.RecheckedForm
	for i := range x.Drawn {
		if form := &x.Drawn[i]; form.Outcome().Bad() && !form.Voided {
			bad = append(bad, form)
		}
	}
	return bad
}

// excludePath is where who runs the campaign voids a form.
func excludePath(form *paper.RecheckedForm) string {
	return batchPath(form.Response.Batch) + "/exclude?" + asQuery("serial", strconv.Itoa(form.Serial))
}
