package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
)

// PostSlips implements ServerInterface. It issues slips for a one-stop system, which
// prints them on its receipts.
func (h *Handlers) PostSlips(c *fiber.Ctx, params PostSlipsParams) error {
	if err := h.HandsOut(); err != nil {
		return err
	}
	var request SlipRequest
	if err := decode(page.Body(c), &request); err != nil {
		return err
	}
	token, catalog, point := tokenOf(c), h.Catalog(), survey.PointCode(request.Point)
	if p := catalog.Point(point); p == nil || !slips.MayIssue(catalog, token.Grant, p) {
		point = "" // outside the scope is as good as not there
	}
	issued, err := h.services.Slips.Issue(c.UserContext(), token.Actor(), slips.IssueRequest{
		ID: strings.Clone(params.IdempotencyKey), Point: point, Count: int(request.Count), Dossiers: request.Dossiers,
	})
	if err != nil {
		return err
	}
	answer := Slips{Point: string(point), Until: issued.Until, Again: issued.Again, Slips: make([]Slip, len(issued.Codes))}
	for i, code := range issued.Codes {
		answer.Slips[i] = Slip{Code: code.Grouped(), URL: h.BaseURL(c) + page.SlipPath(string(code)), Qr: h.BaseURL(c) + page.SlipPicturePath(string(code))}
	}
	return send(c, answer)
}

// PostLinks implements ServerInterface. Links were promised to be the same whenever
// the same application was named; nothing may lead from an application to what it got
// any more, so the promise cannot be kept by slips.
func (h *Handlers) PostLinks(*fiber.Ctx) error {
	return &survey.Error{Kind: survey.Closed, Op: "issue link", Key: "api.links_ended", Args: []any{Prefix + "/slips"}}
}
