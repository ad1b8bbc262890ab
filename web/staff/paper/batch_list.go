package paper

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/page"
	"hailong/web/staff"
)

// batchListPage lists batches of paper forms: to who runs campaigns all of the
// scope, to a surveyor their own.
type batchListPage struct {
	staff.BasePage
	Own       bool // only one's own
	Queue     string
	Batches   []batchRow
	Total     int
	Form      page.Form
	campaigns []page.Choice
	surveyors []page.Choice
}

// batchRow joins a batch with what belongs to it and how far it is.
type batchRow struct {
	paper.Batch
	paper.BatchCount
	Place    survey.Text
	Campaign survey.Text
	Person   string // the surveyor's name
	Mine     bool
}

// Left is how many forms are still to be entered.
func (r batchRow) Left() int { return max(0, r.Forms-r.Entered) }

// Percent is how much of the batch is entered.
func (r batchRow) Percent() int { return min(100, 100*r.Entered/max(1, r.Forms)) }

// queueOf is where the browser keeps what a person entered until it is sent;
// apart for each person, because several may share a device.
func queueOf(login survey.Login) string { return "hailong:batch:" + string(login) + ":" }

func (h *Handlers) batchList(c *fiber.Ctx, who *staff.SignedIn) error {
	view := batchListPage{BasePage: h.NewPage(c, who, "batch.list"), Own: !who.May(survey.EditCampaigns), Queue: queueOf(who.User.Login)}
	view.Form = page.Form{Typed: view.Query}
	rows, err := h.batchRows(c.UserContext(), who)
	if err != nil {
		return err
	}
	catalog := h.Catalog()
	for _, row := range rows {
		view.Total++
		id := string(row.Batch.Campaign)
		if !slices.ContainsFunc(view.campaigns, func(o page.Choice) bool { return o.Value == id }) {
			view.campaigns = append(view.campaigns, page.Choice{Value: id, Label: row.Campaign.In(view.Lang)})
		}
		login := string(row.Surveyor)
		if !slices.ContainsFunc(view.surveyors, func(o page.Choice) bool { return o.Value == login }) {
			view.surveyors = append(view.surveyors, page.Choice{Value: login, Label: row.Person})
		}
		if want := view.Form.Value("campaign"); want != "" && want != id || view.Form.Value("surveyor") != "" && view.Form.Value("surveyor") != login {
			continue
		}
		view.Batches = append(view.Batches, row)
	}
	// What can be worked on comes first.
	slices.SortStableFunc(view.Batches, func(a, b batchRow) int {
		state := func(r batchRow) int {
			campaign := catalog.Campaign(r.Batch.Campaign)
			switch {
			case r.Closed || campaign == nil || !campaign.TakesEntries():
				return 2
			case r.Left() == 0:
				return 1
			}
			return 0
		}
		return state(a) - state(b)
	})
	return h.Render(c, fiber.StatusOK, "staff/batches", view)
}

// batchRows lists the batches a person may know of.
func (h *Handlers) batchRows(ctx context.Context, who *staff.SignedIn) ([]batchRow, error) {
	all, err := h.batches.All(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := h.batches.Counts(ctx)
	if err != nil {
		return nil, err
	}
	names, err := h.NamesOf(ctx)
	if err != nil {
		return nil, err
	}
	catalog := h.Catalog()
	var rows []batchRow
	for _, batch := range all {
		mine := batch.Surveyor == who.User.Login
		if !mine && !(who.May(survey.EditCampaigns) && who.Covers(catalog, staff.BatchReach(catalog, &batch))) {
			continue
		}
		row := h.batchRow(batch)
		row.BatchCount, row.Person, row.Mine = counts[batch.ID], names(batch.Surveyor), mine
		rows = append(rows, row)
	}
	return rows, nil
}

// batchRow joins a batch with the names of its place and campaign.
func (h *Handlers) batchRow(batch paper.Batch) batchRow {
	catalog := h.Catalog()
	row := batchRow{Batch: batch}
	if point := catalog.Point(batch.Point); point != nil {
		if u := catalog.UnitOn(point.Unit, h.Today()); u != nil {
			row.Place = u.Name
		}
	}
	if campaign := catalog.Campaign(batch.Campaign); campaign != nil {
		row.Campaign = campaign.Title
	}
	return row
}

// batchOf is the batch in the path.
func (h *Handlers) batchOf(c *fiber.Ctx) (paper.Batch, error) {
	return h.batches.Get(c.UserContext(), survey.BatchID(staff.Unescaped(c.Params("batch"))))
}

// aboutBatch is for paths with :batch.
func (h *Handlers) aboutBatch(c *fiber.Ctx) (survey.Reach, error) {
	batch, err := h.batchOf(c)
	if err != nil {
		return survey.Reach{}, err
	}
	return staff.BatchReach(h.Catalog(), &batch), nil
}

// ownerOfBatch is for paths with :batch that only its surveyor may open.
func (h *Handlers) ownerOfBatch(c *fiber.Ctx) (survey.Login, error) {
	batch, err := h.batchOf(c)
	return batch.Surveyor, err
}

// Campaigns are the choices of the filter.
func (p batchListPage) Campaigns() []page.Choice {
	return append([]page.Choice{staff.Blank("batch.any_campaign")}, p.campaigns...)
}

// Surveyors are the choices of the filter.
func (p batchListPage) Surveyors() []page.Choice {
	return append([]page.Choice{staff.Blank("batch.any_surveyor")}, p.surveyors...)
}
