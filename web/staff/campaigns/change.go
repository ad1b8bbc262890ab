package campaigns

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/web/page"
	"hailong/web/staff"
)

// mayStep reports whether a person can take a step with a campaign now.
func mayStep(who *staff.SignedIn, campaign *survey.Campaign, step survey.CampaignStep) bool {
	return campaign.Allows(step) && who.May(step.Needs())
}

// campaignConfirm shows what a step means before it is taken.
func (h *Handlers) campaignConfirm(step survey.CampaignStep) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		campaign, err := h.CampaignOf(c)
		if err != nil {
			return err
		}
		if !mayStep(who, &campaign, step) {
			return h.Done(c, staff.CampaignPath(campaign.ID), "campaign_moved_on")
		}
		var problem *survey.Message
		// What stands in the way is said before, not after, the button is pressed.
		var obstacle error
		switch step {
		case survey.StepOpen:
			obstacle = h.campaigns.Openable(&campaign)
		case survey.StepPublish:
			obstacle = h.campaigns.Publishable(c.UserContext(), &campaign)
		case survey.StepEdit, survey.StepClose, survey.StepReopen, survey.StepWithdraw, survey.StepDiscard: // nothing can
		}
		if f := page.FailureOf(obstacle, ""); obstacle != nil && f.Kind == survey.Invalid {
			problem = &f.Message
		}
		return h.stepConfirmShow(c, who, fiber.StatusOK, &campaign, step, problem)
	}
}

func (h *Handlers) stepConfirmShow(c *fiber.Ctx, who *staff.SignedIn, status int, campaign *survey.Campaign, step survey.CampaignStep, problem *survey.Message) error {
	page, err := h.stepConfirmation(c, who, campaign, step, problem)
	if err != nil {
		return err
	}
	return h.Render(c, status, "staff/confirm", page)
}

// stepConfirmation asks before a step, or says why it cannot be taken.
func (h *Handlers) stepConfirmation(c *fiber.Ctx, who *staff.SignedIn, campaign *survey.Campaign, step survey.CampaignStep, problem *survey.Message) (view staff.Confirmation, err error) {
	l := h.Views.Locales[page.ViewOf(c).Lang]
	path, key := staff.CampaignPath(campaign.ID), "campaign."+string(step)
	facts := []survey.Message{{Key: key + ".fact"}}
	switch step {
	case survey.StepOpen:
		facts = append(facts,
			survey.Message{Key: "campaign.fact.period", Args: []any{campaign.Period.From, campaign.Period.To}},
			survey.Message{Key: "campaign.fact.forms", Args: []any{len(campaign.Forms)}},
			survey.Message{Key: "campaign.fact.points", Args: []any{len(staff.PointsOf(h.Catalog(), campaign))}})
	case survey.StepPublish:
		more, err := h.publishFacts(c.UserContext(), who, campaign, l)
		if err != nil {
			return view, err
		}
		facts = append(facts, more...)
	case survey.StepEdit, survey.StepClose, survey.StepReopen, survey.StepWithdraw, survey.StepDiscard: // say no more
	}
	view = staff.Confirmation{
		BasePage: h.NewPage(c, who, key, "/staff/campaigns", "campaign.list", path, campaign.Title.In(l.Lang)),
		Text:     survey.Message{Key: key + ".text", Args: []any{campaign.Title}}, Facts: facts,
		Action: path + "/" + string(step), Button: key, Danger: step == survey.StepDiscard, Cancel: path,
		Fields: map[string]string{"rev": strconv.FormatInt(campaign.Rev, 10)},
	}
	if problem != nil {
		view.Text, view.Facts = *problem, nil
	}
	view.Warnings, err = h.campaignWarnings(c.UserContext(), who, campaign, step)
	return view, err
}

// publishFacts says what an edition made now would hold, and what it would leave out.
func (h *Handlers) publishFacts(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign, l *page.Locale) ([]survey.Message, error) {
	var facts []survey.Message
	if through, err := h.campaigns.Covers(campaign); err == nil && through != "" {
		facts = append(facts, survey.Message{Key: "campaign.publish.period", Args: []any{through}})
	}
	facts = append(facts, survey.Message{Key: "campaign.fact.hash"}, survey.Message{Key: "campaign.fact.late"})
	out, err := h.staysOut(ctx, who, campaign)
	if err != nil {
		return nil, err
	}
	if out > 0 {
		facts = append(facts, survey.Message{Key: "campaign.publish.waiting", Args: []any{out, releases.FewestNew(campaign.Family)}})
	}
	supplied, err := h.suppliedOf(ctx, who, campaign.ID, l)
	if err != nil {
		return nil, err
	}
	if supplied.Loud() {
		facts = append(facts, survey.Message{Key: "campaign.publish.supplied", Args: []any{supplied.Percent}})
	}
	return facts, nil
}

// staysOut counts the responses that an edition made now would leave out: of units where
// so few are new that taking them in would tell what they say. A person who may not
// read all of the release is told of none.
func (h *Handlers) staysOut(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign) (out int, err error) {
	answer, err := h.published.Table(ctx, results.Request{
		Query: tables.Query{Campaign: campaign.ID}, Reader: results.Office(who.User.Grant), Source: results.FromRelease,
	})
	var refused *results.Refusal
	if errors.As(err, &refused) {
		return 0, nil
	}
	for _, n := range answer.Waiting {
		if !n.Enter(releases.FewestNew(campaign.Family)) {
			out += n.Total()
		}
	}
	return out, err
}

// campaignStep takes a step. Where the re-checks speak against it, a tick must
// say that they were seen.
func (h *Handlers) campaignStep(step survey.CampaignStep) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		id := survey.CampaignID(staff.Unescaped(c.Params("campaign")))
		rev, _ := strconv.ParseInt(page.FormOf(c).Raw("rev"), 10, 64) // 0 is no revision: a conflict
		if page.FormOf(c).Raw("seen") == "" {
			campaign, err := h.CampaignOf(c)
			if err != nil {
				return err
			}
			view, err := h.stepConfirmation(c, who, &campaign, step, nil)
			if err != nil {
				return err
			}
			if len(view.Warnings) > 0 {
				view.Form = page.FormWith()
				view.Form.FieldErrors = map[string]survey.Message{"seen": {Key: "warning.not_seen"}}
				return h.Render(c, fiber.StatusUnprocessableEntity, "staff/confirm", view)
			}
		}
		if err := h.takeStep(c.UserContext(), who.Actor(), step, id, rev); err != nil {
			return h.stepRefused(c, who, step, rev, err)
		}
		return h.stepTaken(c, step, id)
	}
}

// stepTaken leads to where the campaign is seen after a step.
func (h *Handlers) stepTaken(c *fiber.Ctx, step survey.CampaignStep, id survey.CampaignID) error {
	path, what := staff.CampaignPath(id), "campaign_"+string(step)
	if step == survey.StepDiscard {
		path = "/staff/campaigns"
	}
	if k := h.Catalog().Campaign(id); step == survey.StepOpen && k != nil && stateWord(k, h.Today()) == "ahead" {
		what += "_ahead"
	}
	return h.Done(c, path, what)
}

// stepRefused asks again, with the reason why a step on revision rev was refused.
func (h *Handlers) stepRefused(c *fiber.Ctx, who *staff.SignedIn, step survey.CampaignStep, rev int64, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	campaign, failed := h.reloadedCampaign(c)
	switch {
	case failed != nil:
		return failed
	case f.Kind == survey.Conflict && mayStep(who, &campaign, step):
		page, err := h.stepConfirmation(c, who, &campaign, step, nil)
		if err != nil {
			return err
		}
		return h.ConfirmAgain(c, page, "campaigns/"+string(campaign.ID), rev, campaign.Rev)
	case f.Kind == survey.Conflict:
		// Somebody else was first, and there is nothing left to choose.
		return h.Done(c, staff.CampaignPath(campaign.ID), "campaign_moved_on")
	case f.Kind == survey.Invalid && f.Message.Key != "":
		return h.stepConfirmShow(c, who, f.Status, &campaign, step, &f.Message)
	}
	return err
}

func (h *Handlers) takeStep(ctx context.Context, actor survey.Actor, step survey.CampaignStep, id survey.CampaignID, rev int64) (err error) {
	switch step {
	case survey.StepOpen:
		_, err = h.campaigns.Open(ctx, actor, id, rev)
	case survey.StepClose:
		_, err = h.campaigns.Close(ctx, actor, id, rev)
	case survey.StepReopen:
		_, err = h.campaigns.Reopen(ctx, actor, id, rev)
	case survey.StepDiscard:
		err = h.campaigns.Discard(ctx, actor, id, rev)
	case survey.StepPublish:
		_, err = h.campaigns.Publish(ctx, actor, id, rev, func(c survey.Campaign, e survey.Edition) (any, string, error) {
			return h.published.NewEdition(ctx, actor, &c, e)
		})
	default: // editing and withdrawing ask for more than a button
		err = fmt.Errorf("the step %s is not taken by a button", step)
	}
	if err != nil {
		return err
	}
	return h.Reload(ctx)
}

// campaignNext prepares the campaign of the following year as a draft.
func (h *Handlers) campaignNext(c *fiber.Ctx, who *staff.SignedIn) error {
	id := survey.CampaignID(staff.Unescaped(c.Params("campaign")))
	draft, err := h.campaigns.PrepareNext(c.UserContext(), who.Actor(), id)
	if err != nil && !survey.Is(err, survey.Conflict) {
		return err
	}
	if failed := h.Reload(c.UserContext()); failed != nil {
		return failed
	}
	if err != nil { // somebody else was first: their draft is in the list
		return h.Done(c, "/staff/campaigns", "campaign_next_there")
	}
	return h.Done(c, staff.CampaignPath(draft.ID), "campaign_next")
}

// withdrawPage asks for the reason.
type withdrawPage struct {
	staff.BasePage
	Campaign *survey.Campaign
	Form     page.Form
	Conflict *staff.Conflict
}

func (h *Handlers) campaignWithdrawAsk(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	if !campaign.Allows(survey.StepWithdraw) {
		return h.Done(c, staff.CampaignPath(campaign.ID), "campaign_moved_on")
	}
	return h.withdrawShow(c, who, fiber.StatusOK, &campaign, page.FormWith().Revised(campaign.Rev), nil)
}

func (h *Handlers) withdrawShow(c *fiber.Ctx, who *staff.SignedIn, status int, campaign *survey.Campaign, typed page.Form, conflict *staff.Conflict) error {
	title := campaign.Title.In(page.ViewOf(c).Lang)
	return h.Render(c, status, "staff/campaign_withdraw", withdrawPage{
		BasePage: h.NewPage(c, who, "campaign.withdraw", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), title),
		Campaign: campaign, Form: typed, Conflict: conflict,
	})
}

func (h *Handlers) campaignWithdraw(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	_, err = h.campaigns.Withdraw(c.UserContext(), who.Actor(), campaign.ID, rev, typed.Value("reason"))
	if err == nil {
		if err := h.Reload(c.UserContext()); err != nil {
			return err
		}
		return h.Done(c, staff.CampaignPath(campaign.ID), "campaign_withdraw")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return h.withdrawShow(c, who, fiber.StatusUnprocessableEntity, &campaign, wrong, nil)
	}
	if survey.Is(err, survey.Conflict) {
		if campaign, err = h.reloadedCampaign(c); err != nil {
			return err
		}
		if campaign.Allows(survey.StepWithdraw) { // withdrawn and published again meanwhile
			conflict, err := h.NewConflict(c.UserContext(), "campaigns/"+string(campaign.ID), rev, campaign.Rev, staff.CampaignPath(campaign.ID))
			if err != nil {
				return err
			}
			return h.withdrawShow(c, who, fiber.StatusConflict, &campaign, typed.Revised(campaign.Rev), conflict)
		}
		return h.Done(c, staff.CampaignPath(campaign.ID), "campaign_moved_on")
	}
	return err
}
