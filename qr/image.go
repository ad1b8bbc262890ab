package qr

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

var blackOnWhite = color.Palette{color.White, color.Black}

// picture is the code as the PNG encoder sees it: it computes each pixel when
// asked, so that the largest picture costs no more memory than its matrix.
type picture struct {
	code matrix
	frame
}

func (p picture) ColorModel() color.Model { return blackOnWhite }
func (p picture) Bounds() image.Rectangle { return image.Rect(0, 0, p.side, p.side) }
func (p picture) At(x, y int) color.Color { return blackOnWhite[p.ColorIndexAt(x, y)] }

// ColorIndexAt makes picture an image.PalettedImage, which PNG stores in one
// bit a pixel.
func (p picture) ColorIndexAt(x, y int) uint8 {
	x, y = x-p.offset, y-p.offset
	if end := len(p.code) * p.scale; x < 0 || y < 0 || x >= end || y >= end {
		return 0
	}
	if p.code[y/p.scale][x/p.scale] {
		return 1
	}
	return 0
}

// PNG returns content as a code in a black-and-white PNG, one bit a pixel,
// every module the same whole number of pixels.
// The error wraps ErrContent or ErrOption.
func PNG(content string, opt Options) ([]byte, error) {
	m, err := encode(content, opt.Level)
	if err != nil {
		return nil, err
	}
	f, err := opt.frame(len(m))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture{m, f}); err != nil {
		return nil, fmt.Errorf("qr: encode PNG: %w", err)
	}
	return b.Bytes(), nil
}

// SVG returns content as a code in an SVG document: black on white, one path,
// no style and no ids, so that it can be put inline into any page under a
// strict content security policy, several times. The coordinates are modules;
// width and height follow Size or Module.
// The error wraps ErrContent or ErrOption.
func SVG(content string, opt Options) ([]byte, error) {
	m, err := encode(content, opt.Level)
	if err != nil {
		return nil, err
	}
	f, err := opt.frame(len(m))
	if err != nil {
		return nil, err
	}
	title, desc := opt.Title, opt.Desc
	if title == "" {
		title = "Mã QR"
	}
	if desc == "" {
		desc = content
	}
	side := len(m) + 2*f.quiet
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges">`,
		f.side, f.side, side, side)
	fmt.Fprintf(&b, `<title>%s</title><desc>%s</desc><rect width="100%%" height="100%%" fill="#fff"/><path stroke="#000" d="%s"/></svg>`,
		escape(title), escape(desc), m.path(f.quiet))
	return b.Bytes(), nil
}

// path draws each row as dashes along its middle, one module thick: about half
// the bytes of outlined rectangles.
func (m matrix) path(quiet int) string {
	var b strings.Builder
	x, y := -1, -1
	for _, r := range m.runs() {
		if r.y != y {
			fmt.Fprintf(&b, "M%d %d.5", r.x+quiet, r.y+quiet)
		} else {
			fmt.Fprintf(&b, "m%d 0", r.x-x)
		}
		fmt.Fprintf(&b, "h%d", r.length)
		x, y = r.x+r.length, r.y
	}
	return b.String()
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
