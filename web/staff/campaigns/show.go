package campaigns

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
	"hailong/web/figures"
	"hailong/web/page"
	"hailong/web/staff"
)

// campaignPage is one campaign: what was chosen, where it stands, and what
// can be done next.
type campaignPage struct {
	staff.BasePage
	Campaign *survey.Campaign
	State    string        // as stateWord
	Forms    []survey.Text // with their versions
	Units    []survey.Text
	Targets  []survey.Text
	Points   int                   // in use within the scope, that lead to it
	Scoped   bool                  // the person sees a part of the campaign
	Own      int                   // responses so far within the scope
	Now      tables.Figure         // of the release, where it is the person's to see
	Release  *releases.Release     // nil: it is not
	Waiting  int                   // responses that wait for a later release
	Supplied suppliedShare         // of the release, by programs and files
	Edition  tables.Figure         // of the edition in force
	Voided   int                   // responses voided since then
	Held     int                   // responses within the scope that are held back and wait for a decision, as far as it is told
	HeldFew  bool                  // and some groups of few
	Suspects bool                  // some are, or were, held back
	Editions []figures.EditionView // the newest first
	Changes  []campaignChange
}

// campaignChange is a step that can be taken now.
type campaignChange struct {
	Step   string // "open"
	Path   string
	Danger bool
}

// Key names the button of the step.
func (k campaignChange) Key() string { return "campaign." + k.Step }

// reloadedCampaign is campaignOf after somebody else changed it, on this server or
// another.
func (h *Handlers) reloadedCampaign(c *fiber.Ctx) (survey.Campaign, error) {
	if err := h.Reload(c.UserContext()); err != nil {
		return survey.Campaign{}, err
	}
	return h.CampaignOf(c)
}

func (h *Handlers) campaignShow(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	catalog := h.Catalog()
	view := campaignPage{
		BasePage: h.NewPage(c, who, campaign.Title.In(page.ViewOf(c).Lang), "/staff/campaigns", "campaign.list"),
		Campaign: &campaign, State: stateWord(&campaign, h.Today()), Scoped: len(who.User.Grant.Scope.Units) > 0,
		Forms: formNames(catalog, &campaign), Units: staff.UnitNames(catalog, campaign.Units), Changes: h.changesOf(who, &campaign),
	}
	for i := range catalog.Targets {
		if t := &catalog.Targets[i]; campaign.Measures(t) {
			view.Targets = append(view.Targets, t.Title)
		}
	}
	view.Points = h.pointsWithin(who, &campaign)
	for _, edition := range slices.Backward(campaign.Editions) {
		view.Editions = append(view.Editions, figures.EditionView{Edition: edition, Campaign: campaign.ID})
	}
	if campaign.State != survey.Draft {
		counts, err := h.campaigns.ResponseCounts(c.UserContext(), campaign.ID)
		if err != nil {
			return err
		}
		view.Own = counts.Count(h.UnitsOf(who, &campaign))
	}
	if err := h.fillSuspects(c.UserContext(), who, &view); err != nil {
		return err
	}
	if campaign.State != survey.Draft {
		if err := h.fillFigures(c.UserContext(), who, &view); err != nil {
			return err
		}
	}
	return h.Render(c, fiber.StatusOK, "staff/campaign", view)
}

// pointsWithin counts the points in use within a person's scope that lead to a
// campaign.
func (h *Handlers) pointsWithin(who *staff.SignedIn, campaign *survey.Campaign) int {
	n := 0
	for _, p := range staff.PointsOf(h.Catalog(), campaign) {
		if who.Covers(h.Catalog(), survey.OfUnit(p.Unit).In(campaign.Family)) {
			n++
		}
	}
	return n
}

// fillSuspects counts what is held back at the points of a person's scope.
func (h *Handlers) fillSuspects(ctx context.Context, who *staff.SignedIn, view *campaignPage) error {
	bursts, err := h.quarantine.Bursts(ctx, view.Campaign.ID)
	catalog := h.Catalog()
	for i := range bursts {
		point := catalog.Point(bursts[i].Point)
		if point == nil || !who.Covers(catalog, survey.OfUnit(point.Unit).In(view.Campaign.Family)) {
			continue
		}
		view.Suspects = true
		view.Held += len(bursts[i].WaitingTold())
		view.HeldFew = view.HeldFew || len(bursts[i].WaitingFew()) > 0
	}
	return err
}

// fillFigures puts what the release of a campaign holds into its page, for who may see
// all of it, and the edition in force.
func (h *Handlers) fillFigures(ctx context.Context, who *staff.SignedIn, view *campaignPage) error {
	request := results.Request{
		Query: tables.Query{Campaign: view.Campaign.ID}, Reader: results.Office(who.User.Grant), Source: results.FromRelease,
	}
	var refused *results.Refusal
	answer, err := h.published.Table(ctx, request)
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	view.Now, view.Release, view.Waiting = answer.Overall, answer.Release, answer.Waiting.Total()
	if view.Supplied, err = h.suppliedOf(ctx, who, view.Campaign.ID, h.Views.Locales[view.Lang]); err != nil || view.Campaign.Current() == nil {
		return err
	}
	request.Source = results.FromEdition
	if answer, err = h.published.Table(ctx, request); err != nil {
		return err
	}
	view.Edition = answer.Overall
	view.Voided, err = h.voidedSince(ctx, view.Campaign.ID, view.Campaign.Current().Published)
	return err
}

// voidedSince counts the responses of a campaign that were voided after a time.
func (h *Handlers) voidedSince(ctx context.Context, id survey.CampaignID, since time.Time) (int, error) {
	voided, err := verification.VoidedResponses(ctx, h.Store)
	n := 0
	for _, v := range voided {
		if v.Campaign == id && v.At.After(since) {
			n++
		}
	}
	return n, err
}

// stateWord names where a campaign stands: its state, or "ahead" of one that
// was opened before its first day.
func stateWord(k *survey.Campaign, today survey.Date) string {
	if k.State == survey.Open && today < k.Period.From {
		return "ahead"
	}
	return string(k.State)
}

// StateTag is the class of the tag that shows the state.
func (p campaignPage) StateTag() string { return stateTag(p.Campaign.State) }

func stateTag(state survey.CampaignState) string {
	switch state {
	case survey.Open, survey.Published:
		return "tag good"
	case survey.Withdrawn:
		return "tag bad"
	case survey.Draft, survey.ClosedDown:
	}
	return "tag"
}

// formName is a questionnaire's title with its version.
func formName(q *survey.Questionnaire) survey.Text {
	name := survey.Text{}
	for lang, title := range q.Title {
		name[lang] = title + " (" + q.Ref().ID() + ")"
	}
	return name
}

// formNames are the questionnaires of a campaign.
func formNames(catalog *survey.Catalog, campaign *survey.Campaign) []survey.Text {
	var names []survey.Text
	for _, ref := range campaign.Forms {
		if q := catalog.Questionnaire(ref); q != nil {
			names = append(names, formName(q))
		}
	}
	return names
}

// changesOf lists the steps that a person may take with a campaign.
func (h *Handlers) changesOf(who *staff.SignedIn, campaign *survey.Campaign) []campaignChange {
	var changes []campaignChange
	if !who.Covers(h.Catalog(), campaign.Reach()) {
		return nil
	}
	for _, step := range campaign.Steps() {
		if who.May(step.Needs()) {
			danger := step == survey.StepDiscard || step == survey.StepWithdraw
			changes = append(changes, campaignChange{string(step), staff.CampaignPath(campaign.ID) + "/" + string(step), danger})
		}
	}
	return changes
}
