package staff

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/health"
	"hailong/survey/people"
)

// staffHomePage is what needs attention, for this person.
type staffHomePage struct {
	BasePage
	Damaged   bool            // the store has met damage, and takes no write
	Remedy    bool            // the person is told what to do about it
	Operation []homeOperation // what whoever operates the server wants to know
	Notices   []people.Notice // what was changed of how they sign in
	Ending    []homeEnding
	Tasks     []Task
	Campaigns []homeCampaign // open today, within the scope
	Counts    bool           // the person may know how many responses arrive
	PointSummary
	Days int // that are recent
}

// Task is something to do, with the page where it is done.
type Task struct {
	Text survey.Message
	Path string
}

// TaskSource says what waits for a person in one room of the staff pages.
type TaskSource func(ctx context.Context, who *SignedIn) ([]Task, error)

// PointSummary is how much the points of a person's scope are used.
type PointSummary struct {
	Today  int // responses
	Recent int // responses of the last days
	Points int // in use
	Quiet  int // of them, without a response for long
}

// HomeSources is where the first page of staff gets what it shows.
type HomeSources struct {
	Points func(ctx context.Context, who *SignedIn) (PointSummary, error)
	Tasks  []TaskSource

	Health *health.Health
}

// homeEnding is a campaign that ends soon and that nothing follows.
type homeEnding struct {
	*survey.Campaign
	Year string // of the campaign that its button prepares
}

// Path is where the button posts.
func (e homeEnding) Path() string { return CampaignPath(e.ID) + "/next" }

type homeCampaign struct {
	survey.Campaign
	Path string
}

// How far back the responses of points are counted, and after how long a point
// without a response is noticed.
const (
	ActivityDays = 30
	QuietDays    = 14
)

// expirySoon is how long before its last day a token is mentioned.
const expirySoon = 14 * 24 * time.Hour

func (a *Area) staffHome(c *fiber.Ctx, who *SignedIn) error {
	page := staffHomePage{BasePage: a.NewPage(c, who, "staff.home.title"), Days: ActivityDays, Notices: who.User.NoticesSince(a.Now().Add(-people.NoticeShown))}
	page.Damaged = a.home.Health != nil && a.home.Health.Damaged()
	page.Operation = a.operation(c.UserContext(), who)
	page.Remedy = who.May(survey.ManageUsers) || who.May(survey.PublishCampaigns)
	a.campaignsAtHome(who, &page)
	if who.May(survey.SeeProgress) || who.May(survey.SeeCatalog) {
		points, err := a.home.Points(c.UserContext(), who)
		if err = readable(err); err != nil {
			return err
		}
		page.Counts, page.PointSummary = !page.Damaged, points
		if page.Quiet > 0 && who.May(survey.SeeCatalog) {
			page.task("/staff/points?state=quiet", "staff.home.task_quiet", page.Quiet, QuietDays)
		}
	}
	for _, tasks := range a.home.Tasks {
		more, err := tasks(c.UserContext(), who)
		if err = readable(err); err != nil {
			return err
		}
		page.Tasks = append(page.Tasks, more...)
	}
	if err := readable(a.ownTasks(c, who, &page)); err != nil {
		return err
	}
	return a.Render(c, fiber.StatusOK, "staff/home", page)
}

// readable returns an error unless it is damage: the page that says so is shown
// without what could not be read for it.
func readable(err error) error {
	if survey.DamageOf(err) != nil {
		return nil
	}
	return err
}

// campaignsAtHome puts the campaigns of a person's families into the page:
// those that take responses, what waits for a step, and what ends soon.
func (a *Area) campaignsAtHome(who *SignedIn, page *staffHomePage) {
	catalog, today := a.Catalog(), a.Today()
	for _, campaign := range catalog.Campaigns {
		if !who.Covers(catalog, campaign.Reach().Part()) {
			continue
		}
		if campaign.Takes(today) == nil {
			shown := homeCampaign{campaign, "/results/" + string(campaign.ID)}
			if who.May(survey.SeeProgress) {
				shown.Path = CampaignPath(campaign.ID)
			}
			page.Campaigns = append(page.Campaigns, shown)
		}
		if key := campaignTask(&campaign, today, who); key != "" && who.Covers(catalog, campaign.Reach()) {
			page.task(CampaignPath(campaign.ID), key, campaign.Title)
		}
	}
	if !who.May(survey.EditCampaigns) {
		return
	}
	for _, campaign := range campaigns.Unfollowed(catalog, today) {
		if who.Covers(catalog, campaign.Reach()) {
			next := campaigns.Next(catalog, campaign)
			page.Ending = append(page.Ending, homeEnding{campaign, next.Period.To.Year()})
		}
	}
}

func (p *staffHomePage) task(path, key string, args ...any) {
	p.Tasks = append(p.Tasks, Task{survey.Message{Key: key, Args: args}, path})
}

// campaignTask says what a campaign waits for from this person, "" for nothing.
func campaignTask(campaign *survey.Campaign, today survey.Date, who *SignedIn) string {
	switch {
	case campaign.State == survey.Draft && who.May(survey.EditCampaigns):
		return "staff.home.task_open"
	case campaign.State == survey.Open && campaign.Period.To != "" && campaign.Period.To < today && who.May(survey.EditCampaigns):
		return "staff.home.task_close"
	case campaign.State == survey.ClosedDown && who.May(survey.PublishCampaigns):
		return "staff.home.task_publish"
	}
	return ""
}

// ownTasks are those of the account and, for an administrator, of programs.
func (a *Area) ownTasks(c *fiber.Ctx, who *SignedIn, page *staffHomePage) error {
	if who.User.TOTP == nil && (who.May(survey.ManageUsers) || who.May(survey.ReadResponses)) {
		page.task(secondFactorPath, "staff.home.task_totp")
	}
	if who.May(survey.OperateDeployment) && a.UntrustedProxy.Load() {
		page.task("/staff/help", "staff.home.task_proxy")
	}
	if !who.May(survey.ManageUsers) {
		return nil
	}
	tokens, err := a.Accounts.AllTokens(c.UserContext())
	if err != nil {
		return err
	}
	now := a.Now()
	for _, token := range tokens {
		if token.Live(now) && token.Expires != "" && token.Expires <= survey.DateOf(now.Add(expirySoon)) {
			page.task("/staff/tokens", "staff.home.task_token", token.Name, token.Expires)
		}
	}
	return nil
}
