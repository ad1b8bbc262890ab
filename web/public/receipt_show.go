package public

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/takeback"
	"hailong/web/page"
)

// What the receipt shows comes in a cookie that is sent to its address alone, and for
// as long as it takes to write a code down: addresses stand in the logs of proxies, and
// in the history of a telephone that others use. It says nothing about who somebody is.
const (
	receiptCookie   = "receipt"
	receiptLifetime = 15 * time.Minute
	noCode          = "none" // in the cookie of a response that has no code
)

// receiptFirst is the parameter that says that the response had been sent before with
// other answers.
const receiptFirst = "first"

// receiptPath is the address of the receipts of a point. It names no response: whoever
// opened the form may know the id that it carried.
func receiptPath(point survey.PointCode) string { return "/s/" + string(point) + "/thanks" }

// receiptPage thanks for a stored response. It holds nothing of what was
// answered.
type receiptPage struct {
	page.Page
	Code      survey.PointCode
	Place     survey.Text
	Receipt   takeback.ReceiptCode // empty: it has none
	TakeBack  string               // address where it can be taken back, to be copied
	First     bool                 // answers sent later under the same id were not kept
	TakenBack bool
	Unknown   bool        // nothing came that says what to thank for
	After     survey.Date // after which the results come; empty: not known
}

// thank leads the sender of a response that is on disk to its receipt.
func (h *Handlers) thank(c *fiber.Ctx, point *survey.Point, lang survey.Lang, receipt takeback.IssuedReceipt, differs bool) error {
	thanks := page.Page{View: page.ViewOf(c)}
	thanks.Lang = lang
	path, value := receiptPath(point.Code), noCode
	if receipt.Code != "" {
		value = string(receipt.Code) + "." + string(receipt.ID.Day())
	}
	c.Cookie(&fiber.Cookie{
		Name: receiptCookie, Value: value, Path: path, MaxAge: int(receiptLifetime.Seconds()),
		HTTPOnly: true, Secure: h.Secure(c), SameSite: fiber.CookieSameSiteStrictMode,
	})
	if differs {
		path += "?" + page.AsQuery(receiptFirst, "1")
	}
	return c.Redirect(thanks.Link(path), fiber.StatusSeeOther)
}

// receiptShow shows the receipt of the response whose sender asks. Everybody else sees
// one page, whatever the address names and whatever is stored: nothing is looked up.
func (h *Handlers) receiptShow(c *fiber.Ctx) error {
	catalog := h.Catalog()
	code, err := survey.ParsePointCode(c.Params("code"))
	if err != nil {
		return h.pointFailed(c, err)
	}
	view := receiptPage{Page: h.Page(c), Code: code, First: page.Parameter(c, receiptFirst) != "", TakeBack: h.BaseURL(c) + "/y"}
	view.URLPath = receiptPath(code)
	if point := catalog.Point(code); point != nil {
		if unit := catalog.UnitOn(point.Unit, h.Today()); unit != nil {
			view.Place = unit.Name
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store") // the code is for who sent the form, not for who goes back to the page
	if c.Cookies(receiptCookie) == noCode {
		return h.Render(c, fiber.StatusOK, "receipt", view)
	}
	receipt, doc, err := h.receiptSent(c)
	switch {
	case err != nil && !survey.Is(err, survey.NotFound):
		return err
	case err != nil, pointIn(doc) != code && !survey.IsTakenBack(doc):
		view.Unknown = true
		return h.Render(c, fiber.StatusOK, "receipt", view)
	}
	view.Receipt, view.TakenBack = receipt, survey.IsTakenBack(doc)
	if campaign := catalog.Campaign(survey.CampaignID(survey.DocumentText(doc, "campaign"))); campaign != nil {
		view.After = campaign.AnswersShownAfter(h.Today())
	}
	return h.Render(c, fiber.StatusOK, "receipt", view)
}

// receiptSent is the code that a browser has of a response that it sent, and what is
// stored of the response. The error is NotFound if it has none.
func (h *Handlers) receiptSent(c *fiber.Ctx) (takeback.ReceiptCode, bson.Raw, error) {
	typed, day, _ := strings.Cut(c.Cookies(receiptCookie), ".")
	code, err := takeback.ParseReceiptCode(typed)
	if err != nil || day != "" && !survey.Date(day).Valid() {
		return "", nil, survey.NewError(survey.NotFound, "show receipt", err)
	}
	doc, err := h.receipts.Stored(c.UserContext(), code, survey.Date(day))
	return code, doc, err
}

// pointIn reads the point of a stored response.
func pointIn(doc bson.Raw) survey.PointCode {
	point, _ := doc.Lookup("point").StringValueOK()
	return survey.PointCode(point)
}
