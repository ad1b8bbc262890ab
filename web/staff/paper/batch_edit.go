package paper

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/page"
	"hailong/web/staff"
)

// batchEditPage is a batch as who runs the campaign sees it.
type batchEditPage struct {
	staff.BasePage
	Batch    batchRow
	Entered  []enteredRow // the newest first
	Missing  string
	Form     page.Form
	People   []page.Choice
	Conflict *staff.Conflict
	names    func(survey.Login) string
}

// enteredRow is a form with what a supervisor found about it, "" for nothing.
type enteredRow struct {
	paper.EnteredForm
	Found paper.RecheckOutcome
}

// Name is what somebody is called.
func (p batchEditPage) Name(login survey.Login) string { return p.names(login) }

func (h *Handlers) batchEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	batch, err := h.batchOf(c)
	if err != nil {
		return err
	}
	return h.batchEditShow(c, who, fiber.StatusOK, batchEditPage{Batch: batchRow{Batch: batch}, Form: page.FormWith(
		"title", batch.Title, "surveyor", string(batch.Surveyor), "forms", strconv.Itoa(batch.Forms), "rev", strconv.FormatInt(batch.Rev, 10))})
}

func (h *Handlers) batchEditShow(c *fiber.Ctx, who *staff.SignedIn, status int, view batchEditPage) error {
	batch := view.Batch.Batch
	view.BasePage = h.NewPage(c, who, batch.Title, "/staff/batches", "batch.list")
	keyed, err := h.batches.Entries(c.UserContext(), &batch)
	if err != nil {
		return err
	}
	view.Batch = h.batchRow(batch)
	view.Batch.Entered = keyed.InForce()
	if missing := keyed.Missing(batch.Forms); len(missing) < batch.Forms {
		view.Missing = ranges(missing)
	}
	outcomes, err := h.recheckOutcomes(c.UserContext(), batch.Campaign)
	if err != nil {
		return err
	}
	for _, form := range keyed.Latest(len(keyed)) {
		view.Entered = append(view.Entered, enteredRow{form, outcomes[form.Response.ID]})
	}
	if view.People, err = h.SurveyorChoices(c.UserContext(), batch.Surveyor); err != nil {
		return err
	}
	if view.names, err = h.NamesOf(c.UserContext()); err != nil {
		return err
	}
	return h.Render(c, status, "staff/batch_edit", view)
}

// recheckOutcomes is what supervisors found about the forms of a campaign that
// they re-checked.
func (h *Handlers) recheckOutcomes(ctx context.Context, campaign survey.CampaignID) (map[survey.ResponseID]paper.RecheckOutcome, error) {
	rechecks, err := h.rechecks.Campaign(ctx, campaign, paper.Everywhere)
	outcomes := map[survey.ResponseID]paper.RecheckOutcome{}
	for i := range rechecks {
		for k := range rechecks[i].Drawn {
			form := &rechecks[i].Drawn[k]
			outcomes[form.Response.ID] = form.Outcome()
		}
	}
	return outcomes, err
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

func (h *Handlers) batchSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	batch, err := h.batchOf(c)
	if err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	err = h.batches.Edit(c.UserContext(), who.Actor(), batch.ID, rev, paper.BatchEdit{
		Title: typed.Value("title"), Surveyor: survey.Login(typed.Value("surveyor")), Forms: max(0, survey.WholeNumber(typed.Value("forms"))),
	})
	if err == nil {
		return h.Done(c, "/staff/batches", "batch_saved")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return h.batchEditShow(c, who, fiber.StatusUnprocessableEntity, batchEditPage{Batch: batchRow{Batch: batch}, Form: wrong})
	}
	if !survey.Is(err, survey.Conflict) {
		return err
	}
	if batch, err = h.batchOf(c); err != nil {
		return err
	}
	conflict := &staff.Conflict{Rev: batch.Rev, Reload: staff.BatchPath(batch.ID) + "/edit"}
	conflict.Add("batch.title", typed.Value("title"), batch.Title)
	conflict.Add("batch.surveyor_now", typed.Value("surveyor"), string(batch.Surveyor))
	conflict.Add("batch.forms_of", typed.Value("forms"), strconv.Itoa(batch.Forms))
	typed.Typed.Set("rev", strconv.FormatInt(batch.Rev, 10))
	return h.batchEditShow(c, who, fiber.StatusConflict, batchEditPage{Batch: batchRow{Batch: batch}, Form: typed, Conflict: conflict})
}

// batchConfirm asks before a batch is closed or reopened.
func (h *Handlers) batchConfirm(step string) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		batch, err := h.batchOf(c)
		if err != nil {
			return err
		}
		path := staff.BatchPath(batch.ID)
		if batch.Closed == (step == "close") {
			return h.Done(c, path+"/edit", "batch_moved_on")
		}
		page := staff.Confirmation{
			BasePage: h.NewPage(c, who, "batch."+step, "/staff/batches", "batch.list", path+"/edit", batch.Title),
			Text:     survey.Message{Key: "batch." + step + ".text", Args: []any{batch.Title}},
			Action:   path + "/" + step, Button: "batch." + step, Cancel: path + "/edit",
			Fields: map[string]string{"rev": strconv.FormatInt(batch.Rev, 10)},
		}
		if step == "close" {
			keyed, err := h.batches.Entries(c.UserContext(), &batch)
			if err != nil {
				return err
			}
			if missing := len(keyed.Missing(batch.Forms)); missing > 0 {
				page.Facts = append(page.Facts, survey.Message{Key: "batch.close.missing", Args: []any{missing}})
			}
			page.Facts = append(page.Facts, survey.Message{Key: "batch.close.fact"})
		}
		return h.Confirm(c, page)
	}
}

// batchStep closes or reopens a batch.
func (h *Handlers) batchStep(step string) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		batch, err := h.batchOf(c)
		if err != nil {
			return err
		}
		rev, _ := strconv.ParseInt(page.FormOf(c).Raw("rev"), 10, 64) // 0 is no revision: a conflict
		change := h.batches.Close
		if step == "reopen" {
			change = h.batches.Reopen
		}
		done := "batch_" + step
		switch err := change(c.UserContext(), who.Actor(), batch.ID, rev); {
		case survey.Is(err, survey.Conflict):
			done = "batch_moved_on" // somebody else was first: show where it stands
		case err != nil:
			return err
		}
		return h.Done(c, staff.BatchPath(batch.ID)+"/edit", done)
	}
}
