package campaigns

import (
	"context"
	"strconv"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/staff"
)

// campaignWarnings is what the re-checks say against closing or publishing a
// campaign now: surveyor by surveyor, what is still to be re-checked and what
// was found to be bad and counts nevertheless.
func (h *Handlers) campaignWarnings(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign, step survey.CampaignStep) ([]staff.Warning, error) {
	if step != survey.StepClose && step != survey.StepPublish {
		return nil, nil
	}
	surveyors, err := h.rechecks.Campaign(ctx, campaign.ID, paper.Everywhere)
	if err != nil {
		return nil, err
	}
	names, err := h.NamesOf(ctx)
	if err != nil {
		return nil, err
	}
	all := staff.WarningLink{Path: staff.CampaignPath(campaign.ID) + "/progress", Label: survey.Message{Key: "warning.progress"}}
	if who.May(survey.Recheck) {
		all = staff.WarningLink{Path: staff.RecheckPath(campaign.ID), Label: survey.Message{Key: "warning.rechecks"}}
	}
	var warnings []staff.Warning
	for i := range surveyors {
		x := &surveyors[i]
		bad := badForms(x)
		if !x.Failed() && x.Waiting() == 0 && len(bad) == 0 {
			continue
		}
		key := "warning.surveyor"
		if x.Failed() {
			key = "warning.surveyor_failed"
		}
		d := staff.Warning{
			Text:  survey.Message{Key: key, Args: []any{names(x.Surveyor), x.Waiting(), len(bad)}},
			Links: []staff.WarningLink{all},
		}
		for _, form := range bad {
			if who.May(survey.EditCampaigns) {
				d.Links = append(d.Links, staff.WarningLink{Path: staff.ExcludePath(form), Label: survey.Message{Key: "warning.exclude", Args: []any{strconv.Itoa(form.Serial), string(form.Response.Batch)}}})
			}
		}
		warnings = append(warnings, d)
	}
	return warnings, nil
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
