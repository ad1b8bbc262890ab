package public

import (
	"github.com/gofiber/fiber/v2"

	"hailong/web/page"
)

// Mount adds what citizens and the public open.
func (h *Handlers) Mount(app *fiber.App) {
	app.Get("/", h.homeShow)
	app.Get("/s", h.codeFind)
	app.Get("/s/:code", h.formShow)
	app.Post("/s/:code", h.limitForms(h.formLimited), h.formSubmit)
	app.Get("/s/:code/thanks", h.receiptShow)
	app.Get("/s/:code/thanks/:id", h.receiptShow) // of older versions

	app.Get("/privacy", h.privacyShow)
	app.Get("/.well-known/security.txt", h.securityText)

	app.Get("/y", h.takeBackShow)
	app.Get("/y/proof", h.proofAsk)
	app.Post("/y/proof", page.LimitBody(takeBackBodyLimit), h.proofShow)
	app.Get("/y/:number", h.takeBackShow)
	app.Post("/y", page.LimitBody(takeBackBodyLimit), h.takeBackSubmit)

	app.Get("/k/:code", h.kioskShow)
	app.Post("/k/:code", h.limitForms(refuse), h.kioskSubmit)
	app.Get("/k/:code/thanks", h.kioskThanks)

	app.Get("/screen/:code", h.screenShow)
	app.Get("/screen/:code/codes", h.screenCodesShow)
	app.Get("/enrol/:secret", h.enrolShow)
	app.Post("/enrol/:secret", h.SameOrigin, h.enrolSubmit)

	app.Get("/m/:slip", h.slipShow)

	// One-time links that older versions issued.
	app.Get("/l/:secret", h.linkShow)
	app.Post("/l/:secret", h.limitForms(h.linkLimited), h.linkSubmit)

	app.Get("/qr/:file", h.codePicture)
	app.Get("/poster/:file", h.codePoster)

	app.Get("/log/head", h.logHeadShow)
	app.Get("/log/key", h.logKeyShow)
	app.Get("/log/records", h.logRecordsShow)

	app.Get("/results", h.resultsShow)
	app.Get("/results/:campaign", h.campaignShow)
	app.Get("/results/:campaign/snapshot/:hash.json", h.snapshotShow)
}
