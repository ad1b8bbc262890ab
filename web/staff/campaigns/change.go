package campaigns

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// campaignConfirm shows what a step means before it is taken.
func (s *Handlers) campaignConfirm(step string) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		campaign, err := s.CampaignOf(c)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(changesOf(who, &campaign), func(k campaignChange) bool { return k.Key == "campaign."+step }) {
			return s.Done(c, staff.CampaignPath(campaign.ID), "campaign_moved_on")
		}
		var problem *survey.Message
		if step == "open" { // what stands in the way is said before, not after, the button is pressed
			if f := page.FailureOf(s.campaigns.Openable(&campaign), ""); f.Kind == survey.Invalid {
				problem = &f.Message
			}
		}
		return s.campaignAsk(c, who, fiber.StatusOK, &campaign, step, problem)
	}
}

func (s *Handlers) campaignAsk(c *fiber.Ctx, who *staff.SignedIn, status int, campaign *survey.Campaign, step string, problem *survey.Message) error {
	page, err := s.campaignAsking(c, who, campaign, step, problem)
	if err != nil {
		return err
	}
	return s.Render(c, status, "staff/confirm", page)
}

// campaignAsking asks before a step, or says why it cannot be taken.
func (s *Handlers) campaignAsking(c *fiber.Ctx, who *staff.SignedIn, campaign *survey.Campaign, step string, problem *survey.Message) (view staff.Confirmation, err error) {
	l := s.Views.Locales[page.ViewOf(c).Lang]
	path := staff.CampaignPath(campaign.ID)
	facts := []survey.Message{{Key: "campaign." + step + ".fact"}}
	switch step {
	case "open":
		facts = append(facts,
			survey.Message{Key: "campaign.fact.period", Args: []any{campaign.Period.From, campaign.Period.To}},
			survey.Message{Key: "campaign.fact.forms", Args: []any{len(campaign.Forms)}},
			survey.Message{Key: "campaign.fact.points", Args: []any{len(staff.PointsOf(s.Catalog(), campaign))}})
	case "publish":
		facts = append(facts, survey.Message{Key: "campaign.fact.hash"}, survey.Message{Key: "campaign.fact.late"})
	}
	view = staff.Confirmation{
		StaffPage: s.StaffPage(c, who, "campaign."+step, "/staff/campaigns", "campaign.list", path, campaign.Title.In(l.Lang)),
		Text:      survey.Message{Key: "campaign." + step + ".text", Args: []any{campaign.Title}}, Facts: facts,
		Action: path + "/" + step, Button: "campaign." + step, Danger: step == "discard", Cancel: path,
		Fields: map[string]string{"rev": strconv.FormatInt(campaign.Rev, 10)},
	}
	if problem != nil {
		view.Text, view.Facts = *problem, nil
	}
	view.Doubts, err = s.campaignDoubts(c.UserContext(), who, campaign, step)
	return view, err
}

// campaignStep takes a step.
func (s *Handlers) campaignStep(step string) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		id := survey.CampaignID(staff.Unescaped(c.Params("campaign")))
		rev, _ := strconv.ParseInt(c.FormValue("rev"), 10, 64) // 0 is no revision: a conflict
		if c.FormValue("seen") == "" {
			campaign, err := s.CampaignOf(c)
			if err != nil {
				return err
			}
			view, err := s.campaignAsking(c, who, &campaign, step, nil)
			if err != nil {
				return err
			}
			if len(view.Doubts) > 0 {
				view.Form = page.FormWith()
				view.Form.FieldErrors = map[string]survey.Message{"seen": {Key: "doubt.not_seen"}}
				return s.Render(c, fiber.StatusUnprocessableEntity, "staff/confirm", view)
			}
		}
		err := s.takeStep(c.UserContext(), who.Actor(), step, id, rev)
		if err == nil {
			path := staff.CampaignPath(id)
			if step == "discard" {
				path = "/staff/campaigns"
			}
			what := "campaign_" + step
			if k := s.Catalog().Campaign(id); step == "open" && k != nil && stateWord(k, s.Today()) == "ahead" {
				what += "_ahead"
			}
			return s.Done(c, path, what)
		}
		f := page.FailureOf(err, page.RequestID(c))
		campaign, failed := s.campaignAnew(c)
		switch {
		case failed != nil:
			return failed
		case f.Kind == survey.Conflict && slices.ContainsFunc(changesOf(who, &campaign), func(k campaignChange) bool { return k.Key == "campaign."+step }):
			page, err := s.campaignAsking(c, who, &campaign, step, nil)
			if err != nil {
				return err
			}
			return s.ConfirmAgain(c, page, "campaigns/"+string(id), rev, campaign.Rev)
		case f.Kind == survey.Conflict:
			// Somebody else was first, and there is nothing left to choose.
			return s.Done(c, staff.CampaignPath(id), "campaign_moved_on")
		case f.Kind == survey.Invalid && f.Message.Key != "":
			return s.campaignAsk(c, who, f.Status, &campaign, step, &f.Message)
		}
		return err
	}
}

func (s *Handlers) takeStep(ctx context.Context, actor survey.Actor, step string, id survey.CampaignID, rev int64) (err error) {
	switch step {
	case "open":
		_, err = s.campaigns.Open(ctx, actor, id, rev)
	case "close":
		_, err = s.campaigns.Close(ctx, actor, id, rev)
	case "reopen":
		_, err = s.campaigns.Reopen(ctx, actor, id, rev)
	case "discard":
		err = s.campaigns.Discard(ctx, actor, id, rev)
	case "publish":
		_, err = s.campaigns.Publish(ctx, actor, id, rev, func(c survey.Campaign, e survey.Edition) (any, error) {
			return s.published.NewEdition(ctx, &c, e)
		})
	}
	if err != nil {
		return err
	}
	return s.Reload(ctx)
}

// campaignNext prepares the campaign of the following year as a draft.
func (s *Handlers) campaignNext(c *fiber.Ctx, who *staff.SignedIn) error {
	id := survey.CampaignID(staff.Unescaped(c.Params("campaign")))
	draft, err := s.campaigns.PrepareNext(c.UserContext(), who.Actor(), id)
	if err != nil && survey.KindOf(err) != survey.Conflict {
		return err
	}
	if failed := s.Reload(c.UserContext()); failed != nil {
		return failed
	}
	if err != nil { // somebody else was first: their draft is in the list
		return s.Done(c, "/staff/campaigns", "campaign_next_there")
	}
	return s.Done(c, staff.CampaignPath(draft.ID), "campaign_next")
}

// withdrawPage asks for the reason.
type withdrawPage struct {
	staff.StaffPage
	Campaign *survey.Campaign
	Form     page.Form
	Conflict *staff.Conflict
}

func (s *Handlers) campaignWithdrawAsk(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := s.CampaignOf(c)
	if err != nil {
		return err
	}
	if campaign.State != survey.Published {
		return s.Done(c, staff.CampaignPath(campaign.ID), "campaign_moved_on")
	}
	return s.withdrawShow(c, who, fiber.StatusOK, &campaign, page.FormWith().Revised(campaign.Rev), nil)
}

func (s *Handlers) withdrawShow(c *fiber.Ctx, who *staff.SignedIn, status int, campaign *survey.Campaign, typed page.Form, both *staff.Conflict) error {
	title := campaign.Title.In(page.ViewOf(c).Lang)
	return s.Render(c, status, "staff/campaign_withdraw", withdrawPage{
		StaffPage: s.StaffPage(c, who, "campaign.withdraw", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), title),
		Campaign:  campaign, Form: typed, Conflict: both,
	})
}

func (s *Handlers) campaignWithdraw(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := s.CampaignOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	_, err = s.campaigns.Withdraw(c.UserContext(), who.Actor(), campaign.ID, rev, typed.Value("reason"))
	if err == nil {
		if err := s.Reload(c.UserContext()); err != nil {
			return err
		}
		return s.Done(c, staff.CampaignPath(campaign.ID), "campaign_withdraw")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return s.withdrawShow(c, who, fiber.StatusUnprocessableEntity, &campaign, wrong, nil)
	}
	if survey.KindOf(err) == survey.Conflict {
		if campaign, err = s.campaignAnew(c); err != nil {
			return err
		}
		if campaign.State == survey.Published { // withdrawn and published again meanwhile
			both, err := s.Overtaken(c.UserContext(), "campaigns/"+string(campaign.ID), rev, campaign.Rev, staff.CampaignPath(campaign.ID))
			if err != nil {
				return err
			}
			return s.withdrawShow(c, who, fiber.StatusConflict, &campaign, typed.Revised(campaign.Rev), both)
		}
		return s.Done(c, staff.CampaignPath(campaign.ID), "campaign_moved_on")
	}
	return err
}
