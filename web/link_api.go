package web

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/links"
	"hailong/web/page"
)

type apiLinkRequest struct {
	Dossier string           `json:"dossier"`
	Point   survey.PointCode `json:"point"`
}

type apiLink struct {
	URL     string      `json:"url"`
	Expires survey.Date `json:"expires"`
	Again   bool        `json:"again"` // the dossier had this link already
}

const linkBodyLimit = 4 << 10

// apiLinks makes the link of a dossier for a one-stop system, which prints it
// on the receipt.
func (s *Server) apiLinks(c *fiber.Ctx) error {
	var request apiLinkRequest
	if err := decodeJSON(c.Body(), &request); err != nil {
		return err
	}
	program := bearer(c)
	if p := s.Catalog().Point(request.Point); p == nil || !links.MayLink(s.Catalog(), program.Grant, p) {
		request.Point = "" // outside the scope is as good as not there
	}
	issued, err := s.services.Links.Issue(c.UserContext(), program.Actor(), request.Dossier, request.Point)
	if err != nil {
		return err
	}
	return sendJSON(c, apiLink{URL: s.BaseURL(c) + page.LinkPath(issued.Secret), Expires: issued.Expires, Again: issued.Again})
}
