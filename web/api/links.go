package api

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/links"
	"hailong/web/page"
)

// PostLinks implements ServerInterface. It makes the link of a dossier for a
// one-stop system, which prints it on the receipt.
func (h *Handlers) PostLinks(c *fiber.Ctx) error {
	var request LinkRequest
	if err := decode(c.Body(), &request); err != nil {
		return err
	}
	token, catalog, point := tokenOf(c), h.Catalog(), survey.PointCode(request.Point)
	if p := catalog.Point(point); p == nil || !links.MayLink(catalog, token.Grant, p) {
		point = "" // outside the scope is as good as not there
	}
	issued, err := h.services.Links.Issue(c.UserContext(), token.Actor(), request.Dossier, point)
	if err != nil {
		return err
	}
	return send(c, Link{URL: h.BaseURL(c) + page.LinkPath(issued.Secret), Expires: issued.Expires, Again: issued.Again})
}
