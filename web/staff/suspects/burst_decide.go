package suspects

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/survey/verification"
	"hailong/web/page"
	"hailong/web/staff"
)

func (h *Handlers) burstDecide(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	all, burst, err := h.burstAmong(c.UserContext(), burstOf(c))
	if err != nil {
		return err
	}
	request, changed := choicesOf(all, burst, typed)
	if changed {
		return h.burstRefused(c, who, typed, survey.NewError(survey.Conflict, "decide about burst", nil))
	}
	decisions, err := h.quarantine.Decide(c.UserContext(), who.Actor(), request)
	if err != nil {
		return h.burstRefused(c, who, typed, err)
	}
	for _, d := range decisions {
		if d.Proposed != nil {
			return h.Done(c, suspectsPath(burst.Campaign), "suspect_proposed")
		}
	}
	return h.Done(c, suspectsPath(burst.Campaign), "suspect_decided")
}

// choicesOf is what was chosen about the groups of a burst, and about the same misuse
// on other days. changed reports whether these are others than those that were seen.
func choicesOf(all []quarantine.HeldBurst, b *quarantine.HeldBurst, typed page.Form) (r quarantine.DecisionRequest, changed bool) {
	r.Reason = typed.Value("reason")
	for i := range b.Groups {
		sign := b.Groups[i].Sign
		choice := verification.BurstChoice(typed.Value(choiceField(sign)))
		if choice == "" { // not now
			continue
		}
		rev, _ := strconv.ParseInt(typed.Value(revField(sign)), 10, 64)
		held, err := strconv.Atoi(typed.Value(heldField(sign)))
		if err != nil {
			held = -1 // nothing was seen: a conflict
		}
		r.Groups = append(r.Groups, quarantine.GroupChoice{Burst: b.ID, Sign: sign, Rev: rev, Responses: held, Choice: choice})
		if typed.Value(daysField(sign)) == "" {
			continue
		}
		others := otherGroups(all, b, sign)
		changed = changed || typed.Value(othersField(sign)) != toldOf(others)
		for _, g := range others {
			r.Groups = append(r.Groups, quarantine.GroupChoice{Burst: g.burst, Sign: sign, Rev: g.Decision.Rev, Responses: g.Told(), Choice: choice})
		}
	}
	return r, changed
}

// burstRefused asks again, with what is wrong or what somebody else did.
func (h *Handlers) burstRefused(c *fiber.Ctx, who *staff.SignedIn, typed page.Form, refused error) error {
	f := page.FailureOf(refused, page.RequestID(c))
	if f.Kind != survey.Invalid && f.Kind != survey.Conflict {
		return refused
	}
	all, burst, err := h.burstAmong(c.UserContext(), burstOf(c))
	if err != nil {
		return err
	}
	if f.Kind == survey.Conflict {
		conflict, err := h.burstConflict(c, typed, all, burst)
		if err != nil {
			return err
		}
		return h.burstPage(c, who, f.Status, all, burst, burstPage{Form: seen(typed, all, burst), Conflict: conflict})
	}
	if wrong, ok := typed.Wrong(refused); ok {
		if message, none := wrong.FieldErrors["choice"]; none { // said at the first group
			wrong.FieldErrors[choiceField(burst.Groups[0].Sign)] = message
		}
		return h.burstPage(c, who, f.Status, all, burst, burstPage{Form: wrong})
	}
	return h.burstPage(c, who, f.Status, all, burst, burstPage{Form: typed, Problem: &f.Message})
}

// burstConflict tells what others chose, and what more is held, since the page was seen.
func (h *Handlers) burstConflict(c *fiber.Ctx, typed page.Form, all []quarantine.HeldBurst, b *quarantine.HeldBurst) (*staff.Conflict, error) {
	l := h.Views.Locales[page.ViewOf(c).Lang]
	conflict := &staff.Conflict{Reload: burstPath(b)}
	for i := range b.Groups {
		g := &b.Groups[i]
		rev, _ := strconv.ParseInt(typed.Value(revField(g.Sign)), 10, 64)
		if rev != g.Decision.Rev {
			others, err := h.NewConflict(c.UserContext(), "decisions/"+string(g.Decision.ID), rev, g.Decision.Rev, conflict.Reload)
			if err != nil {
				return nil, err
			}
			conflict.Changes = append(conflict.Changes, others.Changes...)
		}
		conflict.Add("suspect.responses", typed.Value(heldField(g.Sign)), strconv.Itoa(g.Told()))
		if p := g.Decision.Proposed; p != nil && rev != g.Decision.Rev {
			mine := ""
			if choice := typed.Value(choiceField(g.Sign)); choice != "" {
				mine = l.T("suspect.choice." + choice)
			}
			conflict.Add("suspect.choice", mine, l.T("suspect.choice."+string(p.Choice)))
		}
		if typed.Value(daysField(g.Sign)) != "" {
			conflict.Add("suspect.other_days", typed.Value(othersField(g.Sign)), toldOf(otherGroups(all, b, g.Sign)))
		}
	}
	return conflict, nil
}
