package web

import (
	"github.com/gofiber/fiber/v2"
)

// routes is the one table of what the server answers. Order matters only where
// a path fits two patterns.
func (s *Server) routes() {
	s.app.Get("/healthz", s.healthShow)
	s.app.Get("/readyz", s.readyShow)

	s.app.Use(s.observe, s.compress(), s.answerErrors, s.recoverPanics, s.deadline)

	s.app.Get("/static/:name", s.assetShow)
	s.app.Get("/sw.js", s.workerShow)
	s.app.Get("/favicon.ico", s.faviconShow)

	s.app.Get("/", s.homeShow)
	s.app.Get("/s", s.codeFind)
	s.app.Get("/s/:code", s.formShow)
	s.app.Post("/s/:code", limitBody(formBodyLimit), s.limitForms("code", s.formLimited), s.formSubmit)
	s.app.Get("/s/:code/thanks/:id", s.receiptShow)

	s.app.Get("/k/:code", s.kioskShow)
	s.app.Post("/k/:code", limitBody(formBodyLimit), s.limitForms("code", refuse), s.kioskSubmit)
	s.app.Get("/k/:code/thanks", s.kioskThanks)

	s.app.Get("/l/:secret", s.linkShow)
	s.app.Post("/l/:secret", limitBody(formBodyLimit), s.limitForms("secret", s.linkLimited), s.linkSubmit)
	s.app.Get("/l/:secret/thanks/:id", s.linkThanks)

	s.app.Get("/qr/:file", s.codePicture)
	s.app.Get("/poster/:file", s.codePoster)

	s.mountResults()
}

// limitBody refuses longer bodies than a route can have use for.
func limitBody(limit int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if len(c.Request().Body()) > limit {
			return fiber.ErrRequestEntityTooLarge
		}
		return c.Next()
	}
}
