package qr

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Format is a kind of printed matter.
type Format string

// The formats, all portrait.
const (
	Poster   Format = "poster"   // one A4 page for a wall, to be read from two metres
	Card     Format = "card"     // one A6 page for a counter
	Sheet    Format = "sheet"    // four cards on A4 with cut marks
	Stickers Format = "stickers" // 24 stickers of 70 × 37 mm on A4, also the size of common label sheets
	Slips    Format = "slips"    // 24 slips of that size, each with a code of its own, to be cut and handed out
	Roll     Format = "roll"     // a slip a page, for a receipt printer's paper of 80 mm
)

// PerPage is how many codes of the format share a page; 0 for an unknown one.
// It is the Copies that fill a page with a single point.
func (f Format) PerPage() int { return papers[f].columns * papers[f].rows }

// MaxPieces bounds one document, copies counted: a piece takes about 50 kB of
// memory while the document is made (measured on 5,000 posters), most of it
// until the end.
const MaxPieces = 2500

// PointText is what one code says. Texts of any length are accepted: they wrap,
// then shrink, and what is still too long ends in an ellipsis. A no-break space
// keeps syllables on one line.
type PointText struct {
	Content string // what a phone reads: the full address. Required.
	Code    string // the point's code as text, printed in groups of at most four
	Unit    string // the office: "UBND xã Mường Tè"
	Service string // what is served there: "Bộ phận Một cửa"
	Address string // the address to type; Content without https:// when empty
}

// Line is one text in two languages; Second may be empty.
type Line struct{ Main, Second string }

// Wording is what the printed matter says beside the point's own texts. A line
// without Main is taken from DefaultWording.
type Wording struct {
	Scan Line // the one instruction
	Note Line // what a citizen wants to know before scanning
	Code Line // label of the code as text
	Open Line // label of the address
	Demo Line // the band on every piece of a demonstration
}

// DefaultWording returns the wording in Vietnamese and English.
func DefaultWording() Wording {
	return Wording{
		Scan: Line{"Quét mã để đánh giá sự phục vụ", "Scan to rate our service"},
		Note: Line{"Tự nguyện, không ghi tên, chưa đến hai phút", "Voluntary, anonymous, under two minutes"},
		Code: Line{"Mã điểm khảo sát", "Code"},
		Open: Line{"Hoặc mở trang", "Or open"},
		Demo: Line{"Dữ liệu minh họa", "Illustrative data"},
	}
}

// Document says what a PDF holds beside its points. The zero value is good.
type Document struct {
	Wording Wording
	// Title in the document's properties; made from the points when empty.
	Title string
	// Lang is the main language as a BCP 47 tag, "vi" when empty.
	Lang string
	// Copies of each point, one after the other; 1 when 0.
	Copies int
	// Demo prints a band with Wording.Demo on every piece.
	Demo bool
	// Created is the date in the properties; now when zero. With it set, equal
	// input gives equal bytes.
	Created time.Time
}

// PDF writes one document with a code for each point, in their order, to w.
// Pages are vector drawings with subset fonts: a poster is about 40 kB, each
// further one 4 kB. Nothing is written before the whole document is known to be
// good. The error wraps ErrContent (naming the point) or ErrOption, or is that
// of w.
func PDF(w io.Writer, format Format, points []PointText, doc Document) error {
	if err := doc.check(format, len(points)); err != nil {
		return err
	}
	paper := papers[format]
	wording := doc.Wording.complete()
	c := newCanvas(paper.width, paper.height)
	if err := c.describe(doc, wording, points); err != nil {
		return err
	}
	copies := max(doc.Copies, 1)
	for i, p := range points {
		piece, err := newPiece(p, paper.code.w)
		if err != nil {
			return fmt.Errorf("point %d (%s): %w", i+1, p.Code, err)
		}
		for j := range copies {
			slot := (i*copies + j) % format.PerPage()
			if slot == 0 {
				c.pdf.AddPage()
				c.cuts(paper)
			}
			x, y := paper.cell(slot)
			c.draw(paper.layout, x, y, piece, wording, doc.Demo)
		}
	}
	if err := c.pdf.Output(w); err != nil {
		return fmt.Errorf("qr: write PDF: %w", err)
	}
	return nil
}

func (d Document) check(format Format, points int) error {
	switch {
	case format.PerPage() == 0:
		return fmt.Errorf("%w: format %q; use poster, card, sheet, stickers, slips or roll", ErrOption, string(format))
	case points == 0:
		return fmt.Errorf("%w: no points to print", ErrOption)
	case d.Copies < 0:
		return fmt.Errorf("%w: %d copies; use 1 or more", ErrOption, d.Copies)
	case points > MaxPieces || d.Copies > MaxPieces/points:
		return fmt.Errorf("%w: more than %d pieces, copies counted; print in parts", ErrOption, MaxPieces)
	}
	return nil
}

// describe sets the document's properties.
func (c *canvas) describe(d Document, w Wording, points []PointText) error {
	lang := language.Vietnamese
	if d.Lang != "" {
		var err error
		if lang, err = language.Parse(d.Lang); err != nil {
			return fmt.Errorf("%w: language %q is not a BCP 47 tag", ErrOption, d.Lang)
		}
	}
	title := d.Title
	if title == "" {
		title = w.Scan.Main
		if p := points[0]; len(points) == 1 {
			parts := []string{title, p.Unit, p.Service, p.Code}
			title = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " – ")
		}
	}
	c.pdf.SetLang(lang.String())
	c.pdf.SetTitle(clean(title, regular), true)
	c.pdf.SetCreator("Hài Lòng", true)
	c.pdf.SetProducer("", true)
	c.pdf.SetCreationDate(d.Created)
	c.pdf.SetModificationDate(d.Created)
	return nil
}

// complete fills what is missing from the default and makes all printable.
func (w Wording) complete() Wording {
	d := DefaultWording()
	return Wording{
		Scan: w.Scan.or(d.Scan),
		Note: w.Note.or(d.Note),
		Code: w.Code.or(d.Code),
		Open: w.Open.or(d.Open),
		Demo: w.Demo.or(d.Demo),
	}
}

func (l Line) or(other Line) Line {
	if l.Main == "" {
		return other
	}
	return Line{clean(l.Main, bold), clean(l.Second, regular)}
}

// joined is both languages on one line.
func (l Line) joined() string {
	if l.Second == "" {
		return l.Main
	}
	return l.Main + " · " + l.Second
}
