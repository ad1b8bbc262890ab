package slips

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
	"hailong/web/staff"
)

// rulesPage is what the administrator decides about slips.
type rulesPage struct {
	staff.BasePage
	Form     page.Form
	Conflict *staff.Conflict
}

func (h *Handlers) rulesEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	rules, err := h.slips.Rules(c.UserContext())
	if err != nil {
		return err
	}
	return h.rulesShow(c, who, fiber.StatusOK, rulesPage{Form: page.FormWith(
		"days", strconv.Itoa(rules.Days), "most", strconv.Itoa(rules.Most), "pattern", rules.Pattern, "rev", strconv.FormatInt(rules.Rev, 10))})
}

func (h *Handlers) rulesShow(c *fiber.Ctx, who *staff.SignedIn, status int, page rulesPage) error {
	page.BasePage = h.NewPage(c, who, "slip.rules", "/staff/slips", "slip.title")
	return h.Render(c, status, "staff/slip_rules", page)
}

func (h *Handlers) rulesSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	days, _ := strconv.Atoi(typed.Value("days")) // 0 is refused
	most, _ := strconv.Atoi(typed.Value("most"))
	err := h.slips.SetRules(c.UserContext(), who.Actor(), typed.Rev(), slips.Rules{Days: days, Most: most, Pattern: typed.Value("pattern")})
	if err == nil {
		return h.Done(c, "/staff/slips", "slip_rules")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return h.rulesShow(c, who, fiber.StatusUnprocessableEntity, rulesPage{Form: wrong})
	}
	if !survey.Is(err, survey.Conflict) {
		return err
	}
	stored, err := h.slips.Rules(c.UserContext())
	if err != nil {
		return err
	}
	conflict := &staff.Conflict{Rev: stored.Rev, Reload: "/staff/slips/rules"}
	conflict.Add("slip.days", typed.Value("days"), strconv.Itoa(stored.Days))
	conflict.Add("slip.most", typed.Value("most"), strconv.Itoa(stored.Most))
	conflict.Add("slip.pattern", typed.Value("pattern"), stored.Pattern)
	return h.rulesShow(c, who, fiber.StatusConflict, rulesPage{Form: typed.Revised(stored.Rev), Conflict: conflict})
}
