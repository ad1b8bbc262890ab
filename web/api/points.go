package api

import (
	"github.com/gofiber/fiber/v2"

	"hailong/web/page"
)

// GetPoints implements ServerInterface.
func (h *Handlers) GetPoints(c *fiber.Ctx, _ GetPointsParams) error {
	answer := []Point{}
	for _, p := range h.Catalog().PointListings(h.BaseURL(c), h.Today(), page.ViewOf(c).Lang) {
		if h.coversPoint(c, p.Code) {
			answer = append(answer, Point{
				Code: string(p.Code), Unit: string(p.Unit), UnitName: p.UnitName, Kind: string(p.Kind), Channel: string(p.Channel), URL: p.URL,
			})
		}
	}
	return send(c, answer)
}
