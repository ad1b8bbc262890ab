package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

type homePage struct{ Page }

func (s *Server) homeShow(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "home", homePage{s.page(c)})
}

// codePage asks again for a code that is mistyped or that no point has.
type codePage struct {
	Page
	TitleKey string
	Message  survey.Message
	Typed    string // as it was typed
}

// codeFind leads from a code that a person typed to its form.
func (s *Server) codeFind(c *fiber.Ctx) error {
	typed := string(c.Context().QueryArgs().Peek("code"))
	if typed == "" {
		return c.Redirect(s.page(c).Link("/"), fiber.StatusSeeOther)
	}
	code, err := survey.ParsePointCode(typed)
	if err != nil {
		return s.codeAgain(c, typed, err)
	}
	return c.Redirect(Page{View: viewOf(c)}.Link("/s/"+string(code)), fiber.StatusSeeOther)
}

// codeAgain shows what is wrong with a typed code, and the code to mend.
func (s *Server) codeAgain(c *fiber.Ctx, typed string, err error) error {
	f := failureOf(err, requestID(c))
	page := codePage{Page: s.page(c), TitleKey: "code.title", Message: f.Message, Typed: typed}
	if f.Kind == survey.NotFound {
		page.TitleKey = "code.unknown.title"
	}
	page.path, page.query = "/s", url.Values{"code": {typed}}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.render(c, f.Status, "code", page)
}
