package sampling

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/sampling"
	"hailong/web/page"
	"hailong/web/staff"
)

// visitListPage is the rows that a surveyor has to visit: those still due first.
type visitListPage struct {
	staff.BasePage
	Campaigns []visitCampaign
}

// visitCampaign is the rows of one campaign.
type visitCampaign struct {
	Title survey.Text
	Due   []drawnRow
	Lost  []drawnRow // ended without an answer, and a reserve is waiting
	Ended []drawnRow
}

// Total is how many rows there are.
func (v visitCampaign) Total() int { return len(v.Due) + len(v.Lost) + len(v.Ended) }

// Done is how many rows ended.
func (v visitCampaign) Done() int { return len(v.Lost) + len(v.Ended) }

// aboutVisit is for paths with :row. Whether the row is this person's is for the
// handler, which knows who asks.
func (h *Handlers) aboutVisit(c *fiber.Ctx) (survey.Reach, error) {
	row, err := h.samples.Row(c.UserContext(), staff.Unescaped(c.Params("row")))
	if err != nil {
		return survey.Reach{}, err
	}
	campaign := h.Catalog().Campaign(row.Campaign)
	if campaign == nil {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return survey.OfUnit(row.Unit).In(campaign.Family), nil
}

// isVisited reports whether a campaign's rows are visited now.
func isVisited(c *survey.Campaign) bool {
	return c.State == survey.Open || c.State == survey.ClosedDown
}

func (h *Handlers) visitList(c *fiber.Ctx, who *staff.SignedIn) error {
	page := visitListPage{BasePage: h.NewPage(c, who, "visit.list")}
	known := h.Catalog()
	for i := range known.Campaigns {
		campaign := &known.Campaigns[i]
		if !isVisited(campaign) || !who.Covers(known, campaign.Reach().Part()) {
			continue
		}
		visits, err := h.visitsOf(c.UserContext(), who, campaign, page)
		if err != nil {
			return err
		}
		if visits.Total() > 0 {
			page.Campaigns = append(page.Campaigns, visits)
		}
	}
	return h.Render(c, fiber.StatusOK, "staff/visits", page)
}

// visitsOf are the rows of a campaign that were given to a surveyor.
func (h *Handlers) visitsOf(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign, page visitListPage) (visitCampaign, error) {
	visits := visitCampaign{Title: campaign.Title}
	sample, err := h.samples.Sample(ctx, campaign.ID)
	if err != nil {
		return visits, err
	}
	if !slices.ContainsFunc(sample.Work, func(w sampling.Assignment) bool { return w.Surveyor == who.User.Login }) {
		return visits, nil
	}
	rows, err := h.samples.Rows(ctx, campaign.ID)
	if err != nil {
		return visits, err
	}
	contacts, err := h.samples.ContactsOf(ctx, &sample)
	if err != nil {
		return visits, err
	}
	for i := range rows {
		d := &rows[i]
		if !d.InForce() || sample.SurveyorOf(d.Place) != who.User.Login || !who.Covers(h.Catalog(), survey.OfUnit(d.Unit).In(campaign.Family)) {
			continue
		}
		row := drawnRow{Drawn: *d, Where: h.whereOf(d, page.Lang), Contact: contacts[d.ID], Address: page.Link(visitPath(d.ID))}
		switch {
		case d.Due():
			visits.Due = append(visits.Due, row)
		case d.NeedsReplacement(rows):
			visits.Lost = append(visits.Lost, row)
		default:
			visits.Ended = append(visits.Ended, row)
		}
	}
	return visits, nil
}

// visitPage marks one row.
type visitPage struct {
	staff.BasePage
	Form     page.Form
	Row      *drawnRow
	Campaign survey.CampaignID
	Mine     bool // the row is one's own
	Working  bool
	Offer    bool // a reserve can be called
	Erased   bool
	Conflict *staff.Conflict
	names    func(survey.Login) string
}

// Name is what somebody is called.
func (p visitPage) Name(login survey.Login) string { return p.names(login) }

// Outcomes are the buttons.
func (visitPage) Outcomes() []sampling.Outcome { return sampling.Outcomes }

// Action is where the form is sent to.
func (p visitPage) Action() string { return p.Link(visitPath(p.Row.ID)) }

// SubstituteID is the row that stands in for this one.
func (p visitPage) SubstituteID() string { return sampling.DrawnID(p.Row.Campaign, p.Row.Substitute) }

// ForID is the row that this one stands in for.
func (p visitPage) ForID() string { return sampling.DrawnID(p.Row.Campaign, p.Row.For) }

func visitPath(id string) string { return "/staff/visits/" + id }

// visitOf is the row in the path, if the person may see it: one's own, or any
// for who runs the sample.
func (h *Handlers) visitOf(c *fiber.Ctx, who *staff.SignedIn) (sampling.Drawn, sampling.Sample, error) {
	row, err := h.samples.Row(c.UserContext(), staff.Unescaped(c.Params("row")))
	if err != nil {
		return row, sampling.Sample{}, err
	}
	sample, err := h.samples.Sample(c.UserContext(), row.Campaign)
	if err != nil {
		return row, sample, err
	}
	mine := row.InForce() && sample.SurveyorOf(row.Place) == who.User.Login
	if !mine && !who.May(survey.RunSample) {
		return row, sample, fiber.ErrNotFound
	}
	return row, sample, nil
}

func (h *Handlers) visitShow(c *fiber.Ctx, who *staff.SignedIn) error {
	row, sample, err := h.visitOf(c, who)
	if err != nil {
		return err
	}
	return h.visitShowWith(c, who, fiber.StatusOK, &row, &sample, visitPage{Form: page.FormWith("day", string(h.Today())).Revised(row.Rev)})
}

func (h *Handlers) visitShowWith(c *fiber.Ctx, who *staff.SignedIn, status int, row *sampling.Drawn, sample *sampling.Sample, view visitPage) error {
	view.Mine = sample.SurveyorOf(row.Place) == who.User.Login
	contact, err := h.samples.Contact(c.UserContext(), sample, row.ID)
	if err != nil {
		return err
	}
	if view.names, err = h.NamesOf(c.UserContext()); err != nil {
		return err
	}
	lang := page.ViewOf(c).Lang
	crumbs := []string{"/staff/visits", "visit.list"}
	if !view.Mine {
		crumbs = []string{"/staff/campaigns", "campaign.list", samplePath(row.Campaign), "sample.title", samplePath(row.Campaign) + "/list", "sample.list"}
	}
	view.BasePage = h.NewPage(c, who, h.Views.Locales[lang].T("visit.title", strconv.Itoa(row.Number)), crumbs...)
	view.URLPath = visitPath(row.ID)
	view.Row = &drawnRow{Drawn: *row, Where: h.whereOf(row, lang), Contact: contact, Surveyor: view.names(sample.SurveyorOf(row.Place))}
	if !view.Mine && view.Row.Contact != "" { // whose work it is not leaves a trace
		if err := h.Audit.Record(c.UserContext(), who.Actor(), "sample.contacts", "drawn/"+row.ID, nil, nil); err != nil {
			return err
		}
	}
	view.Erased = view.Row.Contact == "" && !sample.Erased.IsZero()
	if campaign := h.Catalog().Campaign(row.Campaign); campaign != nil {
		view.Campaign, view.Working = campaign.ID, isVisited(campaign)
	}
	if row.Lost() {
		rows, err := h.samples.Rows(c.UserContext(), row.Campaign)
		if err != nil {
			return err
		}
		view.Offer = row.NeedsReplacement(rows)
	}
	return h.Render(c, status, "staff/visit", view)
}

// visitSave records a visit.
func (h *Handlers) visitSave(c *fiber.Ctx, who *staff.SignedIn) error {
	row, sample, err := h.visitOf(c, who)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	attempt := sampling.Attempt{Outcome: sampling.Outcome(typed.Value("outcome")), Day: staff.DayOf(typed.Value("day")), Corrects: typed.Value("corrects") != ""}
	after, err := h.samples.RecordVisit(c.UserContext(), who.Actor(), row.ID, typed.Rev(), attempt)
	if err == nil {
		path := "/staff/visits"
		if after.Lost() || sample.SurveyorOf(row.Place) != who.User.Login {
			path = visitPath(row.ID) // where the next reserve is offered
		}
		return h.Done(c, path, "visit_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if wrong, ok := typed.Wrong(err); ok {
		return h.visitShowWith(c, who, f.Status, &row, &sample, visitPage{Form: wrong})
	}
	if f.Kind != survey.Conflict {
		return err
	}
	if row, sample, err = h.visitOf(c, who); err != nil {
		return err
	}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	outcome := func(o sampling.Outcome) string {
		if o == "" {
			o = "open"
		}
		return l.T("sample.outcome." + string(o))
	}
	conflict := &staff.Conflict{Rev: row.Rev, Reload: visitPath(row.ID)}
	conflict.Add("visit.outcome", outcome(attempt.Outcome), outcome(row.Outcome()))
	if n := len(row.Attempts); n > 0 {
		conflict.Add("visit.day", l.Date(attempt.Day), l.Date(row.Attempts[n-1].Day))
	}
	return h.visitShowWith(c, who, f.Status, &row, &sample, visitPage{Form: typed.Revised(row.Rev), Conflict: conflict})
}

// visitReserve has the next reserve stand in.
func (h *Handlers) visitReserve(c *fiber.Ctx, who *staff.SignedIn) error {
	row, sample, err := h.visitOf(c, who)
	if err != nil {
		return err
	}
	reserve, err := h.samples.CallReserve(c.UserContext(), who.Actor(), row.ID)
	if err == nil {
		path := visitPath(reserve.ID)
		if !who.May(survey.RunSample) && sample.SurveyorOf(reserve.Place) != who.User.Login {
			path = "/staff/visits" // it lies in a colleague's village
		}
		return h.Done(c, path, "visit_reserve")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind != survey.Invalid {
		return err
	}
	typed := page.FormWith("day", string(h.Today())).Revised(row.Rev)
	typed.FieldErrors = map[string]survey.Message{"outcome": f.Message}
	return h.visitShowWith(c, who, f.Status, &row, &sample, visitPage{Form: typed})
}
