package web

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
)

// batchListPage lists batches of paper forms: to who runs campaigns all of the
// scope, to a surveyor their own.
type batchListPage struct {
	StaffPage
	Own       bool // only one's own
	Queue     string
	Batches   []batchRow
	Total     int
	Form      form
	campaigns []option
	surveyors []option
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

// Left is how many forms are still to be keyed in.
func (r batchRow) Left() int { return max(0, r.Forms-r.Keyed) }

// Percent is how much of the batch is keyed in.
func (r batchRow) Percent() int { return min(100, 100*r.Keyed/max(1, r.Forms)) }

func batchPath(id survey.BatchID) string { return "/staff/batches/" + string(id) }

// queueOf is where the browser keeps what a person keyed in until it is sent;
// apart for each person, because several may share a device.
func queueOf(login survey.Login) string { return "hailong:batch:" + string(login) + ":" }

func (s *Server) batchList(c *fiber.Ctx, who *signedIn) error {
	page := batchListPage{StaffPage: s.staffPage(c, who, "batch.list"), Own: !who.May(survey.EditCampaigns), Queue: queueOf(who.User.Login)}
	page.Form = form{values: page.query}
	rows, err := s.batchRows(c.UserContext(), who)
	if err != nil {
		return err
	}
	catalog := s.Catalog()
	for _, row := range rows {
		page.Total++
		id := string(row.Batch.Campaign)
		if !slices.ContainsFunc(page.campaigns, func(o option) bool { return o.Value == id }) {
			page.campaigns = append(page.campaigns, option{Value: id, Label: row.Campaign.In(page.Lang)})
		}
		login := string(row.Surveyor)
		if !slices.ContainsFunc(page.surveyors, func(o option) bool { return o.Value == login }) {
			page.surveyors = append(page.surveyors, option{Value: login, Label: row.Person})
		}
		if want := page.Form.Value("campaign"); want != "" && want != id || page.Form.Value("surveyor") != "" && page.Form.Value("surveyor") != login {
			continue
		}
		page.Batches = append(page.Batches, row)
	}
	// What can be worked on comes first.
	slices.SortStableFunc(page.Batches, func(a, b batchRow) int {
		state := func(r batchRow) int {
			campaign := catalog.Campaign(r.Batch.Campaign)
			switch {
			case r.Closed || campaign == nil || !campaign.Keying():
				return 2
			case r.Left() == 0:
				return 1
			}
			return 0
		}
		return state(a) - state(b)
	})
	return s.render(c, fiber.StatusOK, "staff/batches", page)
}

// batchRows lists the batches a person may know of.
func (s *Server) batchRows(ctx context.Context, who *signedIn) ([]batchRow, error) {
	all, err := s.batches.All(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.batches.Counts(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.namesOf(ctx)
	if err != nil {
		return nil, err
	}
	catalog := s.Catalog()
	var rows []batchRow
	for _, batch := range all {
		row := batchRow{Batch: batch, BatchCount: counts[batch.ID], Person: names(batch.Surveyor), Mine: batch.Surveyor == who.User.Login}
		unit, family := batchScope(s.Catalog(), &batch)
		if !row.Mine && !(who.May(survey.EditCampaigns) && who.Covers(catalog, unit, family)) {
			continue
		}
		if u := catalog.UnitOn(unit, s.today()); u != nil {
			row.Place = u.Name
		}
		if campaign := catalog.Campaign(batch.Campaign); campaign != nil {
			row.Campaign = campaign.Title
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// namesOf returns what people are called; whoever is gone is called by the
// login, and the empty login has no name.
func (s *Pages) namesOf(ctx context.Context) (func(survey.Login) string, error) {
	people, err := s.accounts.People(ctx)
	if err != nil {
		return nil, err
	}
	names := map[survey.Login]string{}
	for _, u := range people {
		names[u.Login] = strings.TrimSpace(u.Name)
	}
	return func(login survey.Login) string {
		if name := names[login]; name != "" {
			return name
		}
		return string(login)
	}, nil
}

// batchScope is what a batch is about.
func batchScope(catalog *survey.Catalog, batch *paper.Batch) (survey.UnitID, survey.Family) {
	var unit survey.UnitID
	var family survey.Family
	if point := catalog.Point(batch.Point); point != nil {
		unit = point.Unit
	}
	if campaign := catalog.Campaign(batch.Campaign); campaign != nil {
		family = campaign.Family
	}
	return unit, family
}

// batchOf is the batch in the path.
func (s *Server) batchOf(c *fiber.Ctx) (paper.Batch, error) {
	return s.batches.Get(c.UserContext(), survey.BatchID(unescaped(c.Params("batch"))))
}

// aboutBatch is for paths with :batch.
func (s *Server) aboutBatch(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	batch, err := s.batchOf(c)
	if err != nil {
		return "", "", err
	}
	unit, family := batchScope(s.Catalog(), &batch)
	return unit, family, nil
}

// ownerOfBatch is for paths with :batch that only its surveyor may open.
func (s *Server) ownerOfBatch(c *fiber.Ctx) (survey.Login, error) {
	batch, err := s.batchOf(c)
	return batch.Surveyor, err
}

// Campaigns are the choices of the filter.
func (p batchListPage) Campaigns() []option {
	return append([]option{blank("batch.any_campaign")}, p.campaigns...)
}

// Surveyors are the choices of the filter.
func (p batchListPage) Surveyors() []option {
	return append([]option{blank("batch.any_surveyor")}, p.surveyors...)
}
