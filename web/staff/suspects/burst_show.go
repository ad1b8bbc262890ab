package suspects

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/survey/transactions"
	"hailong/survey/verification"
	"hailong/web/page"
	"hailong/web/staff"
)

// burstPage is one burst, group by group, and what may become of each.
type burstPage struct {
	staff.BasePage
	Campaign *survey.Campaign
	Row      burstRow
	Groups   []groupView
	Stated   []transactions.Statement // of the day, the last one last
	Alone    bool                     // one person decides
	Form     page.Form
	Problem  *survey.Message // of no field
	Conflict *staff.Conflict
}

// groupView is what is held of a burst for one sign.
type groupView struct {
	*quarantine.HeldGroup
	Figures   *tables.Alternatives
	NoFigures string     // why there are none
	Mine      bool       // what waits for a second person is this person's own choice
	Choice    page.Field // what may become of it
	Others    otherDays  // of the same misuse
	Hidden    []hidden   // what was seen of it
}

type hidden struct{ Name, Value string }

// otherDays are the further days on which the same was misused, and that wait too.
type otherDays struct {
	Days   int
	Choice page.Field
}

func (h *Handlers) burstShow(c *fiber.Ctx, who *staff.SignedIn) error {
	all, burst, err := h.burstAmong(c.UserContext(), burstOf(c))
	if err != nil {
		return err
	}
	form := seen(page.FormWith(), all, burst)
	stated, err := h.transactions.Statements(c.UserContext(), burst.Point, burst.Day)
	if err != nil {
		return err
	}
	// A corrected number is the usual reason to count what was more than it. What
	// becomes of them is left to choose: a number alone frees nothing.
	if g := burst.Group(verification.SignTransactions); g != nil && g.Waits() && len(stated) > 1 {
		before, last := stated[len(stated)-2], stated[len(stated)-1]
		if !before.Withdrawn && !last.Withdrawn && before.Number < last.Number {
			l := h.Views.Locales[page.ViewOf(c).Lang]
			form.Typed.Set("reason", l.T("suspect.restated", before.Number, last.Number, last.By))
		}
	}
	return h.burstPage(c, who, fiber.StatusOK, all, burst, burstPage{Form: form})
}

// burstAmong returns the bursts of a campaign and one of them. Errors: NotFound.
func (h *Handlers) burstAmong(ctx context.Context, id verification.BurstID) ([]quarantine.HeldBurst, *quarantine.HeldBurst, error) {
	campaign, _, _ := id.Parts()
	if campaign == "" {
		return nil, nil, fiber.ErrNotFound
	}
	all, err := h.quarantine.Bursts(ctx, campaign)
	if err != nil {
		return nil, nil, err
	}
	at := slices.IndexFunc(all, func(b quarantine.HeldBurst) bool { return b.ID == id })
	if at < 0 {
		return nil, nil, fiber.ErrNotFound
	}
	return all, &all[at], nil
}

// Names of the fields of a group.
func choiceField(sign verification.SuspectSign) string { return "choice." + string(sign) }
func revField(sign verification.SuspectSign) string    { return "rev." + string(sign) }
func heldField(sign verification.SuspectSign) string   { return "responses." + string(sign) }
func othersField(sign verification.SuspectSign) string { return "others." + string(sign) }
func daysField(sign verification.SuspectSign) string   { return "days." + string(sign) }

// seen is a form that knows what was seen of each group. It says no more than the page:
// where a number is not told, the form does not hold it either.
func seen(f page.Form, all []quarantine.HeldBurst, b *quarantine.HeldBurst) page.Form {
	for i := range b.Groups {
		g := &b.Groups[i]
		f.Typed.Set(revField(g.Sign), strconv.FormatInt(g.Decision.Rev, 10))
		f.Typed.Set(heldField(g.Sign), strconv.Itoa(g.Told()))
		f.Typed.Set(othersField(g.Sign), toldOf(otherGroups(all, b, g.Sign)))
	}
	return f
}

// otherGroup is what the same misuse held on another day.
type otherGroup struct {
	burst verification.BurstID
	*quarantine.HeldGroup
}

// otherGroups are those of other days on which the same was misused, and that wait.
// What a rule holds is of its day alone.
func otherGroups(all []quarantine.HeldBurst, b *quarantine.HeldBurst, sign verification.SuspectSign) (others []otherGroup) {
	if !sign.Misuse() {
		return nil
	}
	for i := range all {
		if g := all[i].Group(sign); g != nil && all[i].ID != b.ID && all[i].Point == b.Point && all[i].Over && g.Waits() {
			others = append(others, otherGroup{all[i].ID, g})
		}
	}
	return others
}

// toldOf is how many responses of how many days groups hold, as far as it is told: "21/3".
func toldOf(groups []otherGroup) string {
	n := 0
	for _, g := range groups {
		n += g.Told()
	}
	return fmt.Sprintf("%d/%d", n, len(groups))
}

func (h *Handlers) burstPage(c *fiber.Ctx, who *staff.SignedIn, status int, all []quarantine.HeldBurst, b *quarantine.HeldBurst, view burstPage) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	if view.Alone, err = h.quarantine.DecidesAlone(ctx); err != nil {
		return err
	}
	view.Campaign, view.Row = &campaign, h.row(b)
	if view.Stated, err = h.transactions.Statements(ctx, b.Point, b.Day); err != nil {
		return err
	}
	for i := range b.Groups {
		g, err := h.groupView(ctx, who, all, b, &b.Groups[i], view.Form)
		if err != nil {
			return err
		}
		view.Groups = append(view.Groups, g)
	}
	title := campaign.Title.In(page.ViewOf(c).Lang)
	view.BasePage = h.NewPage(c, who, "suspect.one", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), title, suspectsPath(campaign.ID), "suspect.title")
	return h.Render(c, status, "staff/suspect", view)
}

func (h *Handlers) groupView(ctx context.Context, who *staff.SignedIn, all []quarantine.HeldBurst, b *quarantine.HeldBurst, g *quarantine.HeldGroup, form page.Form) (groupView, error) {
	view := groupView{HeldGroup: g, NoFigures: noFigures(who, b.Over)}
	for _, name := range []string{revField(g.Sign), heldField(g.Sign), othersField(g.Sign)} {
		view.Hidden = append(view.Hidden, hidden{name, form.Value(name)})
	}
	if p := g.Decision.Proposed; p != nil {
		view.Mine = p.By == who.Actor().String()
	}
	view.Choice = form.Radios(choiceField(g.Sign), "suspect.choice", staff.WordOptions("suspect.choice.", verification.CountThem, verification.LeaveOut))
	if others := otherGroups(all, b, g.Sign); len(others) > 0 {
		view.Others = otherDays{
			Days:   len(others),
			Choice: form.Checks(daysField(g.Sign), "suspect.other_days", []page.Choice{{Value: "all", Label: "suspect.other_days.all"}}),
		}
	}
	if !g.LeftOut() || !b.Over {
		return view, nil
	}
	mine := make(map[survey.ResponseID]bool, len(g.Responses))
	for _, id := range g.Responses {
		mine[id] = true
	}
	var others []survey.ResponseID // that wait elsewhere: without them too
	for i := range all {
		if all[i].Over {
			others = append(others, all[i].Waiting()...)
		}
	}
	others = slices.DeleteFunc(others, func(id survey.ResponseID) bool { return mine[id] })
	var err error
	view.Figures, err = h.figures(ctx, who, b.Campaign, g.Responses, others)
	return view, err
}
