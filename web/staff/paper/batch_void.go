package paper

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey/paper"
	"hailong/web/page"
	"hailong/web/staff"
)

// batchVoidPage asks for the reason for which a form is voided.
type batchVoidPage struct {
	staff.BasePage
	Serial  int
	Attempt int // that the person sees
	Action  string
	Cancel  string
	Form    page.Form
}

// batchVoid asks why a form is to be voided: its surveyor, or who runs the
// campaign.
func (h *Handlers) batchVoid(office bool) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		batch, err := h.batchOf(c)
		if err != nil {
			return err
		}
		return h.batchVoidShow(c, who, fiber.StatusOK, &batch, office, page.FormWith("serial", page.Parameter(c, "serial")))
	}
}

func (h *Handlers) batchVoidShow(c *fiber.Ctx, who *staff.SignedIn, status int, batch *paper.Batch, office bool, typed page.Form) error {
	path := staff.BatchPath(batch.ID)
	page := batchVoidPage{Form: typed, Action: path + "/void", Cancel: path}
	if office {
		page.Action, page.Cancel = path+"/exclude", path+"/edit"
	}
	page.BasePage = h.NewPage(c, who, "batch.discard", "/staff/batches", "batch.list", page.Cancel, batch.Title)
	keyed, err := h.batches.Entries(c.UserContext(), batch)
	if err != nil {
		return err
	}
	page.Serial, _ = strconv.Atoi(typed.Value("serial"))
	form := keyed.Find(page.Serial)
	if form == nil || form.Void != nil { // there is nothing to void
		return c.Redirect(page.Link(page.Cancel), fiber.StatusSeeOther)
	}
	if page.Attempt, _ = strconv.Atoi(typed.Value("take")); page.Attempt == 0 {
		page.Attempt = form.Attempt
	}
	return h.Render(c, status, "staff/batch_void", page)
}

// takesEntries reports whether forms of the batch may still be entered.
func (h *Handlers) takesEntries(batch *paper.Batch) bool {
	campaign := h.Catalog().Campaign(batch.Campaign)
	return !batch.Closed && campaign != nil && campaign.TakesEntries()
}

// batchVoidSave voids a form.
func (h *Handlers) batchVoidSave(office bool) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		batch, err := h.batchOf(c)
		if err != nil {
			return err
		}
		typed := page.FormOf(c)
		serial, _ := strconv.Atoi(typed.Value("serial")) // 0 is no form
		attempt, _ := strconv.Atoi(typed.Value("take"))  // 0 is none
		void := h.batches.VoidOwn
		if office {
			void = h.batches.Void
		}
		err = void(c.UserContext(), who.Actor(), batch.ID, serial, attempt, typed.Value("reason"))
		switch wrong, ok := typed.Wrong(err); {
		case err == nil && !h.takesEntries(&batch):
			path := staff.BatchPath(batch.ID)
			if office {
				path += "/edit"
			}
			return h.Done(c, path, "void_late")
		case err == nil && office:
			return h.Done(c, staff.BatchPath(batch.ID)+"/edit", "void_office")
		case err == nil:
			return h.Done(c, staff.BatchPath(batch.ID)+"?"+page.AsQuery("serial", strconv.Itoa(serial)), "void")
		case ok:
			return h.batchVoidShow(c, who, fiber.StatusUnprocessableEntity, &batch, office, wrong)
		}
		return err
	}
}
