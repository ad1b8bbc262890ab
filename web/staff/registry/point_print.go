package registry

import (
	"bytes"
	"cmp"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/web/prints"
	"hailong/web/staff"
)

// pointPrintLimit is how many pieces one document holds, and all documents that
// are printed at a time: 2,000 posters take 90 MB until they are sent.
const pointPrintLimit = 2500

// pointPrint prints the codes of all points in use that the list's filter
// chooses, or of those ticked in it, as one PDF.
func (h *Handlers) pointPrint(c *fiber.Ctx, who *staff.SignedIn) error {
	if err := h.HandsOut(); err != nil {
		return err
	}
	query := h.Page(c).Query
	points, err := h.pointsToPrint(c, who, pointFilterOf(query))
	if err != nil {
		return err
	}
	format := cmp.Or(qr.Format(query.Get("format")), qr.Poster)
	copies, _ := strconv.Atoi(query.Get("copies"))
	copies = max(1, copies)
	n := len(points) * copies
	switch {
	case len(points) == 0:
		return &survey.Error{Kind: survey.Invalid, Op: "print points", Key: "point.print_none"}
	case n > pointPrintLimit || copies > pointPrintLimit:
		return &survey.Error{Kind: survey.Invalid, Op: "print points", Key: "point.print_many", Args: []any{n, pointPrintLimit}}
	}
	if err := h.printing.Acquire(c.UserContext(), int64(n)); err != nil {
		return survey.NewError(survey.Unavailable, "print points", err)
	}
	defer h.printing.Release(int64(n))
	// The document is whole before its first byte is sent: a fault found in the
	// last point must not leave half a file behind a status of success.
	var document bytes.Buffer
	err = qr.PDF(&document, format, points, qr.Document{Wording: prints.Wording(h.Site), Copies: copies, Demo: h.Demo || h.LAN, Created: h.Today().Time()})
	if err != nil {
		return prints.BadPrint(err)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="hailong-`+string(format)+`.pdf"`)
	return c.Send(document.Bytes())
}

// pointsToPrint are the points in use that a filter chooses.
func (h *Handlers) pointsToPrint(c *fiber.Ctx, who *staff.SignedIn, filter pointFilter) ([]qr.PointText, error) {
	var activity pointActivity
	if filter.state == "quiet" && len(filter.codes) == 0 {
		var err error
		if activity, err = h.activity(c.UserContext()); err != nil {
			return nil, err
		}
	} else if filter.state == "quiet" {
		filter.state = "" // the ticked ones are meant, also if one has had a response since
	}
	rows, _ := h.pointsFor(who, filter, activity)
	var points []qr.PointText
	for _, row := range rows {
		// The code of paper forms hangs nowhere.
		if !row.Off && (row.Channel != survey.ChannelPaper || len(filter.codes) > 0) {
			points = append(points, prints.Printed(h.Site, c, row.Point))
		}
	}
	return points, nil
}
