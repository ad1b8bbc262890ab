package public

import (
	"github.com/gofiber/fiber/v2"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/takeback"
	"hailong/web/page"
)

// receiptFirst is the parameter that says that the response had been sent
// before with other answers.
const receiptFirst = "first"

// receiptPage thanks for a stored response. It holds nothing of what was
// answered.
type receiptPage struct {
	page.Page
	Code      survey.PointCode
	Place     survey.Text
	Receipt   takeback.ReceiptCode // empty: the page that was sent had none, or it was shown too long ago
	TakeBack  string               // address where it can be taken back, to be copied
	First     bool                 // answers sent later under the same id were not kept
	TakenBack bool
	After     survey.Date // after which the results come; empty: not known
}

// receiptShow shows the receipt of a response of a point. A response that is
// not there, or of another point, is simply not found: the page thanks only
// for what is on disk, and tells a stranger who tries ids nothing else.
func (h *Handlers) receiptShow(c *fiber.Ctx) error {
	catalog := h.Catalog()
	code, err := survey.ParsePointCode(c.Params("code"))
	if err != nil {
		return h.pointFailed(c, err)
	}
	missing := &survey.Error{Kind: survey.NotFound, Op: "show receipt", Key: "receipt.unknown"}
	id, err := survey.ParseResponseID(c.Params("id"))
	if err != nil {
		return missing
	}
	doc, err := h.intake.Store.Get(c.UserContext(), survey.Responses, string(id))
	switch {
	case survey.Is(err, survey.NotFound):
		return missing
	case err != nil:
		return err
	case pointOf(doc) != code && !survey.IsTakenBack(doc):
		return missing
	}
	page := receiptPage{
		Page: h.Page(c), Code: code, First: page.Parameter(c, receiptFirst) != "", TakenBack: survey.IsTakenBack(doc),
		Receipt: h.receiptOf(c, id, c.Cookies(receiptCookie)), TakeBack: h.BaseURL(c) + "/y",
	}
	if campaign := catalog.Campaign(survey.CampaignID(survey.DocumentText(doc, "campaign"))); campaign != nil {
		page.After = campaign.AnswersShownAfter(h.Today())
	}
	if point := catalog.Point(code); point != nil {
		if unit := catalog.UnitOn(point.Unit, h.Today()); unit != nil {
			page.Place = unit.Name
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store") // the code is for who sent the form, not for who goes back to the page
	return h.Render(c, fiber.StatusOK, "receipt", page)
}

// pointOf reads the one field of a stored response that a receipt may use.
func pointOf(doc bson.Raw) survey.PointCode {
	point, _ := doc.Lookup("point").StringValueOK()
	return survey.PointCode(point)
}
