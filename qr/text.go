package qr

import (
	"strings"
	"sync"
	"unicode"

	"github.com/go-fonts/liberation/liberationmonobold"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// font names a typeface; all hold every Vietnamese letter.
type font string

const (
	regular font = "regular"
	bold    font = "bold"
	mono    font = "mono"
)

var typefaces = map[font][]byte{
	regular: liberationsansregular.TTF,
	bold:    liberationsansbold.TTF,
	mono:    liberationmonobold.TTF,
}

// faces are the typefaces parsed, to ask which characters they hold.
var faces = sync.OnceValue(func() map[font]*sfnt.Font {
	parsed := make(map[font]*sfnt.Font, len(typefaces))
	for f, data := range typefaces {
		if face, err := sfnt.Parse(data); err == nil {
			parsed[f] = face
		}
	}
	return parsed
})

// maxText bounds the work a text can cause; far more than a page can show.
const maxText = 400 // characters

// clean makes s printable: accents composed (a Vietnamese letter typed as
// letter + marks is one glyph in the font), all blanks one space except the
// no-break space, what the font lacks or nobody sees left out.
func clean(s string, f font) string {
	var b strings.Builder
	var buf sfnt.Buffer
	face := faces()[f]
	n := 0
	blank := false
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "")) {
		if n >= maxText {
			break
		}
		if unicode.IsSpace(r) && r != '\u00a0' {
			blank = n > 0
			continue
		}
		if !unicode.IsPrint(r) && r != '\u00a0' {
			continue
		}
		if face != nil {
			if glyph, _ := face.GlyphIndex(&buf, r); glyph == 0 {
				continue
			}
		}
		if blank {
			b.WriteByte(' ')
			n++
			blank = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// group splits a code into equal groups of at most four characters, the longer
// ones first, so that it can be read aloud: ABCDEFG becomes ABCD EFG. A code
// that already has blanks or dashes stays as it is.
func group(code string) string {
	rs := []rune(code)
	if len(rs) <= 4 || strings.ContainsAny(code, " -\u00a0") {
		return code
	}
	groups := (len(rs) + 3) / 4
	var parts []string
	for g := groups; g > 0; g-- {
		n := (len(rs) + g - 1) / g
		parts = append(parts, string(rs[:n]))
		rs = rs[n:]
	}
	return strings.Join(parts, " ")
}

// wrap breaks text into lines no wider than limit. A word that is wider alone
// is broken between characters, and whole is false.
func wrap(text string, limit float64, width func(string) float64) (lines []string, whole bool) {
	whole = true
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if word == "" {
			continue
		}
		next := word
		if line != "" {
			next = line + " " + word
		}
		if width(next) <= limit {
			line = next
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; width(line) > limit; {
			head, tail := split(line, limit, width)
			if tail == "" {
				break
			}
			whole = false
			lines = append(lines, head)
			line = tail
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines, whole
}

// split cuts off as many characters as fit into limit, at least one.
func split(word string, limit float64, width func(string) float64) (head, tail string) {
	rs := []rune(word)
	n := 1
	for n < len(rs) && width(string(rs[:n+1])) <= limit {
		n++
	}
	return string(rs[:n]), string(rs[n:])
}

// balance wraps text into as few lines as limit allows, of about equal length:
// no single word is left alone on the last line.
func balance(text string, limit float64, width func(string) float64) (lines []string, whole bool) {
	lines, whole = wrap(text, limit, width)
	if !whole || len(lines) < 2 {
		return lines, whole
	}
	low, high := limit/float64(len(lines))/2, limit
	for range 10 {
		middle := (low + high) / 2
		if narrower, ok := wrap(text, middle, width); ok && len(narrower) == len(lines) {
			lines, high = narrower, middle
		} else {
			low = middle
		}
	}
	return lines, true
}

// cut keeps the first n lines and says with an ellipsis that there was more.
func cut(lines []string, n int, limit float64, width func(string) float64) []string {
	if len(lines) <= n {
		return lines
	}
	lines = lines[:n:n]
	last := []rune(lines[n-1])
	for len(last) > 0 && width(string(last)+"…") > limit {
		last = last[:len(last)-1]
	}
	lines[n-1] = strings.TrimRight(string(last), " ,;–-") + "…"
	return lines
}
