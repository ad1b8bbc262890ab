// Package qr draws codes: the square a phone reads, as PNG and SVG, and the
// printed matter around it, as PDF: wall posters, counter cards, sheets of
// cards to cut, sheets of stickers.
//
// It owns the drawing alone: matrix, typography, page layout. It must not know
// what a point, a unit or a campaign is, nor HTTP or a store; callers pass
// plain values and it imports no other package of this module. Everything is
// safe for concurrent use, and data never makes it panic: what cannot be drawn
// is an error wrapping ErrContent or ErrOption, returned before the first byte
// is written.
package qr

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/skip2/go-qrcode"
)

// Bounds of a code. MaxContent fits a code at every level, so a level never
// decides whether a text can be encoded.
const (
	MaxContent   = 1024 // bytes
	DefaultSize  = 512  // pixels
	MaxSize      = 2048 // pixels; 17 cm at 300 dpi, for larger print take SVG or PDF
	MaxModule    = 64   // pixels
	DefaultQuiet = 4    // modules, as ISO/IEC 18004 asks
	MaxQuiet     = 32   // modules
)

var (
	// ErrContent marks a text that cannot be encoded: empty, too long, not UTF-8.
	ErrContent = errors.New("qr: content cannot be encoded")
	// ErrOption marks a parameter outside its bounds; the message names them.
	ErrOption = errors.New("qr: bad option")
)

// Correction is how much of a code may be dirty, torn or covered while it still
// reads. A higher level makes more and therefore smaller modules.
type Correction string

// The four levels of ISO/IEC 18004 with the share they can restore.
const (
	Low      Correction = "L" // 7 %
	Medium   Correction = "M" // 15 %, the default
	Quartile Correction = "Q" // 25 %
	High     Correction = "H" // 30 %
)

// Options says how PNG and SVG draw a code. The zero value is good for a
// screen: 512 pixels, level M, a quiet zone of 4 modules.
type Options struct {
	// Correction of error correction; Medium when empty.
	Level Correction
	// Size is the side of the whole picture in pixels, quiet zone included.
	// DefaultSize when both Size and Module are 0. Modules of a PNG get the
	// largest whole number of pixels that fits, so that every edge is sharp;
	// what remains widens the quiet zone.
	Size int
	// Module is the side of one module in pixels, given instead of Size.
	Module int
	// Quiet is the white border in modules, at least; DefaultQuiet when 0.
	// Readers need one, so there is no way to ask for none.
	Quiet int
	// Title and Desc are the accessible name and description of an SVG;
	// when empty "Mã QR" and the content.
	Title, Desc string
}

// matrix is a code without its quiet zone: matrix[y][x] is true where dark.
type matrix [][]bool

func (l Correction) recovery() (qrcode.RecoveryLevel, error) {
	switch l {
	case Low:
		return qrcode.Low, nil
	case Medium, "":
		return qrcode.Medium, nil
	case Quartile:
		return qrcode.High, nil // the library's names are one off the standard's
	case High:
		return qrcode.Highest, nil
	default:
		return 0, fmt.Errorf("%w: level %q; use L, M, Q or H", ErrOption, string(l))
	}
}

// encode returns the matrix of content at exactly this level.
func encode(content string, level Correction) (matrix, error) {
	q, err := newCode(content, level)
	if err != nil {
		return nil, err
	}
	return q.Bitmap(), nil
}

// encodeForPrint returns the matrix of content at the strongest level that
// makes the modules no smaller than Medium does: dirt resistance for free.
func encodeForPrint(content string) (matrix, error) {
	best, err := newCode(content, Medium)
	if err != nil {
		return nil, err
	}
	for _, level := range []Correction{Quartile, High} {
		q, err := newCode(content, level)
		if err != nil {
			return nil, err
		}
		if q.VersionNumber == best.VersionNumber {
			best = q
		}
	}
	return best.Bitmap(), nil
}

func newCode(content string, level Correction) (*qrcode.QRCode, error) {
	recovery, err := level.recovery()
	if err != nil {
		return nil, err
	}
	switch {
	case content == "":
		return nil, fmt.Errorf("%w: it is empty", ErrContent)
	case len(content) > MaxContent:
		return nil, fmt.Errorf("%w: %d bytes, at most %d; shorten the address", ErrContent, len(content), MaxContent)
	case !utf8.ValidString(content):
		return nil, fmt.Errorf("%w: not valid UTF-8", ErrContent)
	}
	q, err := qrcode.New(content, recovery)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrContent, err)
	}
	q.DisableBorder = true
	return q, nil
}

// frame is a picture's geometry: side pixels in all, the code starting at
// (offset, offset) with modules of scale pixels; quiet is in modules.
type frame struct{ side, offset, scale, quiet int }

// frame works out the geometry of a code of n modules, or says which bound the
// options break.
func (o Options) frame(n int) (frame, error) {
	quiet := o.Quiet
	if quiet == 0 {
		quiet = DefaultQuiet
	}
	least := n + 2*quiet
	size := o.Size
	if size == 0 && o.Module == 0 {
		size = max(DefaultSize, least)
	}
	switch {
	case quiet < 0 || quiet > MaxQuiet:
		return frame{}, fmt.Errorf("%w: quiet zone %d modules; use 1 to %d", ErrOption, quiet, MaxQuiet)
	case o.Size != 0 && o.Module != 0:
		return frame{}, fmt.Errorf("%w: both size and module given; use one", ErrOption)
	case o.Module < 0 || o.Module > MaxModule:
		return frame{}, fmt.Errorf("%w: module %d pixels; use 1 to %d", ErrOption, o.Module, MaxModule)
	case o.Module > 0 && o.Module*least > MaxSize:
		return frame{}, fmt.Errorf("%w: module %d pixels makes a picture of %d; at most %d", ErrOption, o.Module, o.Module*least, MaxSize)
	case o.Module > 0:
		return frame{side: o.Module * least, offset: o.Module * quiet, scale: o.Module, quiet: quiet}, nil
	case size < least || size > MaxSize:
		return frame{}, fmt.Errorf("%w: size %d pixels; this code needs %d to %d", ErrOption, size, least, MaxSize)
	}
	scale := size / least
	return frame{side: size, offset: (size - n*scale) / 2, scale: scale, quiet: quiet}, nil
}

// run is a stretch of dark modules within a row.
type run struct{ x, y, length int }

// runs returns the dark stretches row by row, left to right.
func (m matrix) runs() []run {
	var rs []run
	for y, row := range m {
		for x := 0; x < len(row); x++ {
			start := x
			for x < len(row) && row[x] {
				x++
			}
			if x > start {
				rs = append(rs, run{x: start, y: y, length: x - start})
			}
		}
	}
	return rs
}
