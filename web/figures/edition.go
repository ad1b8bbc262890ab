package figures

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// EditionView is a publication as pages show it.
type EditionView struct {
	survey.Edition
	Campaign survey.CampaignID
}

// Text is the address of the text of the published figures, for everybody while they
// are in force, and for offices once they are withdrawn.
func (e EditionView) Text() string {
	if !e.Withdrawn.IsZero() {
		return "/staff/campaigns/" + string(e.Campaign) + "/editions/" + e.Hash
	}
	return "/results/" + string(e.Campaign) + "/snapshot/" + e.Hash + ".json"
}

// SendText sends the text that was hashed, byte for byte, as a file, so that anybody can
// compute the hash.
func SendText(c *fiber.Ctx, campaign survey.CampaignID, hash, text string) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+string(campaign)+"-"+hash[:12]+`.json"`)
	return c.SendString(text)
}
