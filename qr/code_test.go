package qr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"pgregory.net/rapid"
)

const address = "https://hailong.muongte.gov.vn/s/7K3M9QX"

// read decodes a picture with a reader that shares nothing with the encoder.
// exact says that the picture is a rendering, not a photograph: the reader then
// looks for modules in a grid, which it can do at one pixel a module.
func read(img image.Image, exact bool) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"}
	if exact {
		hints[gozxing.DecodeHintType_PURE_BARCODE] = true
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}

func decodePNG(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestPNGReadsBack(t *testing.T) {
	t.Parallel()
	contents := []string{
		address,
		"https://danhgia.muongte.laichau.gov.vn/s/0BD4WXY?lang=vi&from=poster",
		"HTTP://HL.VN/S/2222222",
		"0123456789",
		"Ủy ban nhân dân xã Mường Tè",
		strings.Repeat("https://example.vn/", 10),
	}
	for _, content := range contents {
		for _, level := range []Correction{"", Low, Quartile, High} {
			for _, size := range []int{300, 701} {
				t.Run(fmt.Sprintf("%.12s/%s/%d", content, level, size), func(t *testing.T) {
					t.Parallel()
					data, err := PNG(content, Options{Level: level, Size: size})
					if err != nil {
						t.Fatal(err)
					}
					img := decodePNG(t, data)
					if got := img.Bounds(); got != image.Rect(0, 0, size, size) {
						t.Errorf("bounds %v, want side %d", got, size)
					}
					got, err := read(img, false)
					if err != nil || got != content {
						t.Errorf("read %q, %v; want %q", got, err, content)
					}
				})
			}
		}
	}
}

// drawContent makes texts of every encoding mode: digits, upper-case
// addresses, addresses, free Unicode.
func drawContent(t *rapid.T) string {
	content := rapid.OneOf(
		rapid.StringMatching(`[0-9]{1,400}`),
		rapid.StringMatching(`HTTPS://[A-Z0-9.]{1,60}/S/[0-9A-Z]{7}`),
		rapid.StringMatching(`https?://[a-z0-9.-]{1,80}(:[0-9]{2,4})?/s/[0-9A-Z]{7}(\?[a-z]{1,5}=[a-zA-Z0-9]{0,9})?`),
		rapid.StringMatching(`[0-9]{1,9}[A-Z]{1,9}[a-z]{1,9}[0-9]{1,20}[A-Z $%*+./:-]{1,20}`),
		rapid.StringOfN(rapid.RuneFrom([]rune("Thủ tục hành chính ĐẶNG ươ\n—😀%&<>\"'")), 1, 150, MaxContent),
	).Draw(t, "content")
	return content
}

func TestPNGAlwaysReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		content := drawContent(t)
		opt := Options{
			Level:  rapid.SampledFrom([]Correction{Low, Medium, Quartile, High}).Draw(t, "level"),
			Module: rapid.IntRange(1, 6).Draw(t, "module"),
			Quiet:  rapid.IntRange(1, 8).Draw(t, "quiet"),
		}
		data, err := PNG(content, opt)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read(img, true); err != nil || got != content {
			t.Fatalf("read %q, %v", got, err)
		}
	})
}

// Any text within MaxContent can be encoded at any level, whatever mix of
// modes the encoder chooses for it.
func TestEveryContentWithinTheLimitFits(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"7", "A", "ộ", "a7", "1234567a", "ABCDEFGHIJ:k"} {
		content := strings.Repeat(unit, MaxContent/len(unit))
		for _, level := range []Correction{Low, Medium, Quartile, High} {
			if _, err := encode(content, level); err != nil {
				t.Errorf("%q × %d at %s: %v", unit, MaxContent/len(unit), level, err)
			}
		}
	}
}

func TestOptionsOutOfBounds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		content string
		opt     Options
		want    error
		says    string
	}{
		{"Empty", "", Options{}, ErrContent, "empty"},
		{"TooLong", strings.Repeat("x", MaxContent+1), Options{}, ErrContent, "at most 1024"},
		{"NotUTF8", "a\xff", Options{}, ErrContent, "UTF-8"},
		{"UnknownLevel", address, Options{Level: "X"}, ErrOption, "L, M, Q or H"},
		{"SizeTooSmall", address, Options{Size: 10}, ErrOption, "needs 37 to 2048"},
		{"SizeNegative", address, Options{Size: -4}, ErrOption, "needs 37 to 2048"},
		{"SizeTooLarge", address, Options{Size: 2049}, ErrOption, "to 2048"},
		{"SizeHuge", address, Options{Size: 1 << 62}, ErrOption, "to 2048"},
		{"ModuleNegative", address, Options{Module: -1}, ErrOption, "1 to 64"},
		{"ModuleHuge", address, Options{Module: 1 << 62}, ErrOption, "1 to 64"},
		{"ModuleMakesTooMuch", strings.Repeat("x", 900), Options{Module: 64}, ErrOption, "at most 2048"},
		{"SizeAndModule", address, Options{Size: 500, Module: 4}, ErrOption, "use one"},
		{"QuietNegative", address, Options{Quiet: -1}, ErrOption, "1 to 32"},
		{"QuietHuge", address, Options{Quiet: 1 << 62}, ErrOption, "1 to 32"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for form, draw := range map[string]func(string, Options) ([]byte, error){"PNG": PNG, "SVG": SVG} {
				data, err := draw(tt.content, tt.opt)
				if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || data != nil {
					t.Errorf("%s: %d bytes, error %v; want %v saying %q", form, len(data), err, tt.want, tt.says)
				}
			}
		})
	}
}

// A PNG has one bit a pixel; every module is the same square of pixels, and the
// quiet zone is as wide as asked, or wider by what did not divide.
func TestPNGGeometry(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                string
		opt                 Options
		side, offset, scale int
	}{
		{"Default", Options{}, 512, 77, 17},
		{"Module", Options{Module: 3}, 29 * 3, 12, 3},
		{"Quiet", Options{Module: 2, Quiet: 1}, 23 * 2, 2, 2},
		{"Remainder", Options{Size: 100}, 100, 18, 3},
		{"LevelGrowsCode", Options{Module: 1, Level: High}, 33, 4, 1},
	}
	const content = "HL.VN/S/2222222" // 21 modules at M, 25 at H
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data, err := PNG(content, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if depth, kind := data[24], data[25]; depth != 1 || kind != 3 { // fields of IHDR
				t.Errorf("bit depth %d, colour type %d; want 1, palette", depth, kind)
			}
			img := decodePNG(t, data)
			m, err := encode(content, tt.opt.Level)
			if err != nil {
				t.Fatal(err)
			}
			want := image.NewGray(image.Rect(0, 0, tt.side, tt.side))
			for y := range tt.side {
				for x := range tt.side {
					want.SetGray(x, y, color.Gray{Y: 255})
					mx, my := (x-tt.offset)/tt.scale, (y-tt.offset)/tt.scale
					if x >= tt.offset && y >= tt.offset && mx < len(m) && my < len(m) && m[my][mx] {
						want.SetGray(x, y, color.Gray{})
					}
				}
			}
			if diff := cmp.Diff(want.Rect, img.Bounds()); diff != "" {
				t.Fatal(diff)
			}
			for y := range tt.side {
				for x := range tt.side {
					if color.GrayModel.Convert(img.At(x, y)) != want.GrayAt(x, y) {
						t.Fatalf("pixel %d,%d is %v", x, y, img.At(x, y))
					}
				}
			}
		})
	}
}

type svgDocument struct {
	XMLName xml.Name   `xml:"http://www.w3.org/2000/svg svg"`
	Attrs   []xml.Attr `xml:",any,attr"`
	ViewBox string     `xml:"viewBox,attr"`
	Title   string     `xml:"title"`
	Desc    string     `xml:"desc"`
	Paths   []struct {
		D string `xml:"d,attr"`
	} `xml:"path"`
}

// rasterise draws the dashes of a path, one unit thick, at some pixels a unit.
func rasterise(t interface{ Fatalf(string, ...any) }, doc svgDocument, scale int) image.Image {
	var side int
	if _, err := fmt.Sscanf(doc.ViewBox, "0 0 %d", &side); err != nil || len(doc.Paths) != 1 {
		t.Fatalf("view box %q, %d paths", doc.ViewBox, len(doc.Paths))
	}
	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	x, y := 0, 0
	for _, step := range regexp.MustCompile(`([Mmh])([0-9]+)(?: ([0-9]+)(?:\.5)?)?`).FindAllStringSubmatch(doc.Paths[0].D, -1) {
		n, _ := strconv.Atoi(step[2])
		switch step[1] {
		case "M":
			x = n
			y, _ = strconv.Atoi(step[3])
		case "m":
			x += n
		case "h":
			for py := y * scale; py < (y+1)*scale; py++ {
				for px := x * scale; px < (x+n)*scale; px++ {
					img.SetGray(px, py, color.Gray{})
				}
			}
			x += n
		}
	}
	return img
}

func TestSVGAlwaysReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		content := drawContent(t)
		opt := Options{
			Level: rapid.SampledFrom([]Correction{Low, Medium, Quartile, High}).Draw(t, "level"),
			Quiet: rapid.IntRange(1, 8).Draw(t, "quiet"),
		}
		data, err := SVG(content, opt)
		if err != nil {
			t.Fatal(err)
		}
		var doc svgDocument
		if err := xml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		if got, err := read(rasterise(t, doc, 2), true); err != nil || got != content {
			t.Fatalf("read %q, %v", got, err)
		}
	})
}

func TestSVGIsAccessibleAndPlain(t *testing.T) {
	t.Parallel()
	data, err := SVG(address, Options{Title: `Mã của "Một cửa" & <bạn>`, Module: 5})
	if err != nil {
		t.Fatal(err)
	}
	var doc svgDocument
	if err := xml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	attrs := map[string]string{}
	for _, a := range doc.Attrs {
		attrs[a.Name.Local] = a.Value
	}
	want := map[string]string{"role": "img", "width": "185", "height": "185", "shape-rendering": "crispEdges", "xmlns": "http://www.w3.org/2000/svg"}
	if diff := cmp.Diff(want, attrs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`Mã của "Một cửa" & <bạn>`, address, "0 0 37 37"}, []string{doc.Title, doc.Desc, doc.ViewBox}); diff != "" {
		t.Error(diff)
	}
	for _, never := range []string{"style", " id=", "<script", "href"} {
		if bytes.Contains(data, []byte(never)) {
			t.Errorf("SVG has %q", never)
		}
	}
	if len(data) > 3500 {
		t.Errorf("SVG of a short address is %d bytes", len(data))
	}
}

// What is printed is as large as at level M and at least as strong.
func TestPrintedCodeIsStrongestAtSameSize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		content := drawContent(t)
		printed, err := encodeForPrint(content)
		if err != nil {
			t.Fatal(err)
		}
		var want matrix
		for _, level := range []Correction{Medium, Quartile, High} {
			m, err := encode(content, level)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil || len(m) == len(want) {
				want = m
			}
		}
		if diff := cmp.Diff(want, printed); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkPNG(b *testing.B) {
	for _, size := range []int{512, MaxSize} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := PNG(address, Options{Size: size}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSVG(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := SVG(address, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
