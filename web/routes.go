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

	s.mountPublic(s.app)
	s.mountResults()
}

// mountPublic adds what citizens and the public open.
func (s *Server) mountPublic(app *fiber.App) {
	app.Get("/", s.homeShow)
	app.Get("/s", s.codeFind)
	app.Get("/s/:code", s.formShow)
	app.Post("/s/:code", limitBody(formBodyLimit), s.limitForms("code", s.formLimited), s.formSubmit)
	app.Get("/s/:code/thanks/:id", s.receiptShow)

	app.Get("/k/:code", s.kioskShow)
	app.Post("/k/:code", limitBody(formBodyLimit), s.limitForms("code", refuse), s.kioskSubmit)
	app.Get("/k/:code/thanks", s.kioskThanks)

	app.Get("/l/:secret", s.linkShow)
	app.Post("/l/:secret", limitBody(formBodyLimit), s.limitForms("secret", s.linkLimited), s.linkSubmit)
	app.Get("/l/:secret/thanks/:id", s.linkThanks)

	app.Get("/qr/:file", s.codePicture)
	app.Get("/poster/:file", s.codePoster)

	app.Get("/results", s.resultsShow)
	app.Get("/results/:campaign", s.campaignShow)
	app.Get("/results/:campaign/snapshot/:hash.json", s.snapshotShow)
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
