package prints

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
)

// Slips is what is printed on slips of a point: their pieces and their words.
func Slips(s *page.Site, c *fiber.Ctx, point *survey.Point, until survey.Date, codes []slips.SlipCode) ([]qr.PointText, qr.Wording) {
	base := s.BaseURL(c)
	_, host, _ := strings.Cut(base, "://")
	var unit string
	if u := s.Catalog().UnitOn(point.Unit, s.Today()); u != nil {
		unit = u.Name.In(survey.Vietnamese)
	}
	pieces := make([]qr.PointText, len(codes))
	for i, code := range codes {
		pieces[i] = qr.PointText{Content: base + page.SlipPath(string(code)), Code: code.Grouped(), Unit: unit}
	}
	vi, en := s.Views.Locales[survey.Vietnamese], s.Views.Locales[survey.English]
	return pieces, qr.Wording{
		Demo: band(s, qr.Line{}), // empty: the usual one
		Scan: qr.Line{Main: vi.T("slip.print.invite"), Second: vi.T("slip.print.how", host)},
		Note: qr.Line{Main: vi.T("slip.print.until", until), Second: en.T("slip.print.how", host) + " " + en.T("slip.print.until", until)},
	}
}
