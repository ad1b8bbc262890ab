package public

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/web/page"
)

// snapshotShow sends the text that was hashed, byte for byte, so that anybody
// can compute the hash.
func (h *Handlers) snapshotShow(c *fiber.Ctx) error {
	id, err := url.PathUnescape(c.Params("campaign"))
	if err != nil {
		return fiber.ErrNotFound
	}
	hash := c.Params("hash")
	text, err := h.published.Text(c.UserContext(), results.Public, survey.CampaignID(id), hash)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+id+"-"+hash[:12]+`.json"`)
	return c.SendString(text)
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
