package prints

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/web/page"
)

// CodeContent is what a phone reads from a code.
func CodeContent(s *page.Site, c *fiber.Ctx, point *survey.Point) string {
	return s.BaseURL(c) + "/s/" + string(point.Code)
}

// Printed is what printed matter says of a point. Several points may hang in
// one office, so the service tells them apart: the point's own label, the
// sector it fixes, or else what its form asks about.
func Printed(s *page.Site, c *fiber.Ctx, point *survey.Point) qr.PointText {
	catalog := s.Catalog()
	p := qr.PointText{Content: CodeContent(s, c, point), Code: string(point.Code), Service: point.Label.In(survey.Vietnamese)}
	if unit := catalog.UnitOn(point.Unit, s.Today()); unit != nil {
		p.Unit = unit.Name.In(survey.Vietnamese)
	}
	sector, form := catalog.Sector(point.Sector), catalog.Latest(point.Form)
	switch {
	case p.Service != "":
	case sector != nil:
		p.Service = sector.Name.In(survey.Vietnamese)
	case form != nil:
		p.Service = form.Title.In(survey.Vietnamese)
	}
	return p
}

// longestNote is how many characters of who answers for the data a print has room for.
const longestNote = 90

// Wording is what printed matter says beside the texts of points. Where the office
// said who answers for the data, it stands in the note, in short.
func Wording(s *page.Site) qr.Wording {
	wording := qr.DefaultWording()
	wording.Demo = band(s, wording.Demo)
	rules := s.Catalog().Privacy
	if !rules.Complete() {
		return wording
	}
	controller := rules.Controller[survey.Vietnamese]
	for _, who := range []string{controller + ", " + cmp.Or(rules.Phone, rules.Email), controller} {
		if utf8.RuneCountInString(who) <= longestNote {
			wording.Note.Main += ". " + who
			break
		}
	}
	return wording
}

// band is what stands on every piece that is not for a real survey.
func band(s *page.Site, demo qr.Line) qr.Line {
	if s.LAN {
		return qr.Line{Main: s.Views.Locales[survey.Vietnamese].T("print.lan"), Second: s.Views.Locales[survey.English].T("print.lan")}
	}
	return demo
}

// PictureOptions reads how a code is to be drawn from a query: level, size, quiet. The
// error is of BadPrint.
func PictureOptions(c *fiber.Ctx) (qr.Options, error) {
	options := qr.Options{Level: qr.Correction(strings.ToUpper(c.Query("level")))}
	for name, into := range map[string]*int{"size": &options.Size, "quiet": &options.Quiet} {
		value := c.Query(name)
		if value == "" {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n <= 0 {
			return options, BadPrint(errors.New(name + " is not a number above 0"))
		}
		*into = n
	}
	return options, nil
}

// BadPrint is the Invalid error of a code or poster that cannot be drawn as asked.
func BadPrint(err error) error {
	return &survey.Error{Kind: survey.Invalid, Op: "print code", Key: "print.bad_option", Err: err}
}
