package public

import (
	"github.com/gofiber/fiber/v2"

	"hailong/web/formview"
	"hailong/web/page"
)

// mountPublic adds what citizens and the public open.
func (s *Handlers) Mount(app *fiber.App) {
	app.Get("/", s.homeShow)
	app.Get("/s", s.codeFind)
	app.Get("/s/:code", s.formShow)
	app.Post("/s/:code", page.LimitBody(formview.FormBodyLimit), s.limitForms("code", s.formLimited), s.formSubmit)
	app.Get("/s/:code/thanks/:id", s.receiptShow)

	app.Get("/k/:code", s.kioskShow)
	app.Post("/k/:code", page.LimitBody(formview.FormBodyLimit), s.limitForms("code", refuse), s.kioskSubmit)
	app.Get("/k/:code/thanks", s.kioskThanks)

	app.Get("/l/:secret", s.linkShow)
	app.Post("/l/:secret", page.LimitBody(formview.FormBodyLimit), s.limitForms("secret", s.linkLimited), s.linkSubmit)
	app.Get("/l/:secret/thanks/:id", s.linkThanks)

	app.Get("/qr/:file", s.codePicture)
	app.Get("/poster/:file", s.codePoster)

	app.Get("/results", s.resultsShow)
	app.Get("/results/:campaign", s.campaignShow)
	app.Get("/results/:campaign/snapshot/:hash.json", s.snapshotShow)
}
