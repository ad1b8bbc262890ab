package campaigns

import (
	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/web/figures"
	"hailong/web/staff"
)

// editionText sends the text of an edition to an office, of a withdrawn one too: what
// was published and why it was wrong must stay known to who answers for it.
func (h *Handlers) editionText(c *fiber.Ctx, who *staff.SignedIn) error {
	id, hash := survey.CampaignID(c.Params("campaign")), c.Params("hash")
	text, err := h.published.Text(c.UserContext(), results.Office(who.User.Grant), id, hash)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return figures.SendText(c, id, hash, text)
}
