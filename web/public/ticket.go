package public

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/formview"
	"hailong/web/page"
)

// ticketFor is the ticket of a form that is shown now. A form is shown without
// one rather than not at all.
func (h *Handlers) ticketFor(c *fiber.Ctx, point survey.PointCode, id survey.ResponseID) string {
	ticket, err := h.proofs.Issue(c.UserContext(), point, id, page.Parameter(c, formview.ScreenCodeParameter))
	if err != nil {
		h.Log.Error("form shown without a ticket", "request", page.RequestID(c), "error", err)
	}
	return ticket
}

// checks are what was found of a form that was filled in at a point. A fault of
// this server is no doubt about anybody.
func (h *Handlers) checks(c *fiber.Ctx, point survey.PointCode, id string) proof.Checks {
	response, err := survey.ParseResponseID(id)
	if err != nil {
		return proof.Checks{Form: true} // nothing is stored without an id
	}
	ticket, err := h.proofs.Read(c.UserContext(), point, response, ticketOf(c))
	if err != nil {
		h.Log.Error("ticket not read", "request", page.RequestID(c), "error", err)
	}
	return proof.Checks{Form: err == nil, Ticket: ticket, Flood: countedOf(c).Flood}
}

// ticketOf is the ticket that a form was sent with.
func ticketOf(c *fiber.Ctx) string {
	return string(c.Request().PostArgs().Peek(formview.TicketField))
}
