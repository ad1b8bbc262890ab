package suspects

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/survey/verification"
	"hailong/web/page"
	"hailong/web/staff"
)

// burstPage is one burst, and what may become of it.
type burstPage struct {
	staff.BasePage
	Campaign *survey.Campaign
	Row      burstRow
	Figures  *results.Alternatives
	Alone    bool // one person decides
	Mine     bool // what waits for a second person is this person's own choice
	Form     page.Form
	Problem  *survey.Message // of no field
	Conflict *staff.Conflict
}

// Choices are what may become of a burst.
func (burstPage) Choices() []page.Choice {
	return staff.WordOptions("suspect.choice.", verification.CountThem, verification.LeaveOut)
}

func (h *Handlers) burstShow(c *fiber.Ctx, who *staff.SignedIn) error {
	burst, err := h.quarantine.Burst(c.UserContext(), burstOf(c))
	if err != nil {
		return err
	}
	return h.burstPage(c, who, fiber.StatusOK, &burst, burstPage{Form: seen(page.FormWith(), &burst)})
}

// seen is a form that knows what was seen of a burst.
func seen(f page.Form, b *quarantine.HeldBurst) page.Form {
	f.Typed.Set("responses", strconv.Itoa(len(b.Responses)))
	return f.Revised(b.Decision.Rev)
}

func (h *Handlers) burstPage(c *fiber.Ctx, who *staff.SignedIn, status int, b *quarantine.HeldBurst, view burstPage) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	if view.Alone, err = h.quarantine.DecidesAlone(ctx); err != nil {
		return err
	}
	view.Campaign, view.Row = &campaign, h.row(*b)
	if p := b.Decision.Proposed; p != nil {
		view.Mine = p.By == who.Actor().String()
	}
	if b.LeftOut() && b.Over {
		all, err := h.quarantine.Bursts(ctx, campaign.ID)
		if err != nil {
			return err
		}
		others := 0
		for i := range all {
			if all[i].ID != b.ID && all[i].Waits() && all[i].Over {
				others += len(all[i].Responses)
			}
		}
		if view.Figures, err = h.figures(ctx, who, campaign.ID, b.Responses, others); err != nil {
			return err
		}
	}
	title := campaign.Title.In(page.ViewOf(c).Lang)
	view.BasePage = h.NewPage(c, who, "suspect.one", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), title, suspectsPath(campaign.ID), "suspect.title")
	return h.Render(c, status, "staff/suspect", view)
}

func (h *Handlers) burstDecide(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	id := burstOf(c)
	responses, _ := strconv.Atoi(typed.Value("responses")) // 0 is none that was seen: a conflict
	decision, err := h.quarantine.Decide(c.UserContext(), who.Actor(), quarantine.DecisionRequest{
		Burst: id, Rev: typed.Rev(), Responses: responses, Choice: verification.BurstChoice(typed.Value("choice")), Reason: typed.Value("reason"),
	})
	if err != nil {
		return h.burstRefused(c, who, id, typed, err)
	}
	campaign, _, _ := id.Parts()
	if decision.Proposed != nil {
		return h.Done(c, suspectsPath(campaign), "suspect_proposed")
	}
	return h.Done(c, suspectsPath(campaign), "suspect_decided")
}

// burstRefused asks again, with what is wrong or what somebody else did.
func (h *Handlers) burstRefused(c *fiber.Ctx, who *staff.SignedIn, id verification.BurstID, typed page.Form, refused error) error {
	f := page.FailureOf(refused, page.RequestID(c))
	if f.Kind != survey.Invalid && f.Kind != survey.Conflict {
		return refused
	}
	burst, err := h.quarantine.Burst(c.UserContext(), id)
	if err != nil {
		return err
	}
	if f.Kind == survey.Conflict {
		conflict, err := h.NewConflict(c.UserContext(), "decisions/"+string(id), typed.Rev(), burst.Decision.Rev, burstPath(&burst))
		if err != nil {
			return err
		}
		l := h.Views.Locales[page.ViewOf(c).Lang]
		conflict.Add("suspect.responses", typed.Value("responses"), strconv.Itoa(len(burst.Responses)))
		if p := burst.Decision.Proposed; p != nil {
			mine := ""
			if choice := typed.Value("choice"); choice != "" {
				mine = l.T("suspect.choice." + choice)
			}
			conflict.Add("suspect.choice", mine, l.T("suspect.choice."+string(p.Choice)))
		}
		return h.burstPage(c, who, f.Status, &burst, burstPage{Form: seen(typed, &burst), Conflict: conflict})
	}
	if wrong, ok := typed.Wrong(refused); ok {
		return h.burstPage(c, who, f.Status, &burst, burstPage{Form: wrong})
	}
	return h.burstPage(c, who, f.Status, &burst, burstPage{Form: typed, Problem: &f.Message})
}
