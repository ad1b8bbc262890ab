package web

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
)

// codePicture draws the code of a point: /qr/CODE.png or .svg, with size in
// pixels, level (L, M, Q, H) and quiet zone in modules as parameters.
func (s *Server) codePicture(c *fiber.Ctx) error {
	name, kind, _ := strings.Cut(c.Params("file"), ".")
	point, err := s.printedPoint(name)
	if err != nil {
		return err
	}
	options, err := pictureOptions(c)
	if err != nil {
		return err
	}
	var picture []byte
	switch content := codeContent(s.Site, c, point); kind {
	case "png":
		picture, err = qr.PNG(content, options)
		c.Set(fiber.HeaderContentType, "image/png")
	case "svg":
		picture, err = qr.SVG(content, options)
		c.Set(fiber.HeaderContentType, "image/svg+xml")
	default:
		return fiber.ErrNotFound
	}
	if err != nil {
		return badPrint(err)
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.Send(picture)
}

// codePoster prints the code of a point as PDF: a wall poster, or with
// format=card, sheet or stickers something smaller.
func (s *Server) codePoster(c *fiber.Ctx) error {
	name, kind, _ := strings.Cut(c.Params("file"), ".")
	if kind != "pdf" {
		return fiber.ErrNotFound
	}
	point, err := s.printedPoint(name)
	if err != nil {
		return err
	}
	format := qr.Format(c.Query("format", string(qr.Poster)))
	var document bytes.Buffer
	err = qr.PDF(&document, format, []qr.Point{printed(s.Site, c, point)}, qr.Document{
		Copies:  format.PerPage(),
		Demo:    s.Demo,
		Created: s.today().Time(),
	})
	if err != nil {
		return badPrint(err)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="`+string(point.Code)+`.pdf"`)
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.Send(document.Bytes())
}

// printedPoint returns a point in use by the code in a file's name.
func (s *Server) printedPoint(name string) (*survey.Point, error) {
	code, err := survey.ParsePointCode(name)
	if err != nil {
		return nil, err
	}
	point := s.Catalog().Point(code)
	if point == nil || point.Off {
		return nil, &survey.Error{Kind: survey.NotFound, Op: "print code", Key: "point.unknown"}
	}
	return point, nil
}

// codeContent is what a phone reads from a code.
func codeContent(s *Site, c *fiber.Ctx, point *survey.Point) string {
	return s.publicURL(c) + "/s/" + string(point.Code)
}

// printed is what printed matter says of a point. Several points may hang in
// one office, so the service tells them apart: the point's own label, the
// sector it fixes, or else what its form asks about.
func printed(s *Site, c *fiber.Ctx, point *survey.Point) qr.Point {
	catalog := s.Catalog()
	p := qr.Point{Content: codeContent(s, c, point), Code: string(point.Code), Service: point.Label.In(survey.Vietnamese)}
	if unit := catalog.UnitOn(point.Unit, s.today()); unit != nil {
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

func pictureOptions(c *fiber.Ctx) (qr.Options, error) {
	options := qr.Options{Level: qr.Level(strings.ToUpper(c.Query("level")))}
	for name, into := range map[string]*int{"size": &options.Size, "quiet": &options.Quiet} {
		value := c.Query(name)
		if value == "" {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n <= 0 {
			return options, badPrint(errors.New(name + " is not a number above 0"))
		}
		*into = n
	}
	return options, nil
}

func badPrint(err error) error {
	return &survey.Error{Kind: survey.Invalid, Op: "print code", Key: "print.bad_option", Err: err}
}
