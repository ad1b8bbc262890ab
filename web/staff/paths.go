package staff

import (
	"strconv"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/page"
)

func BatchPath(id survey.BatchID) string { return "/staff/batches/" + string(id) }

// ExcludePath is where who runs the campaign voids a form.
func ExcludePath(form *paper.RecheckedForm) string {
	return BatchPath(form.Response.Batch) + "/exclude?" + page.AsQuery("serial", strconv.Itoa(form.Serial))
}

func CampaignPath(id survey.CampaignID) string { return "/staff/campaigns/" + string(id) }

func RecheckPath(id survey.CampaignID) string { return "/staff/rechecks/" + string(id) }
