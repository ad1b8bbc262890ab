package public

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/takeback"
	"hailong/web/page"
)

// takeBackBodyLimit has room for a code.
const takeBackBodyLimit = 4 << 10

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
