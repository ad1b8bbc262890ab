package public

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/privacy"
	"hailong/web/page"
)

// privacyPage says to everybody what is done with personal data, by whom, for how
// long, and what they may ask for.
type privacyPage struct {
	page.Page
	Rules     *survey.PrivacyRules
	Keep      survey.KeepMonths
	Backups   int
	Campaigns []privacyCampaign // open ones, with other months than the rest
}

// privacyCampaign is a campaign that keeps parts of its responses for its own time.
type privacyCampaign struct {
	Title survey.Text
	Keep  survey.KeepMonths
}

func (h *Handlers) privacyShow(c *fiber.Ctx) error {
	catalog := h.Catalog()
	rules := &catalog.Privacy
	shown := privacyPage{Page: h.Page(c), Rules: rules, Keep: rules.KeepOf(""), Backups: rules.DaysOfBackups()}
	for i := range catalog.Campaigns {
		campaign := &catalog.Campaigns[i]
		if keep := rules.KeepOf(campaign.ID); keep != shown.Keep && campaign.Takes(h.Today()) == nil {
			shown.Campaigns = append(shown.Campaigns, privacyCampaign{campaign.Title, keep})
		}
	}
	return h.Render(c, fiber.StatusOK, "privacy", shown)
}

// securityTextDays is for how long a copy of security.txt may be believed. It is
// made anew for each who asks, so that nobody has to remember to renew it.
const securityTextDays = 180

// securityText says whom to tell of a weakness, as RFC 9116 has it; not found where
// the office named nobody.
func (h *Handlers) securityText(c *fiber.Ctx) error {
	contact := privacy.SecurityContact(h.Catalog().Privacy.Security)
	if contact == "" {
		return fiber.ErrNotFound
	}
	base := h.BaseURL(c)
	expires := h.Today().Time().AddDate(0, 0, securityTextDays).UTC().Format(time.RFC3339)
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.SendString(strings.Join([]string{
		"Contact: " + contact, "Expires: " + expires, "Preferred-Languages: vi, en",
		"Canonical: " + base + "/.well-known/security.txt", "",
	}, "\n"))
}
