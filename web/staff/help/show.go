package help

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// rolePage tells a role how its work is done here.
type rolePage struct {
	staff.BasePage
	Role   survey.Role
	Topics []topicText
}

// topicText is a topic in the page's language.
type topicText struct {
	Key   string
	Steps []stepLine
}

type stepLine struct{ Path, Text string }

// Roles are those there is help for.
func (rolePage) Roles() []survey.Role { return survey.Roles }

// show shows the help of one's own role, or of the one in the path.
func (h *Handlers) show(c *fiber.Ctx, who *staff.SignedIn) error {
	role := who.User.Grant.Role
	if name := survey.Role(staff.Unescaped(c.Params("role"))); name != "" {
		if !slices.Contains(survey.Roles, name) {
			return fiber.ErrNotFound
		}
		role = name
	}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	page := rolePage{BasePage: h.NewPage(c, who, "help.title"), Role: role}
	for _, t := range topics() {
		if !(survey.Grant{Role: role}).May(t.Needs) {
			continue
		}
		text := topicText{Key: t.Key}
		for _, s := range t.Steps {
			words := make([]any, len(s.Keys))
			for i, key := range s.Keys {
				words[i] = l.T(key)
			}
			text.Steps = append(text.Steps, stepLine{s.Path, l.T(s.Key, words...)})
		}
		page.Topics = append(page.Topics, text)
	}
	return h.Render(c, fiber.StatusOK, "staff/help", page)
}
