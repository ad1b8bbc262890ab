package web

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// campaignConfirm shows what a step means before it is taken.
func campaignConfirm(step string) staffHandler {
	return func(s *Server, c *fiber.Ctx, who *signedIn) error {
		campaign, err := s.campaignOf(c)
		if err != nil {
			return err
		}
		if !offers(changesOf(who, &campaign), step) {
			return s.done(c, campaignPath(campaign.ID), "campaign_moved_on")
		}
		var problem *survey.Message
		if step == "open" { // what stands in the way is said before, not after, the button is pressed
			if f := failureOf(s.fieldwork.Openable(&campaign), ""); f.Kind == survey.Invalid {
				problem = &f.Message
			}
		}
		return s.campaignAsk(c, who, fiber.StatusOK, &campaign, step, problem)
	}
}

func (s *Server) campaignAsk(c *fiber.Ctx, who *signedIn, status int, campaign *survey.Campaign, step string, problem *survey.Message) error {
	page, err := s.campaignAsking(c, who, campaign, step, problem)
	if err != nil {
		return err
	}
	return s.render(c, status, "staff/confirm", page)
}

// campaignAsking asks before a step, or says why it cannot be taken.
func (s *Server) campaignAsking(c *fiber.Ctx, who *signedIn, campaign *survey.Campaign, step string, problem *survey.Message) (page confirmation, err error) {
	l := s.views.locales[viewOf(c).Lang]
	path := campaignPath(campaign.ID)
	facts := []survey.Message{{Key: "campaign." + step + ".fact"}}
	switch step {
	case "open":
		facts = append(facts,
			survey.Message{Key: "campaign.fact.period", Args: []any{campaign.Period.From, campaign.Period.To}},
			survey.Message{Key: "campaign.fact.forms", Args: []any{len(campaign.Forms)}},
			survey.Message{Key: "campaign.fact.points", Args: []any{len(s.pointsOf(s.config.Catalog(), campaign))}})
	case "publish":
		facts = append(facts, survey.Message{Key: "campaign.fact.hash"}, survey.Message{Key: "campaign.fact.late"})
	}
	page = confirmation{
		StaffPage: s.staffPage(c, who, "campaign."+step, "/staff/campaigns", "campaign.list", path, campaign.Title.In(l.lang)),
		Text:      survey.Message{Key: "campaign." + step + ".text", Args: []any{campaign.Title}}, Facts: facts,
		Action: path + "/" + step, Button: "campaign." + step, Danger: step == "discard", Cancel: path,
		Fields: map[string]string{"rev": strconv.FormatInt(campaign.Rev, 10)},
	}
	if problem != nil {
		page.Text, page.Facts = *problem, nil
	}
	page.Doubts, err = s.campaignDoubts(c.UserContext(), who, campaign, step)
	return page, err
}

// campaignStep takes a step.
func campaignStep(step string) staffHandler {
	return func(s *Server, c *fiber.Ctx, who *signedIn) error {
		id := survey.CampaignID(unescaped(c.Params("campaign")))
		rev, _ := strconv.ParseInt(c.FormValue("rev"), 10, 64) // 0 is no revision: a conflict
		if c.FormValue("seen") == "" {
			campaign, err := s.campaignOf(c)
			if err != nil {
				return err
			}
			page, err := s.campaignAsking(c, who, &campaign, step, nil)
			if err != nil {
				return err
			}
			if len(page.Doubts) > 0 {
				page.Form = formWith()
				page.Form.errors = map[string]survey.Message{"seen": {Key: "doubt.not_seen"}}
				return s.render(c, fiber.StatusUnprocessableEntity, "staff/confirm", page)
			}
		}
		err := s.takeStep(c.UserContext(), who.Actor(), step, id, rev)
		if err == nil {
			path := campaignPath(id)
			if step == "discard" {
				path = "/staff/campaigns"
			}
			what := "campaign_" + step
			if k := s.config.Catalog().Campaign(id); step == "open" && k != nil && stateWord(k, s.today()) == "ahead" {
				what += "_ahead"
			}
			return s.done(c, path, what)
		}
		f := failureOf(err, requestID(c))
		campaign, failed := s.campaignAnew(c)
		switch {
		case failed != nil:
			return failed
		case f.Kind == survey.Conflict && offers(changesOf(who, &campaign), step):
			page, err := s.campaignAsking(c, who, &campaign, step, nil)
			if err != nil {
				return err
			}
			return s.confirmAgain(c, page, "campaigns/"+string(id), rev, campaign.Rev)
		case f.Kind == survey.Conflict:
			// Somebody else was first, and there is nothing left to choose.
			return s.done(c, campaignPath(id), "campaign_moved_on")
		case f.Kind == survey.Invalid && f.Message.Key != "":
			return s.campaignAsk(c, who, f.Status, &campaign, step, &f.Message)
		}
		return err
	}
}

func (s *Server) takeStep(ctx context.Context, actor survey.Actor, step string, id survey.CampaignID, rev int64) (err error) {
	switch step {
	case "open":
		_, err = s.fieldwork.Open(ctx, actor, id, rev)
	case "close":
		_, err = s.fieldwork.Close(ctx, actor, id, rev)
	case "reopen":
		_, err = s.fieldwork.Reopen(ctx, actor, id, rev)
	case "discard":
		err = s.fieldwork.Discard(ctx, actor, id, rev)
	case "publish":
		_, err = s.fieldwork.Publish(ctx, actor, id, rev, func(c survey.Campaign, e survey.Edition) (any, error) {
			return s.freeze(ctx, &c, e)
		})
	}
	if err != nil {
		return err
	}
	return s.reload(ctx)
}

// campaignNext prepares the campaign of the following year as a draft.
func (s *Server) campaignNext(c *fiber.Ctx, who *signedIn) error {
	id := survey.CampaignID(unescaped(c.Params("campaign")))
	draft, err := s.fieldwork.PrepareNext(c.UserContext(), who.Actor(), id)
	if err != nil && survey.KindOf(err) != survey.Conflict {
		return err
	}
	if failed := s.reload(c.UserContext()); failed != nil {
		return failed
	}
	if err != nil { // somebody else was first: their draft is in the list
		return s.done(c, "/staff/campaigns", "campaign_next_there")
	}
	return s.done(c, campaignPath(draft.ID), "campaign_next")
}

// withdrawPage asks for the reason.
type withdrawPage struct {
	StaffPage
	Campaign *survey.Campaign
	Form     form
	Conflict *conflict
}

func (s *Server) campaignWithdrawAsk(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	if campaign.State != survey.Published {
		return s.done(c, campaignPath(campaign.ID), "campaign_moved_on")
	}
	return s.withdrawShow(c, who, fiber.StatusOK, &campaign, formWith().revised(campaign.Rev), nil)
}

func (s *Server) withdrawShow(c *fiber.Ctx, who *signedIn, status int, campaign *survey.Campaign, typed form, both *conflict) error {
	title := campaign.Title.In(viewOf(c).Lang)
	return s.render(c, status, "staff/campaign_withdraw", withdrawPage{
		StaffPage: s.staffPage(c, who, "campaign.withdraw", "/staff/campaigns", "campaign.list", campaignPath(campaign.ID), title),
		Campaign:  campaign, Form: typed, Conflict: both,
	})
}

func (s *Server) campaignWithdraw(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	typed := formOf(c)
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	_, err = s.fieldwork.Withdraw(c.UserContext(), who.Actor(), campaign.ID, rev, typed.Value("reason"))
	if err == nil {
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		return s.done(c, campaignPath(campaign.ID), "campaign_withdraw")
	}
	if wrong, ok := typed.wrong(err); ok {
		return s.withdrawShow(c, who, fiber.StatusUnprocessableEntity, &campaign, wrong, nil)
	}
	if survey.KindOf(err) == survey.Conflict {
		if campaign, err = s.campaignAnew(c); err != nil {
			return err
		}
		if campaign.State == survey.Published { // withdrawn and published again meanwhile
			both, err := s.overtaken(c.UserContext(), "campaigns/"+string(campaign.ID), rev, campaign.Rev, campaignPath(campaign.ID))
			if err != nil {
				return err
			}
			return s.withdrawShow(c, who, fiber.StatusConflict, &campaign, typed.revised(campaign.Rev), both)
		}
		return s.done(c, campaignPath(campaign.ID), "campaign_moved_on")
	}
	return err
}
