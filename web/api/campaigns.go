package api

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// GetCampaigns implements ServerInterface.
func (h *Handlers) GetCampaigns(c *fiber.Ctx, _ GetCampaignsParams) error {
	answer := []Campaign{}
	catalog := h.Catalog()
	for i := range catalog.Campaigns {
		k := &catalog.Campaigns[i]
		if tokenOf(c).Grant.Covers(catalog, "", k.Family) {
			answer = append(answer, campaignOf(k, h.Words.Lang(c)))
		}
	}
	return send(c, answer)
}

func campaignOf(k *survey.Campaign, lang survey.Lang) Campaign {
	answer := Campaign{
		ID: string(k.ID), Title: k.Title.In(lang), Questionnaire: string(k.Family), Forms: make([]FormRef, len(k.Forms)),
		From: string(k.Period.From), To: string(k.Period.To), State: CampaignState(k.State), Method: methodOf(k.Method), Demo: k.Demo,
	}
	for i, f := range k.Forms {
		answer.Forms[i] = FormRef{Code: string(f.Code), Version: int64(f.Version)}
	}
	answer.Withdrawn, _ = withdrawalOf(k)
	return answer
}

// withdrawalOf is how the figures of a campaign were taken back; false where
// they were not.
func withdrawalOf(k *survey.Campaign) (Withdrawal, bool) {
	if k.State != survey.Withdrawn || len(k.Editions) == 0 {
		return Withdrawal{}, false
	}
	last := k.Editions[len(k.Editions)-1]
	return Withdrawal{At: last.Withdrawn, Reason: last.Reason}, true
}
