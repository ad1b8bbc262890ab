package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// editionView is a publication as pages show it.
type editionView struct {
	survey.Edition
	Campaign survey.CampaignID
	Late     int64 // respondents who came after it and are not in it
}

// Text is the address of the text of the published figures.
func (e editionView) Text() string { return snapshotPath(e.Campaign, e.Hash) }

func snapshotPath(campaign survey.CampaignID, hash string) string {
	return "/results/" + string(campaign) + "/snapshot/" + hash + ".json"
}

// snapshotShow sends the text that was hashed, byte for byte, so that anybody
// can compute the hash.
func (s *Server) snapshotShow(c *fiber.Ctx) error {
	id, err := url.PathUnescape(c.Params("campaign"))
	if err != nil {
		return fiber.ErrNotFound
	}
	hash := c.Params("hash")
	text, err := s.published.Text(c.UserContext(), survey.CampaignID(id), hash)
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
	Page
	Campaign *survey.Campaign
	Edition  survey.Edition
}

func (s *Server) withdrawnShow(c *fiber.Ctx, campaign *survey.Campaign, edition *survey.Edition) error {
	return s.render(c, fiber.StatusGone, "results_withdrawn", withdrawnPage{Page: s.page(c), Campaign: campaign, Edition: *edition})
}
