package api

import (
	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/web/page"
)

// GetCampaigns implements ServerInterface.
func (h *Handlers) GetCampaigns(c *fiber.Ctx, _ GetCampaignsParams) error {
	answer := []Campaign{}
	catalog := h.Catalog()
	for i := range catalog.Campaigns {
		k := &catalog.Campaigns[i]
		if tokenOf(c).Grant.Covers(catalog, k.Reach().Part()) {
			answer = append(answer, campaignOf(k, page.ViewOf(c).Lang))
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
	if edition := results.Withdrawal(k); edition != nil {
		answer.Withdrawn = Withdrawal{At: edition.Withdrawn, Reason: edition.Reason}
	}
	return answer
}
