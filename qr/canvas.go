package qr

import (
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// ink is a colour, red, green, blue.
type ink struct{ r, g, b int }

var (
	teal  = ink{0x0b, 0x4f, 0x6c} // the accent: bar, headings, faces
	black = ink{0x1b, 0x1f, 0x23}
	grey  = ink{0x4d, 0x57, 0x61} // second language, labels
	pale  = ink{0xc3, 0xce, 0xd5} // thin rules
	amber = ink{0xff, 0xd1, 0x66} // the demonstration band alone
)

const (
	leading = 1.22 // line height over type size: room for stacked accents (Ấ, ộ)
	ascent  = 0.96 // top of a line to its baseline over type size
)

// box is a place on the page in millimetres from its top left corner.
type box struct{ x, y, w, h float64 }

// style sets a paragraph: its type shrinks from size to least (points) until
// the lines are no taller than height millimetres together.
type style struct {
	font        font
	ink         ink
	size, least float64
	height      float64
}

// paragraph is text set in a style, gap millimetres below the one before.
type paragraph struct {
	text string
	style
	gap float64
}

// alignment is where a stack of text stands in its box.
type alignment struct{ across, down float64 } // 0 left and top, 1 right and bottom

var (
	center = alignment{0.5, 0.5}
	left   = alignment{0, 0}
	middle = alignment{0, 0.5} // at the left, half way down
)

// canvas draws on the pages of one document. Lengths are millimetres, type
// sizes points.
type canvas struct {
	pdf    *fpdf.Fpdf
	points float64 // per millimetre
}

func newCanvas(width, height float64) *canvas {
	pdf := fpdf.NewCustom(&fpdf.InitType{
		OrientationStr: "P", UnitStr: "mm", Size: fpdf.SizeType{Wd: width, Ht: height},
	})
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	for _, f := range []font{regular, bold, mono} {
		pdf.AddUTF8FontFromBytes(string(f), "", typefaces[f])
	}
	return &canvas{pdf: pdf, points: pdf.GetConversionRatio()}
}

// width measures with one face: characters to millimetres at a type size.
func (c *canvas) width(f font, size float64) func(string) float64 {
	c.pdf.SetFont(string(f), "", size)
	return func(s string) float64 { return float64(c.pdf.GetStringSymbolWidth(s)) / 1000 * size / c.points }
}

// set breaks a paragraph into lines at the largest size that fits. A word is
// broken, or the end cut off, only when even the least size is too large.
func (c *canvas) set(p paragraph, limit float64) (lines []string, size float64) {
	for size = p.size; ; size = max(p.least, size*0.96) {
		width := c.width(p.font, size)
		lines, whole := balance(p.text, limit, width)
		room := int(p.height/(size*leading/c.points) + 1e-9)
		if whole && len(lines) <= room {
			return lines, size
		}
		if size <= p.least {
			return cut(lines, max(room, 1), limit, width), size
		}
	}
}

// stack sets paragraphs one below the other and places them in b. Empty ones
// and those without a style are left out.
func (c *canvas) stack(b box, to alignment, paragraphs ...paragraph) {
	type block struct {
		paragraph
		lines  []string
		size   float64
		height float64 // of a line
	}
	var blocks []block
	total := 0.0
	for _, p := range paragraphs {
		if p.text == "" || p.size == 0 {
			continue
		}
		if len(blocks) == 0 {
			p.gap = 0
		}
		lines, size := c.set(p, b.w)
		height := size * leading / c.points
		blocks = append(blocks, block{p, lines, size, height})
		total += p.gap + float64(len(lines))*height
	}
	y := b.y + to.down*(b.h-total)
	for _, bl := range blocks {
		y += bl.gap
		width := c.width(bl.font, bl.size)
		c.pdf.SetTextColor(bl.ink.r, bl.ink.g, bl.ink.b)
		for _, line := range bl.lines {
			c.pdf.Text(b.x+to.across*(b.w-width(line)), y+ascent*bl.size/c.points, line)
			y += bl.height
		}
	}
}

// labelled sets p in the middle of b below a label at its top, so that
// neighbours stand on one line whatever their sizes.
func (c *canvas) labelled(b box, label, p paragraph) {
	c.stack(box{b.x, b.y, b.w, label.height}, left, label)
	c.stack(box{b.x, b.y + label.height, b.w, b.h - label.height}, middle, p)
}

// fill paints b.
func (c *canvas) fill(b box, i ink) {
	c.pdf.SetFillColor(i.r, i.g, i.b)
	c.pdf.Rect(b.x, b.y, b.w, b.h, "F")
}

// line draws a thin line.
func (c *canvas) line(x1, y1, x2, y2, width float64, i ink) {
	c.pdf.SetDrawColor(i.r, i.g, i.b)
	c.pdf.SetLineWidth(width)
	c.pdf.Line(x1, y1, x2, y2)
}

// code draws m with its quiet zone into a square, always black: one vector
// path, so that no viewer shows seams between modules.
func (c *canvas) code(m matrix, x, y, side float64) {
	_, height := c.pdf.GetPageSize()
	module := side / float64(len(m)+2*DefaultQuiet) * c.points
	var b strings.Builder
	fmt.Fprintf(&b, "q 0 g %.5f 0 0 %.5f %.4f %.4f cm\n", module, -module,
		x*c.points+DefaultQuiet*module, (height-y)*c.points-DefaultQuiet*module)
	for _, r := range m.runs() {
		fmt.Fprintf(&b, "%d %d %d 1 re\n", r.x, r.y, r.length)
	}
	b.WriteString("f Q")
	c.pdf.RawWriteStr(b.String())
}

// brackets draws the corners of a view-finder around b, wholly outside it.
func (c *canvas) brackets(b box, length, width float64, i ink) {
	b = box{b.x - width/2, b.y - width/2, b.w + width, b.h + width}
	c.pdf.SetDrawColor(i.r, i.g, i.b)
	c.pdf.SetLineWidth(width)
	c.pdf.SetLineCapStyle("round")
	for _, sx := range []float64{-1, 1} {
		for _, sy := range []float64{-1, 1} {
			x, y := b.x+b.w/2+sx*b.w/2, b.y+b.h/2+sy*b.h/2
			radius := length * 0.4
			c.pdf.MoveTo(x-sx*length, y)
			c.pdf.LineTo(x-sx*radius, y)
			c.pdf.CurveTo(x, y, x, y-sy*radius)
			c.pdf.LineTo(x, y-sy*length)
			c.pdf.DrawPath("D")
		}
	}
	c.pdf.SetLineCapStyle("butt")
}

// faces draws five faces from very unhappy to very happy over the width of b.
// They are all alike in colour and size: a poster must not suggest an answer.
func (c *canvas) faces(b box, i ink) {
	const count = 5
	r := b.h / 2
	c.pdf.SetDrawColor(i.r, i.g, i.b)
	c.pdf.SetFillColor(i.r, i.g, i.b)
	c.pdf.SetLineWidth(r * 0.13)
	c.pdf.SetLineCapStyle("round")
	for n := range count {
		mood := float64(n)/2 - 1 // -1 … 1
		x := b.x + r + float64(n)*(b.w-2*r)/(count-1)
		y := b.y + r
		c.pdf.Circle(x, y, r, "D")
		c.pdf.Circle(x-0.33*r, y-0.25*r, 0.1*r, "F")
		c.pdf.Circle(x+0.33*r, y-0.25*r, 0.1*r, "F")
		corner := y + (0.38-0.13*mood)*r
		c.pdf.Curve(x-0.45*r, corner, x, corner+0.62*mood*r, x+0.45*r, corner, "D")
	}
	c.pdf.SetLineCapStyle("butt")
}
