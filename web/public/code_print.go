package public

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
	"hailong/web/prints"
)

// codePicture draws the code of a point or a slip: /qr/CODE.png or .svg, with size in
// pixels, level (L, M, Q, H) and quiet zone in modules as parameters. Whether there is
// a slip of a code it does not ask.
func (h *Handlers) codePicture(c *fiber.Ctx) error {
	if err := h.HandsOut(); err != nil {
		return err
	}
	name, kind, _ := strings.Cut(c.Params("file"), ".")
	if slip, err := slips.ParseSlipCode(name); err == nil {
		hideAddress(c)
		return h.drawPicture(c, kind, h.BaseURL(c)+page.SlipPath(string(slip)))
	}
	point, err := h.printedPoint(name)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return h.drawPicture(c, kind, prints.CodeContent(h.Site, c, point))
}

func (h *Handlers) drawPicture(c *fiber.Ctx, kind, content string) error {
	options, err := prints.PictureOptions(c)
	if err != nil {
		return err
	}
	var picture []byte
	switch kind {
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
		return prints.BadPrint(err)
	}
	return c.Send(picture)
}

// codePoster prints the code of a point as PDF: a wall poster, or with
// format=card, sheet or stickers something smaller.
func (h *Handlers) codePoster(c *fiber.Ctx) error {
	if err := h.HandsOut(); err != nil {
		return err
	}
	name, kind, _ := strings.Cut(c.Params("file"), ".")
	if kind != "pdf" {
		return fiber.ErrNotFound
	}
	point, err := h.printedPoint(name)
	if err != nil {
		return err
	}
	format := qr.Format(c.Query("format", string(qr.Poster)))
	var document bytes.Buffer
	err = qr.PDF(&document, format, []qr.PointText{prints.Printed(h.Site, c, point)}, qr.Document{
		Wording: prints.Wording(h.Site),
		Copies:  format.PerPage(),
		Demo:    h.Demo || h.LAN,
		Created: h.Today().Time(),
	})
	if err != nil {
		return prints.BadPrint(err)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="`+string(point.Code)+`.pdf"`)
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.Send(document.Bytes())
}

// printedPoint returns a point in use by the code in a file's name.
func (h *Handlers) printedPoint(name string) (*survey.Point, error) {
	code, err := survey.ParsePointCode(name)
	if err != nil {
		return nil, err
	}
	point := h.Catalog().Point(code)
	if point == nil || point.Off {
		return nil, &survey.Error{Kind: survey.NotFound, Op: "print code", Key: "point.unknown"}
	}
	return point, nil
}
