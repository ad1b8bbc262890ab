package qr

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// poppler runs a tool of poppler-utils, the independent reader of our PDFs.
func poppler(t *testing.T, tool string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing: apt-get install poppler-utils", tool)
		}
		t.Skipf("needs %s, which reads our PDFs back: apt-get install poppler-utils", tool)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, stderr.String())
	}
	if stderr.Len() > 0 {
		t.Errorf("%s complains: %s", tool, stderr.String())
	}
	return out
}

// write makes a PDF in a file of its own.
func write(t *testing.T, format Format, points []PointText, doc Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, format, points, doc); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "print.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pages renders a PDF in shades of grey.
func pages(t *testing.T, path string, dpi int) []*image.Gray {
	t.Helper()
	prefix := filepath.Join(t.TempDir(), "page")
	poppler(t, "pdftoppm", "-gray", "-r", fmt.Sprint(dpi), path, prefix)
	names, err := filepath.Glob(prefix + "*.pgm")
	if err != nil {
		t.Fatal(err)
	}
	var imgs []*image.Gray
	for _, name := range names { // sorted, numbers are of one width
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var w, h int
		if _, err := fmt.Sscanf(string(data[:min(len(data), 20)]), "P5\n%d %d\n255\n", &w, &h); err != nil || len(data) < w*h {
			t.Fatalf("%s: not a grey picture: %.20q, %v", name, data, err)
		}
		imgs = append(imgs, &image.Gray{Pix: data[len(data)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)})
	}
	return imgs
}

// crop copies the nth piece out of a rendered page.
func crop(page *image.Gray, p paper, n int) image.Image {
	scale := float64(page.Rect.Dx()) / p.width
	x, y := p.cell(n)
	w, h := p.width/float64(p.columns), (p.height-2*p.top)/float64(p.rows)
	piece := image.NewGray(image.Rect(0, 0, int(w*scale), int(h*scale)))
	for row := range piece.Rect.Dy() {
		start := page.PixOffset(int(x*scale), int(y*scale)+row)
		copy(piece.Pix[row*piece.Stride:], page.Pix[start:start+piece.Stride])
	}
	return piece
}

func TestPrintedCodesReadBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format Format
		copies int
		dpi    int
		pages  int
	}{
		{Poster, 1, 50, 5}, // a sharp code must read even from a thumbnail
		{Card, 1, 100, 5},
		{Sheet, 1, 100, 2},
		{Sheet, 4, 100, 5},
		{Stickers, 1, 150, 1},
		{Stickers, 5, 150, 2},
		{Slips, 5, 150, 2},
		{Roll, 1, 150, 5},
	}
	for _, tt := range tests {
		for _, demo := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/Copies%d/Demo%v", tt.format, tt.copies, demo), func(t *testing.T) {
				t.Parallel()
				imgs := pages(t, write(t, tt.format, points, Document{Copies: tt.copies, Demo: demo}), tt.dpi)
				if len(imgs) != tt.pages {
					t.Fatalf("%d pages, want %d", len(imgs), tt.pages)
				}
				paper := papers[tt.format]
				for i := range len(points) * tt.copies {
					piece := crop(imgs[i/tt.format.PerPage()], paper, i%tt.format.PerPage())
					want := points[i/tt.copies].Content
					if got, err := read(piece, false); err != nil || got != want {
						t.Errorf("piece %d reads %q, %v; want %q", i, got, err, want)
					}
				}
			})
		}
	}
}

// A print has no seams and no grey: from the middle of each module to the
// middle of the next one alike, every pixel is wholly black or wholly white,
// and so is the quiet zone.
func TestPrintedModulesAreSolid(t *testing.T) {
	t.Parallel()
	img := pages(t, write(t, Poster, points[:1], Document{}), 300)[0]
	m, err := encodeForPrint(points[0].Content)
	if err != nil {
		t.Fatal(err)
	}
	pixel := float64(img.Bounds().Dx()) / 210
	module := poster.code.w / float64(len(m)+2*DefaultQuiet)
	dark := func(x, y int) bool { return x >= 0 && y >= 0 && x < len(m) && y < len(m) && m[y][x] }
	end := len(m) + DefaultQuiet - 1
	for y := -DefaultQuiet; y < end; y++ {
		for x := -DefaultQuiet; x < end; x++ {
			want := uint8(255)
			if dark(x, y) {
				want = 0
			}
			for _, to := range [][2]int{{1, 0}, {0, 1}} {
				if dark(x+to[0], y+to[1]) != dark(x, y) {
					continue
				}
				for part := 0.0; part < 1; part += 0.05 {
					px := (poster.code.x + (float64(x+DefaultQuiet)+0.5+part*float64(to[0]))*module) * pixel
					py := (poster.code.y + (float64(y+DefaultQuiet)+0.5+part*float64(to[1]))*module) * pixel
					if got := img.GrayAt(int(px), int(py)).Y; got != want {
						t.Fatalf("module %d,%d + %.2f towards %v is %d, want %d", x, y, part, to, got, want)
					}
				}
			}
		}
	}
}

// words is the text of a PDF in drawing order, blanks squeezed, a form feed
// after each page.
func words(t *testing.T, path string) string {
	t.Helper()
	out := string(poppler(t, "pdftotext", "-raw", "-enc", "UTF-8", path, "-"))
	var pages []string
	for page := range strings.SplitSeq(out, "\f") {
		pages = append(pages, strings.Join(strings.Fields(page), " "))
	}
	return strings.Join(pages, "\f")
}

func TestPrintedTextIsLetterForLetter(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{Poster, Card, Sheet} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			decomposed := points[1]
			decomposed.Unit, decomposed.Service = norm.NFD.String(decomposed.Unit), norm.NFD.String(decomposed.Service)
			got := words(t, write(t, format, []PointText{points[0], decomposed}, Document{}))
			w := DefaultWording()
			for _, want := range []string{
				points[0].Unit, points[0].Service, "7K3M 9QX", "hailong.muongte.gov.vn/s/7K3M9QX",
				points[1].Unit, points[1].Service, "0BD4 WXY", "danhgia.muongte.laichau.gov.vn/s/0BD4WXY",
				w.Scan.Main, w.Scan.Second, w.Note.Main, w.Note.Second, w.Code.joined(), w.Open.joined(),
			} {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			if strings.Contains(got, w.Demo.Main) {
				t.Errorf("demonstration band on real print:\n%s", got)
			}
		})
	}
}

func TestEveryVietnameseLetterPrints(t *testing.T) {
	t.Parallel()
	letters := []rune(vietnamese + strings.ToUpper(vietnamese))
	var ps []PointText
	for len(letters) > 0 {
		n := min(len(letters), 20)
		chunk := string(letters[:n])
		ps = append(ps, PointText{Content: address, Unit: chunk, Service: norm.NFD.String(chunk)})
		letters = letters[n:]
	}
	got := strings.Split(words(t, write(t, Poster, ps, Document{})), "\f")
	for i, p := range ps {
		if !strings.HasPrefix(got[i], p.Unit+" "+p.Unit) {
			t.Errorf("page %d: no %q in %q", i+1, p.Unit, got[i])
		}
	}
}

func TestOwnWordingAndDemonstration(t *testing.T) {
	t.Parallel()
	w := Wording{
		Scan: Line{"Quét mã để góp ý cho nhà trường", ""},
		Demo: Line{"Dữ liệu minh họa", "Demonstration"},
	}
	for _, format := range []Format{Poster, Card, Sheet, Stickers} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			got := words(t, write(t, format, points, Document{Wording: w, Demo: true}))
			if n := strings.Count(got, "Dữ liệu minh họa · Demonstration"); n != len(points) {
				t.Errorf("%d bands for %d pieces:\n%s", n, len(points), got)
			}
			if n := strings.Count(got, "Quét mã để góp ý cho nhà trường"); n != len(points) {
				t.Errorf("own instruction %d times:\n%s", n, got)
			}
			if strings.Contains(got, DefaultWording().Scan.Second) {
				t.Errorf("a second language nobody asked for:\n%s", got)
			}
		})
	}
}

// info is what pdfinfo says, by key.
func info(t *testing.T, path string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for line := range strings.Lines(string(poppler(t, "pdfinfo", path))) {
		key, value, _ := strings.Cut(line, ":")
		m[key] = strings.TrimSpace(value)
	}
	return m
}

func TestPageSizesAndProperties(t *testing.T) {
	t.Parallel()
	const a4, a6 = "595.28 x 841.89 pts (A4)", "297.64 x 419.53 pts"
	tests := []struct {
		name   string
		format Format
		points []PointText
		doc    Document
		want   map[string]string
	}{
		{"Poster", Poster, points[:1], Document{}, map[string]string{
			"Pages": "1", "Page size": a4,
			"Title": "Quét mã để đánh giá sự phục vụ – UBND xã Mường Tè – Bộ phận Tiếp nhận và Trả kết quả – 7K3M9QX",
		}},
		{"Campaign", Poster, points, Document{Title: "Áp phích 😀 2026 (đợt 1)"}, map[string]string{
			"Pages": "5", "Page size": a4, "Title": "Áp phích 2026 (đợt 1)",
		}},
		{"Card", Card, points, Document{Copies: 2}, map[string]string{
			"Pages": "10", "Page size": a6, "Title": "Quét mã để đánh giá sự phục vụ",
		}},
		{"SheetFilled", Sheet, points[:1], Document{Copies: Sheet.PerPage()}, map[string]string{"Pages": "1", "Page size": a4}},
		{"SheetOneMore", Sheet, points, Document{}, map[string]string{"Pages": "2", "Page size": a4}},
		{"StickersFilled", Stickers, points[:1], Document{Copies: Stickers.PerPage()}, map[string]string{"Pages": "1", "Page size": a4}},
		{"SlipsOneMore", Slips, points[:1], Document{Copies: Slips.PerPage() + 1}, map[string]string{"Pages": "2", "Page size": a4}},
		{"StickersOneMore", Stickers, points[:1], Document{Copies: Stickers.PerPage() + 1}, map[string]string{"Pages": "2", "Page size": a4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			all := info(t, write(t, tt.format, tt.points, tt.doc))
			got := map[string]string{}
			for key := range tt.want {
				got[key] = all[key]
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if all["Creator"] != "Hài Lòng" {
				t.Errorf("creator %q", all["Creator"])
			}
		})
	}
}

// However long or odd the names, every printed word stays on its piece and off
// the code, as another program sees it.
func TestLongNamesStayInPlace(t *testing.T) {
	t.Parallel()
	long := []PointText{
		{Content: address, Code: "7K3M9QX", Unit: strings.Repeat("Ủy ban nhân dân ", 30), Service: strings.Repeat("Đăng ký quyền sử dụng đất ", 30)},
		{Content: address, Code: strings.Repeat("7K3M", 30), Unit: strings.Repeat("Ộ", 300), Service: strings.Repeat("W", 399)},
		{Content: address, Address: strings.Repeat("dia-chi-rat-dai.", 20), Unit: "Ậ", Service: "Ỵ"},
	}
	wording := Wording{}
	for _, l := range []*Line{&wording.Scan, &wording.Note, &wording.Code, &wording.Open, &wording.Demo} {
		*l = Line{strings.Repeat("Quét mã này để đánh giá ", 6), strings.Repeat("Scan this code ", 12)}
	}
	for _, format := range []Format{Poster, Card, Sheet, Stickers} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			for _, w := range []Wording{{}, wording} {
				path := write(t, format, long, Document{Wording: w, Demo: true})
				var doc struct {
					Pages []struct {
						Words []struct {
							X0   float64 `xml:"xMin,attr"`
							Y0   float64 `xml:"yMin,attr"`
							X1   float64 `xml:"xMax,attr"`
							Y1   float64 `xml:"yMax,attr"`
							Text string  `xml:",chardata"`
						} `xml:"word"`
					} `xml:"body>doc>page"`
				}
				if err := xml.Unmarshal(poppler(t, "pdftotext", "-bbox", path, "-"), &doc); err != nil {
					t.Fatal(err)
				}
				p, seen := papers[format], 0
				for _, page := range doc.Pages {
					for _, word := range page.Words {
						seen++
						const mm = 25.4 / 72
						middle := box{x: (word.X0 + word.X1) / 2 * mm, y: (word.Y0 + word.Y1) / 2 * mm}
						cell := int(middle.x/(p.width/float64(p.columns))) + p.columns*int((middle.y-p.top)/(p.height/float64(p.rows)))
						x, y := p.cell(cell)
						w, h := p.width/float64(p.columns), (p.height-2*p.top)/float64(p.rows)
						left, right := word.X0*mm-x, word.X1*mm-x
						if left < 2 || right > w-2 || word.Y0*mm < y || word.Y1*mm > y+h {
							t.Errorf("%q leaves its piece: %.1f to %.1f of %.1f mm across", word.Text, left, right, w)
						}
						if c := p.code; left < c.x+c.w && right > c.x && middle.y-y > c.y && middle.y-y < c.y+c.h {
							t.Errorf("%q lies on the code", word.Text)
						}
					}
				}
				if seen < 20 {
					t.Errorf("only %d words found", seen)
				}
			}
		})
	}
}
