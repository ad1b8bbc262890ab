package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
)

// batchEditPage is a batch as who runs the campaign sees it.
type batchEditPage struct {
	StaffPage
	Batch    batchRow
	Keyed    []keyedRow // the newest first
	Missing  string
	Form     form
	People   []option
	Conflict *conflict
	names    func(survey.Login) string
}

// keyedRow is a form with what a supervisor found about it, "" for nothing.
type keyedRow struct {
	paper.Keyed
	Found paper.RecheckOutcome
}

// Name is what somebody is called.
func (p batchEditPage) Name(login survey.Login) string { return p.names(login) }

func (s *Server) batchEdit(c *fiber.Ctx, who *signedIn) error {
	batch, err := s.batchOf(c)
	if err != nil {
		return err
	}
	return s.batchEditShow(c, who, fiber.StatusOK, batchEditPage{Batch: batchRow{Batch: batch}, Form: formWith(
		"title", batch.Title, "surveyor", string(batch.Surveyor), "forms", strconv.Itoa(batch.Forms), "rev", strconv.FormatInt(batch.Rev, 10))})
}

func (s *Server) batchEditShow(c *fiber.Ctx, who *signedIn, status int, page batchEditPage) error {
	page.StaffPage = s.staffPage(c, who, page.Batch.Title, "/staff/batches", "batch.list")
	keyed, err := s.batches.Entries(c.UserContext(), &page.Batch.Batch)
	if err != nil {
		return err
	}
	page.Batch.Keyed = keyed.InForce()
	rechecks, err := s.rechecks.Campaign(c.UserContext(), page.Batch.Batch.Campaign, paper.Everywhere)
	if err != nil {
		return err
	}
	found := map[survey.ResponseID]paper.RecheckOutcome{}
	for i := range rechecks {
		for k := range rechecks[i].Drawn {
			form := &rechecks[i].Drawn[k]
			found[form.Response.ID] = form.Outcome()
		}
	}
	for _, form := range keyed.Latest(len(keyed)) {
		page.Keyed = append(page.Keyed, keyedRow{form, found[form.Response.ID]})
	}
	if missing := keyed.Missing(page.Batch.Forms); len(missing) < page.Batch.Forms {
		page.Missing = ranges(missing)
	}
	catalog := s.Catalog()
	unit, _ := batchScope(s.Catalog(), &page.Batch.Batch)
	if u := catalog.UnitOn(unit, s.today()); u != nil {
		page.Batch.Place = u.Name
	}
	if campaign := catalog.Campaign(page.Batch.Batch.Campaign); campaign != nil {
		page.Batch.Campaign = campaign.Title
	}
	people, err := s.accounts.People(c.UserContext())
	if err != nil {
		return err
	}
	for _, u := range people {
		if u.Login == page.Batch.Surveyor || u.Grant.Role == survey.Surveyor && !u.Disabled {
			page.People = append(page.People, option{Value: string(u.Login), Label: u.Name + " (" + string(u.Login) + ")"})
		}
	}
	if page.names, err = s.namesOf(c.UserContext()); err != nil {
		return err
	}
	return s.render(c, status, "staff/batch_edit", page)
}

// ranges writes rising numbers as people do: "3, 7–9".
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		end := i
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		if end == i {
			parts = append(parts, strconv.Itoa(numbers[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d–%d", numbers[i], numbers[end]))
		}
		i = end + 1
	}
	return strings.Join(parts, ", ")
}

func (s *Server) batchSave(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	batch, err := s.batchOf(c)
	if err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	err = s.batches.Edit(c.UserContext(), who.Actor(), batch.ID, rev, paper.BatchEdit{
		Title: typed.Value("title"), Surveyor: survey.Login(typed.Value("surveyor")), Forms: max(0, wholeTyped(typed.Value("forms"))),
	})
	if err == nil {
		return s.done(c, "/staff/batches", "batch_saved")
	}
	if wrong, ok := typed.wrong(err); ok {
		return s.batchEditShow(c, who, fiber.StatusUnprocessableEntity, batchEditPage{Batch: batchRow{Batch: batch}, Form: wrong})
	}
	if survey.KindOf(err) != survey.Conflict {
		return err
	}
	if batch, err = s.batchOf(c); err != nil {
		return err
	}
	both := &conflict{Rev: batch.Rev, Reload: batchPath(batch.ID) + "/edit"}
	both.add("batch.title", typed.Value("title"), batch.Title)
	both.add("batch.surveyor_now", typed.Value("surveyor"), string(batch.Surveyor))
	both.add("batch.forms_of", typed.Value("forms"), strconv.Itoa(batch.Forms))
	typed.values.Set("rev", strconv.FormatInt(batch.Rev, 10))
	return s.batchEditShow(c, who, fiber.StatusConflict, batchEditPage{Batch: batchRow{Batch: batch}, Form: typed, Conflict: both})
}

// batchConfirm asks before a batch is closed or reopened.
func (s *Server) batchConfirm(step string) staffHandler {
	return func(c *fiber.Ctx, who *signedIn) error {
		batch, err := s.batchOf(c)
		if err != nil {
			return err
		}
		path := batchPath(batch.ID)
		if batch.Closed == (step == "close") {
			return s.done(c, path+"/edit", "batch_moved_on")
		}
		page := confirmation{
			StaffPage: s.staffPage(c, who, "batch."+step, "/staff/batches", "batch.list", path+"/edit", batch.Title),
			Text:      survey.Message{Key: "batch." + step + ".text", Args: []any{batch.Title}},
			Action:    path + "/" + step, Button: "batch." + step, Cancel: path + "/edit",
			Fields: map[string]string{"rev": strconv.FormatInt(batch.Rev, 10)},
		}
		if step == "close" {
			keyed, err := s.batches.Entries(c.UserContext(), &batch)
			if err != nil {
				return err
			}
			if missing := len(keyed.Missing(batch.Forms)); missing > 0 {
				page.Facts = append(page.Facts, survey.Message{Key: "batch.close.missing", Args: []any{missing}})
			}
			page.Facts = append(page.Facts, survey.Message{Key: "batch.close.fact"})
		}
		return s.confirm(c, page)
	}
}

// batchStep closes or reopens a batch.
func (s *Server) batchStep(step string) staffHandler {
	return func(c *fiber.Ctx, who *signedIn) error {
		batch, err := s.batchOf(c)
		if err != nil {
			return err
		}
		rev, _ := strconv.ParseInt(c.FormValue("rev"), 10, 64) // 0 is no revision: a conflict
		take := s.batches.Close
		if step == "reopen" {
			take = s.batches.Reopen
		}
		done := "batch_" + step
		switch err := take(c.UserContext(), who.Actor(), batch.ID, rev); {
		case err != nil && survey.KindOf(err) == survey.Conflict:
			done = "batch_moved_on" // somebody else was first: show where it stands
		case err != nil:
			return err
		}
		return s.done(c, batchPath(batch.ID)+"/edit", done)
	}
}
