package qr

import (
	"fmt"
	"strings"
)

// minModule is the smallest module, in millimetres, that an old phone still
// reads from a laser print.
const minModule = 0.4

// piece is a point made ready to be drawn, as often as copies are wanted.
type piece struct {
	code                          matrix
	unit, service, typed, address string
	link                          string
}

// newPiece encodes p for a code side millimetres wide.
func newPiece(p PointText, side float64) (piece, error) {
	m, err := encodeForPrint(p.Content)
	if err != nil {
		return piece{}, err
	}
	if module := side / float64(len(m)+2*DefaultQuiet); module < minModule {
		return piece{}, fmt.Errorf("%w: too long for a code of %.0f mm, its modules would be %.2f mm; shorten the address or print larger",
			ErrContent, side, module)
	}
	address := p.Address
	if address == "" {
		address = strings.TrimPrefix(p.Content, "https://")
	}
	made := piece{
		code:    m,
		unit:    clean(p.Unit, bold),
		service: clean(p.Service, bold),
		typed:   group(clean(p.Code, mono)),
		address: clean(address, bold),
	}
	if strings.HasPrefix(p.Content, "https://") || strings.HasPrefix(p.Content, "http://") {
		made.link = p.Content
	}
	return made, nil
}

// draw puts p at (x, y) of the current page.
func (c *canvas) draw(l layout, x, y float64, p piece, w Wording, demo bool) {
	at := func(b box) box { return box{b.x + x, b.y + y, b.w, b.h} }
	switch {
	case demo:
		c.fill(at(l.demo), amber)
		c.stack(at(l.demo), center, paragraph{text: w.Demo.joined(), style: l.demoStyle})
	case l.bar.h > 0:
		c.fill(at(l.bar), teal)
	}
	c.stack(at(l.head), l.align,
		paragraph{text: p.unit, style: l.unitStyle},
		paragraph{text: p.service, style: l.serviceStyle, gap: l.gap})
	c.stack(at(l.scan), l.align,
		paragraph{text: w.Scan.Main, style: l.scanMain},
		paragraph{text: w.Scan.Second, style: l.scanSecond, gap: l.gap})

	code := at(l.code)
	c.code(p.code, code.x, code.y, code.w)
	if p.link != "" { // for whoever sees the page on the phone that should scan it
		c.pdf.LinkString(code.x, code.y, code.w, code.h, p.link)
	}
	if l.bracket > 0 {
		c.brackets(code, l.bracket, l.bracket/12, teal)
	}
	if l.faces.h > 0 {
		c.faces(at(l.faces), teal)
	}
	for _, r := range l.rules {
		r = at(r)
		c.line(r.x, r.y, r.x+r.w, r.y+r.h, 0.25, pale)
	}
	c.labelled(at(l.typed), paragraph{text: w.Code.joined(), style: l.label}, paragraph{text: p.typed, style: l.typedStyle})
	c.labelled(at(l.address), paragraph{text: w.Open.joined(), style: l.label}, paragraph{text: p.address, style: l.urlStyle})
	c.stack(at(l.note), l.align,
		paragraph{text: w.Note.Main, style: l.noteMain},
		paragraph{text: w.Note.Second, style: l.noteSecond})
}

// cuts marks where a page of several pieces is cut: a small cross where cuts
// meet, half a cross at the edges of the page; or lines where it is dashed.
func (c *canvas) cuts(p paper) {
	if p.dashed {
		c.cutLines(p)
		return
	}
	const arm = 3
	for i := 1; i < p.columns; i++ {
		x := float64(i) * p.pitchX
		for j := range p.rows + 1 {
			y := p.top + float64(j)*p.pitchY
			c.line(x, max(y-arm, 0), x, min(y+arm, p.height), 0.2, grey)
		}
	}
	for j := 1; j < p.rows; j++ {
		y := p.top + float64(j)*p.pitchY
		for i := range p.columns + 1 {
			x := float64(i) * p.pitchX
			c.line(max(x-arm, 0), y, min(x+arm, p.width), y, 0.2, grey)
		}
	}
}

// cutLines draws every cut.
func (c *canvas) cutLines(p paper) {
	c.pdf.SetDashPattern([]float64{0.8, 0.8}, 0)
	for i := 1; i < p.columns; i++ {
		x := float64(i) * p.pitchX
		c.line(x, p.top, x, p.top+float64(p.rows)*p.pitchY, 0.2, grey)
	}
	for j := 1; j < p.rows; j++ {
		y := p.top + float64(j)*p.pitchY
		c.line(0, y, p.width, y, 0.2, grey)
	}
	c.pdf.SetDashPattern(nil, 0)
}
