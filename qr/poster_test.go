package qr

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var points = []PointText{
	{Content: address, Code: "7K3M9QX", Unit: "UBND xã Mường Tè", Service: "Bộ phận Tiếp nhận và Trả kết quả"},
	{
		Content: "https://danhgia.muongte.laichau.gov.vn/s/0BD4WXY", Code: "0BD4WXY",
		Unit:    "Ủy ban nhân dân xã Pa Ủ – Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
		Service: "Quầy số 3: Đăng ký đất đai, cấp giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất",
	},
	{Content: "https://hl.vn/s/2222222", Code: "2222222", Unit: "Trường PTDTBT THCS Tà Tổng", Service: "Lớp 9A"},
	{Content: "http://localhost:8080/s/ABCDEFG", Code: "ABCDEFG", Service: "Bộ phận Một cửa"},
	{Content: "Chỉ là một dòng chữ"},
}

var created = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func TestLanguageOfDocument(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "/Lang (vi)", "en-GB": "/Lang (en-GB)"} {
		var b bytes.Buffer
		if err := PDF(&b, Poster, points[:1], Document{Lang: in}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(b.Bytes(), []byte(want)) {
			t.Errorf("language %q: no %s", in, want)
		}
	}
}

// No text or option makes PDF panic; it draws or it says why not.
func TestPDFNeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := PointText{
			Content: rapid.OneOf(rapid.Just(address), rapid.String(), rapid.StringMatching(`https://[a-z]{1,400}/`)).Draw(t, "content"),
			Code:    rapid.String().Draw(t, "code"),
			Unit:    drawText(t, "unit"),
			Service: drawText(t, "service"),
			Address: rapid.String().Draw(t, "address"),
		}
		doc := Document{
			Wording: Wording{Scan: Line{drawText(t, "scan"), rapid.String().Draw(t, "second")}},
			Title:   rapid.String().Draw(t, "title"),
			Lang:    rapid.SampledFrom([]string{"", "vi", "en", "x)(", "\x00"}).Draw(t, "lang"),
			Copies:  rapid.IntRange(-1, 5).Draw(t, "copies"),
			Demo:    rapid.Bool().Draw(t, "demo"),
		}
		format := rapid.SampledFrom([]Format{Poster, Card, Sheet, Stickers, Slips, Roll, "", "a3"}).Draw(t, "format")
		var b bytes.Buffer
		err := PDF(&b, format, []PointText{p}, doc)
		switch {
		case err == nil && !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")):
			t.Fatalf("no PDF: %.20q", b.Bytes())
		case err != nil && b.Len() > 0:
			t.Fatalf("%d bytes before %v", b.Len(), err)
		case err != nil && !errors.Is(err, ErrContent) && !errors.Is(err, ErrOption):
			t.Fatal(err)
		}
	})
}

func TestPDFRefuses(t *testing.T) {
	t.Parallel()
	many := make([]PointText, MaxPieces+1)
	for i := range many {
		many[i] = points[0]
	}
	tests := []struct {
		name   string
		format Format
		points []PointText
		doc    Document
		want   error
		says   string
	}{
		{"Format", "a3", points, Document{}, ErrOption, "poster, card, sheet, stickers, slips or roll"},
		{"NoPoints", Poster, nil, Document{}, ErrOption, "no points"},
		{"NegativeCopies", Poster, points, Document{Copies: -1}, ErrOption, "-1 copies"},
		{"TooManyPoints", Poster, many, Document{}, ErrOption, "print in parts"},
		{"TooManyCopies", Stickers, points[:1], Document{Copies: MaxPieces + 1}, ErrOption, "print in parts"},
		{"CopiesOverflow", Poster, points, Document{Copies: 1<<63 - 1}, ErrOption, "print in parts"},
		{"Language", Poster, points, Document{Lang: "tiếng Việt)"}, ErrOption, "BCP 47"},
		{"EmptyContent", Poster, []PointText{points[0], {Code: "7K3M9QX"}}, Document{}, ErrContent, "point 2 (7K3M9QX)"},
		{"TooFineForASticker", Stickers, []PointText{{Content: address + strings.Repeat("?", 600)}}, Document{}, ErrContent, "shorten the address or print larger"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			err := PDF(&b, tt.format, tt.points, tt.doc)
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || b.Len() > 0 {
				t.Errorf("%d bytes, error %v; want %v saying %q", b.Len(), err, tt.want, tt.says)
			}
		})
	}
}

type brokenWriter struct{}

var errBroken = errors.New("disk full")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriterErrorIsReported(t *testing.T) {
	t.Parallel()
	if err := PDF(brokenWriter{}, Poster, points[:1], Document{}); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}

// Equal input gives equal bytes, also when many draw at once.
func TestPDFIsReproducible(t *testing.T) {
	t.Parallel()
	out := make([]bytes.Buffer, 4)
	var wg sync.WaitGroup
	for i := range out {
		wg.Go(func() {
			if err := PDF(&out[i], Sheet, points, Document{Created: created}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range out[1:] {
		if !bytes.Equal(out[0].Bytes(), out[i+1].Bytes()) {
			t.Errorf("document %d differs", i+1)
		}
	}
}

// Fonts are subset and pages are vectors: a poster is a small attachment, a
// campaign's posters too.
func TestFilesStaySmall(t *testing.T) {
	t.Parallel()
	size := func(n int) int {
		var b bytes.Buffer
		if err := PDF(&b, Poster, manyPoints(n), Document{}); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	one, hundred := size(1), size(100)
	if perPage := (hundred - one) / 99; one > 50_000 || perPage > 5_000 {
		t.Errorf("one poster %d bytes, each further %d", one, perPage)
	}
}

func manyPoints(n int) []PointText {
	ps := make([]PointText, n)
	for i := range ps {
		code := fmt.Sprintf("%07d", i*7919%10_000_000)
		ps[i] = PointText{Content: "https://hailong.muongte.gov.vn/s/" + code, Code: code, Unit: "UBND xã Mường Tè", Service: fmt.Sprintf("Quầy số %d: Đất đai và xây dựng", i+1)}
	}
	return ps
}

func BenchmarkPDF(b *testing.B) {
	for _, bench := range []struct {
		name   string
		format Format
		points int
	}{{"Poster", Poster, 1}, {"500Posters", Poster, 500}, {"500Stickers", Stickers, 500}} {
		b.Run(bench.name, func(b *testing.B) {
			ps := manyPoints(bench.points)
			b.ReportAllocs()
			var w bytes.Buffer
			for b.Loop() {
				w.Reset()
				if err := PDF(&w, bench.format, ps, Document{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(w.Len()), "file-bytes")
		})
	}
}
