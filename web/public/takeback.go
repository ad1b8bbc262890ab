package public

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/takeback"
	"hailong/web/formview"
	"hailong/web/page"
)

// The code of a receipt goes from the form to its receipt in a cookie of that one
// address, and not in the address: addresses stand in the logs of proxies and in the
// history of a telephone that others use. It says nothing about who somebody is.
const (
	receiptCookie   = "receipt"
	receiptLifetime = time.Hour
)

// takeBackBodyLimit has room for a code.
const takeBackBodyLimit = 4 << 10

// receiptFor is the id and the receipt code of a form that is shown now. A form is
// shown without a code rather than not at all.
func (h *Handlers) receiptFor(c *fiber.Ctx) (survey.ResponseID, takeback.ReceiptCode, error) {
	id, code, err := h.receipts.Issue(c.UserContext())
	if err != nil {
		h.Log.Error("form shown without a receipt code", "request", page.RequestID(c), "error", err)
		id, err = survey.NewResponseID()
	}
	return id, code, err
}

// renumber gives a response its receipt code that was answered in a page which a
// telephone had kept: the page comes with a code, and under an id that the telephone
// drew, which is not the code's. All that follows, a form shown again too, goes by the
// new pair. The error must stop the submission: stored under one id now and under the
// other when it is sent again, it would be two responses.
func (h *Handlers) renumber(c *fiber.Ctx, s intake.Submission) (intake.Submission, error) {
	kept, none := takeback.ParseReceiptCode(string(c.Request().PostArgs().Peek(formview.ReceiptField)))
	drawn, bad := survey.ParseResponseID(s.ID)
	if none != nil || bad != nil { // a page without a code, or what the intake refuses
		return s, nil
	}
	belongs, err := h.receipts.Belongs(c.UserContext(), drawn, kept)
	if err != nil || belongs {
		return s, err
	}
	id, code, err := h.receipts.Renumber(c.UserContext(), drawn, kept)
	if err != nil {
		return s, err
	}
	s.ID = string(id)
	c.Request().PostArgs().Set(formview.ReceiptField, string(code))
	return s, nil
}

// receiptOf is the receipt code that a form was sent with, if it is the one of the
// response's id.
func (h *Handlers) receiptOf(c *fiber.Ctx, id survey.ResponseID, typed string) takeback.ReceiptCode {
	code, err := takeback.ParseReceiptCode(typed)
	if err != nil {
		return ""
	}
	if belongs, err := h.receipts.Belongs(c.UserContext(), id, code); err != nil || !belongs {
		return ""
	}
	return code
}

// handOver gives the receipt the code of the form that was sent.
func (h *Handlers) handOver(c *fiber.Ctx, id survey.ResponseID, receipt string) {
	code := h.receiptOf(c, id, string(c.Request().PostArgs().Peek(formview.ReceiptField)))
	if code == "" {
		return
	}
	c.Cookie(&fiber.Cookie{
		Name: receiptCookie, Value: string(code), Path: receipt, MaxAge: int(receiptLifetime.Seconds()),
		HTTPOnly: true, Secure: h.Secure(c), SameSite: fiber.CookieSameSiteStrictMode,
	})
}

// takeBackPage lets somebody take a response back: first the code is asked for, then
// what it does is said, then it is done.
type takeBackPage struct {
	page.Page
	Typed   string               // as it was typed
	Code    takeback.ReceiptCode // to be confirmed; empty: it is asked for
	Done    bool
	Message *survey.Message // what is wrong
}

// takeBackShow asks for the code, or, where the address names one, whether it is to
// be done. Nothing is looked up: who only opens an address learns nothing.
func (h *Handlers) takeBackShow(c *fiber.Ctx) error {
	typed, err := url.PathUnescape(c.Params("number"))
	if err != nil {
		typed = c.Params("number")
	}
	if typed == "" {
		return h.takeBackPage(c, fiber.StatusOK, takeBackPage{})
	}
	return h.takeBackAsk(c, typed)
}

// takeBackSubmit asks for confirmation of a code, and takes back what is confirmed.
func (h *Handlers) takeBackSubmit(c *fiber.Ctx) error {
	typed := string(append([]byte(nil), c.Request().PostArgs().Peek("code")...))
	if len(c.Request().PostArgs().Peek("sure")) == 0 {
		return h.takeBackAsk(c, typed)
	}
	if err := h.receipts.TakeBack(c.UserContext(), page.Network(h.Client(c)), typed); err != nil {
		return h.takeBackAgain(c, typed, err)
	}
	return h.takeBackPage(c, fiber.StatusOK, takeBackPage{Done: true})
}

// takeBackAsk says what taking back does, and asks once more.
func (h *Handlers) takeBackAsk(c *fiber.Ctx, typed string) error {
	code, err := takeback.ParseReceiptCode(typed)
	if err != nil {
		return h.takeBackAgain(c, typed, err)
	}
	return h.takeBackPage(c, fiber.StatusOK, takeBackPage{Code: code, Typed: code.Spaced()})
}

// takeBackAgain asks for the code again, with what was typed and what is wrong.
func (h *Handlers) takeBackAgain(c *fiber.Ctx, typed string, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind == survey.Internal || f.Kind == survey.Unavailable {
		h.Log.Error("response not taken back", "request", f.Request, "kind", f.Kind.String(), "error", err)
	}
	page.RetryAfter(c, err)
	return h.takeBackPage(c, f.Status, takeBackPage{Typed: typed, Message: &f.Message})
}

func (h *Handlers) takeBackPage(c *fiber.Ctx, status int, shown takeBackPage) error {
	shown.Page = h.Page(c)
	shown.URLPath = "/y" // the other language is not to repeat the code in an address
	c.Set(fiber.HeaderCacheControl, "no-store")
	return h.Render(c, status, "takeback", shown)
}
