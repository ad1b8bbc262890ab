package public

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/web/figures"
	"hailong/web/page"
)

// snapshotShow sends the text of an edition in force.
func (h *Handlers) snapshotShow(c *fiber.Ctx) error {
	id, err := url.PathUnescape(c.Params("campaign"))
	if err != nil {
		return fiber.ErrNotFound
	}
	hash := c.Params("hash")
	campaign := survey.CampaignID(id)
	text, err := h.published.Text(c.UserContext(), results.Public, campaign, hash)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return figures.SendText(c, campaign, hash, text)
}

// withdrawnPage says why figures are no longer there.
type withdrawnPage struct {
	page.Page
	Campaign *survey.Campaign
	Edition  survey.Edition
}

func (h *Handlers) withdrawnShow(c *fiber.Ctx, campaign *survey.Campaign, edition *survey.Edition) error {
	return h.Render(c, fiber.StatusGone, "results_withdrawn", withdrawnPage{Page: h.Page(c), Campaign: campaign, Edition: *edition})
}
