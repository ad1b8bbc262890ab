package qr

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// What a terminal shows is read by an independent reader: each character is two modules,
// of which the light ones are drawn.
func TestTerminalIsReadAgain(t *testing.T) {
	t.Parallel()
	const content = "http://192.168.1.7:8080/s/6H8363X"
	text, err := Terminal(content)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	const module = 4
	width := len([]rune(lines[0]))
	picture := image.NewGray(image.Rect(0, 0, width*module, 2*len(lines)*module))
	for y := range 2 * len(lines) {
		for x, r := range []rune(lines[y/2]) {
			light := r == '█' || r == '▀' && y%2 == 0 || r == '▄' && y%2 == 1
			for dy := range module {
				for dx := range module {
					if light {
						picture.SetGray(x*module+dx, y*module+dy, color.Gray{Y: 255})
					}
				}
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the code is not read: %v\n%s", err, text)
	}
	if got := read.GetText(); got != content {
		t.Errorf("the code says %q, want %q", got, content)
	}
}
