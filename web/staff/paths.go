package staff

import (
	"strconv"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/page"
)

// BatchPath is the page of a batch.
func BatchPath(id survey.BatchID) string { return "/staff/batches/" + string(id) }

// ExcludePath is where who runs the campaign voids a form.
func ExcludePath(form *paper.RecheckedForm) string {
	return BatchPath(form.Response.Batch) + "/exclude?" + page.AsQuery("serial", strconv.Itoa(form.Serial))
}

// CampaignPath is the page of a campaign.
func CampaignPath(id survey.CampaignID) string { return "/staff/campaigns/" + string(id) }

// RecheckPath is the page of a campaign's re-checks.
func RecheckPath(id survey.CampaignID) string { return "/staff/rechecks/" + string(id) }
