package public

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/web/formview"
	"hailong/web/page"
)

// receivedPage says that a form was received before, and offers to send what came as
// another one. It is the same page for the same answers and for others: whoever knows the
// id that a form carries, because it was in their hands first, must not try out what its
// sender answered. It shows no code for the same reason.
type receivedPage struct {
	page.Page
	Action string
	Place  survey.Text
	Fields []receivedField
}

// receivedField is a field of the form as it was sent.
type receivedField struct{ Name, Value string }

// receivedShow answers a form that came again, and not from the device that is known to
// have sent it. Nothing of it is kept but in the page.
func (h *Handlers) receivedShow(c *fiber.Ctx, point *survey.Point, submission intake.Submission) error {
	id, err := h.receipts.Draw()
	if err != nil {
		return err
	}
	view := receivedPage{Page: h.Page(c), Fields: []receivedField{{"id", string(id)}, {formview.TicketField, h.ticketFor(c, point.Code, id)}}}
	view.Lang, view.URLPath = submission.Lang, "/s/"+string(point.Code)
	view.Action = view.Link(view.URLPath)
	if unit := h.Catalog().UnitOn(point.Unit, h.Today()); unit != nil {
		view.Place = unit.Name
	}
	for k, v := range c.Request().PostArgs().All() {
		switch name := string(k); {
		case strings.HasPrefix(name, "a."), strings.HasPrefix(name, "t."), name == "lang", name == "form", name == "day", name == formview.SlipField:
			view.Fields = append(view.Fields, receivedField{name, string(v)})
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return h.Render(c, fiber.StatusConflict, "received", view)
}
