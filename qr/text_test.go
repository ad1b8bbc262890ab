package qr

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// vietnamese is every letter of the alphabet with every tone, lower case.
const vietnamese = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"

func TestEveryFaceHoldsVietnamese(t *testing.T) {
	t.Parallel()
	const marks = " 0123456789.,:;–—-…·/?!()“”\"'₫%+&"
	for name := range typefaces {
		face, ok := faces()[name]
		if !ok {
			t.Fatalf("%s does not parse", name)
		}
		var buf sfnt.Buffer
		for _, r := range vietnamese + strings.ToUpper(vietnamese) + marks {
			if glyph, err := face.GlyphIndex(&buf, r); glyph == 0 || err != nil {
				t.Errorf("%s has no %q (%v)", name, r, err)
			}
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"Plain", "Bộ phận Một cửa", "Bộ phận Một cửa"},
		{"Decomposed", norm.NFD.String("Ủy ban nhân dân xã Mường Tè"), "Ủy ban nhân dân xã Mường Tè"},
		{"Blanks", " \tUBND \r\n xã  Mù Cả ", "UBND xã Mù Cả"},
		{"NoBreakSpaceKept", "xã\u00a0Pa\u00a0Ủ", "xã\u00a0Pa\u00a0Ủ"},
		{"Invisible", "a\u200b\u00ad\u202e\x00\x1bb", "ab"},
		{"NotInTheFont", "Quầy 😀 中 số 1", "Quầy số 1"},
		{"NotUTF8", "a\xffb\xc3", "ab"},
		{"OnlyBlanks", " \n ", ""},
		{"Markup", `(a) \ <b>`, `(a) \ <b>`},
		{"Endless", strings.Repeat("dài ", 1000), strings.Repeat("dài ", maxText/4) + "d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, clean(tt.in, bold)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":            "",
		"7K3M":        "7K3M",
		"7K3M9":       "7K3 M9",
		"7K3M9Q":      "7K3 M9Q",
		"7K3M9QX":     "7K3M 9QX",
		"7K3M9QX0":    "7K3M 9QX0",
		"7K3M9QX01":   "7K3 M9Q X01",
		"7K3-M9QX":    "7K3-M9QX",
		"ĐẤTĐAI":      "ĐẤT ĐAI",
		"7K 3M9QX":    "7K 3M9QX",
		"0123456789A": "0123 4567 89A",
	} {
		if got := group(in); got != want {
			t.Errorf("group(%q) = %q, want %q", in, got, want)
		}
	}
}

// perRune measures every character as one wide.
func perRune(s string) float64 { return float64(utf8.RuneCountInString(s)) }

func TestBalance(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		limit    float64
		want     []string
		whole    bool
	}{
		{"Fits", "Một cửa", 10, []string{"Một cửa"}, true},
		{"NoLonelyWord", "Bộ phận Tiếp nhận và Trả kết quả", 29, []string{"Bộ phận Tiếp nhận", "và Trả kết quả"}, true},
		{"LongWord", "a đườngdàilắm b", 6, []string{"a", "đườngd", "àilắm", "b"}, false},
		{"NarrowerThanACharacter", "abc", 0.5, []string{"a", "b", "c"}, false},
		{"Empty", "", 5, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lines, whole := balance(tt.in, tt.limit, perRune)
			if diff := cmp.Diff(tt.want, lines); diff != "" || whole != tt.whole {
				t.Errorf("whole %v\n%s", whole, diff)
			}
		})
	}
}

// Wrapping loses no character, keeps the order and stays within the limit.
func TestWrapKeepsEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := clean(rapid.StringOfN(rapid.RuneFrom([]rune("abộĐ Ủ-/ ")), 0, 200, -1).Draw(t, "text"), bold)
		limit := rapid.Float64Range(1, 60).Draw(t, "limit")
		for name, breaks := range map[string]func(string, float64, func(string) float64) ([]string, bool){"wrap": wrap, "balance": balance} {
			lines, whole := breaks(text, limit, perRune)
			squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
			if got := squeeze(strings.Join(lines, "")); got != squeeze(text) {
				t.Fatalf("%s lost something: %q", name, lines)
			}
			if joined := strings.Join(lines, " "); whole && joined != text {
				t.Fatalf("%s says whole but %q", name, lines)
			}
			for _, line := range lines {
				if perRune(line) > limit || line == "" {
					t.Fatalf("%s: line %q at limit %v", name, line, limit)
				}
			}
		}
	})
}

// drawText makes texts as people type them into a form, and worse.
func drawText(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) string {
			words := strings.Fields("Ủy ban nhân dân xã Mường Tè Bộ phận Tiếp nhận và Trả kết quả đăng ký đất đai – (Quầy số 3)")
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 60).Draw(t, "words"), " ")
		}),
		rapid.StringMatching(`[A-Za-zĐỦộ]{0,500}`),
		rapid.String(),
	).Draw(t, label)
}

// Whatever the text, each style of each layout keeps it within its width and
// height: nothing overflows.
func TestSetNeverOverflows(t *testing.T) {
	t.Parallel()
	c := newCanvas(210, 297)
	c.pdf.AddPage()
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t, "text")
		for name, l := range map[string]layout{"poster": poster, "card": card, "sticker": sticker} {
			for part, p := range parts(l) {
				for _, s := range p.styles {
					if s.size == 0 {
						continue
					}
					lines, size := c.set(paragraph{text: clean(text, s.font), style: s}, p.w)
					width := c.width(s.font, size)
					for _, line := range lines {
						if w := width(line); w > p.w+1e-6 {
							t.Fatalf("%s %s: %q is %.2f mm wide, room %.2f", name, part, line, w, p.w)
						}
					}
					if h := float64(len(lines)) * size * leading / c.points; h > s.height+1e-6 {
						t.Fatalf("%s %s: %d lines are %.2f mm high, room %.2f", name, part, len(lines), h, s.height)
					}
				}
			}
		}
	})
}

type part struct {
	box
	styles []style
	gap    float64
}

func parts(l layout) map[string]part {
	return map[string]part{
		"head":    {l.head, []style{l.unitStyle, l.serviceStyle}, l.gap},
		"scan":    {l.scan, []style{l.scanMain, l.scanSecond}, l.gap},
		"typed":   {l.typed, []style{l.label, l.typedStyle}, 0},
		"address": {l.address, []style{l.label, l.urlStyle}, 0},
		"note":    {l.note, []style{l.noteMain, l.noteSecond}, 0},
		"demo":    {l.demo, []style{l.demoStyle}, 0},
	}
}

// The styles of a box fit into it together, so paragraphs that each keep their
// height never meet; and no box reaches into the code or over the edge.
func TestLayoutsAddUp(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]struct {
		layout
		w, h float64
	}{"poster": {poster, 210, 297}, "card": {card, 105, 148}, "sticker": {sticker, 70, 37}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			boxes := map[string]box{"code": l.code, "faces": l.faces}
			for part, p := range parts(l.layout) {
				boxes[part] = p.box
				sum := p.gap
				for _, s := range p.styles {
					sum += s.height
				}
				if sum > p.h+1e-9 && p.h > 0 {
					t.Errorf("%s holds %.2f mm of text, is %.2f high", part, sum, p.h)
				}
			}
			for a, b := range boxes {
				if b.x < 0 || b.y < 0 || b.x+b.w > l.w || b.y+b.h > l.h {
					t.Errorf("%s leaves the piece: %+v", a, b)
				}
				for other, o := range boxes {
					if a < other && b.x < o.x+o.w && o.x < b.x+b.w && b.y < o.y+o.h && o.y < b.y+b.h {
						t.Errorf("%s and %s overlap: %+v, %+v", a, other, b, o)
					}
				}
			}
		})
	}
}
