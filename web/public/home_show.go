package public

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
)

type homePage struct{ page.Page }

func (h *Handlers) homeShow(c *fiber.Ctx) error {
	return h.Render(c, fiber.StatusOK, "home", homePage{h.Page(c)})
}

// codePage asks again for a code that is mistyped or that no point has.
type codePage struct {
	page.Page
	TitleKey string
	Message  survey.Message
	Typed    string // as it was typed
}

// codeFind leads from a code that a person typed, of a point or of a slip, to its form.
func (h *Handlers) codeFind(c *fiber.Ctx) error {
	typed := string(c.Context().QueryArgs().Peek("code"))
	if typed == "" {
		return c.Redirect(h.Page(c).Link("/"), fiber.StatusSeeOther)
	}
	view := page.Page{View: page.ViewOf(c)}
	if slips.TypedSlip(typed) {
		slip, err := slips.ParseSlipCode(typed)
		if err != nil {
			return h.codeAgain(c, typed, err)
		}
		hideAddress(c)
		return c.Redirect(view.Link(page.SlipPath(string(slip))), fiber.StatusSeeOther)
	}
	code, err := survey.ParsePointCode(typed)
	if err != nil {
		return h.codeAgain(c, typed, err)
	}
	return c.Redirect(view.Link("/s/"+string(code)), fiber.StatusSeeOther)
}

// codeAgain shows what is wrong with a typed code, and the code to mend.
func (h *Handlers) codeAgain(c *fiber.Ctx, typed string, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	page := codePage{Page: h.Page(c), TitleKey: "code.title", Message: f.Message, Typed: typed}
	if f.Kind == survey.NotFound {
		page.TitleKey = "code.unknown.title"
	}
	page.URLPath, page.Query = "/s", url.Values{"code": {typed}}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return h.Render(c, f.Status, "code", page)
}
