package survey

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Answer is the answer to one item. Codes holds the code of a scale, single or
// consent item, or all codes of a multiple item; {NotApplicable} where the
// person said so. Number is for number items only, Codes then being nil.
type Answer struct {
	Item   string
	Codes  []int
	Number float64
}

// Words is a text a person wrote: the answer to a text item, or what stands
// beside an option that asks for words.
type Words struct {
	Item string
	Text string
}

// Given is what a form or file holds for a response, as strings: the codes
// under each item ("4", "na", for several choices several), and the texts.
type Given struct {
	Codes map[string][]string // a.{item}
	Texts map[string]string   // t.{item}
}

// CheckedAnswers is the checked content of a response.
type CheckedAnswers struct {
	Sector  SectorID // chosen in the form, if it asks
	Answers []Answer // in the order of the questionnaire
	Texts   []Words
	// Dropped counts answers to items that the person cannot have seen: they
	// are not kept, whatever a browser sent.
	Dropped int
	// What an error of Check is about, for code that decides by it.
	Missing []string // required items that were not answered
	Unknown []string // items answered by a choice that does not exist
}

// Check reads given answers against the questionnaire. fixed is the sector
// that the point fixes, empty where the form asks for it; sectors says which
// sector ids exist. It returns an Invalid error with a message for every item
// that is wrong; the CheckedAnswers then holds what was right.
//
// Items whose condition does not hold are hidden: their answers are dropped
// and counted, and a required item that is hidden is not missed.
func (q *Questionnaire) Check(given Given, fixed SectorID, sectors func(SectorID) bool) (CheckedAnswers, error) {
	c := checker{q: q, given: given, sectors: sectors}
	c.sheet.Sector = fixed
	for s := range q.Sections {
		for i := range q.Sections[s].Items {
			c.item(&q.Sections[s].Items[i], fixed != "")
		}
	}
	for code, raw := range given.Codes {
		if q.Item(code) == nil && len(nonEmpty(raw)) > 0 {
			c.sheet.Dropped++
		}
	}
	for code, text := range given.Texts {
		if q.Item(code) == nil && strings.TrimSpace(text) != "" {
			c.sheet.Dropped++
		}
	}
	if len(c.fields) == 0 && len(c.sheet.Answers) == 0 && len(c.sheet.Texts) == 0 {
		return c.sheet, &Error{Kind: Invalid, Op: "check answers", Key: "answer.none"}
	}
	if len(c.fields) > 0 {
		return c.sheet, &Error{Kind: Invalid, Op: "check answers", Key: "answer.invalid", Args: []any{len(c.fields)}, Fields: c.fields}
	}
	return c.sheet, nil
}

// Given is checked answers as a form would send them again.
func (q *Questionnaire) Given(checked CheckedAnswers) Given {
	given := Given{Codes: map[string][]string{}, Texts: map[string]string{}}
	for _, it := range q.Items() {
		if it.Type == SectorItem && checked.Sector != "" {
			given.Codes[it.Code] = []string{string(checked.Sector)}
		}
	}
	for _, a := range checked.Answers {
		if len(a.Codes) == 0 {
			given.Codes[a.Item] = []string{strconv.FormatFloat(a.Number, 'f', -1, 64)}
		}
		for _, code := range a.Codes {
			if code == NotApplicable {
				given.Codes[a.Item] = append(given.Codes[a.Item], NA)
			} else {
				given.Codes[a.Item] = append(given.Codes[a.Item], strconv.Itoa(code))
			}
		}
	}
	for _, w := range checked.Texts {
		given.Texts[w.Item] = w.Text
	}
	return given
}

// Shown reports whether an item is shown, given the codes chosen so far in
// earlier items. An answer to an item that is itself hidden must not be among
// them.
func (it *Item) Shown(chosen func(item string) []int) bool {
	for _, when := range it.ShowIf {
		if !slices.ContainsFunc(chosen(when.Item), func(code int) bool { return slices.Contains(when.In, code) }) {
			return false
		}
	}
	return true
}

type checker struct {
	q       *Questionnaire
	given   Given
	sectors func(SectorID) bool
	sheet   CheckedAnswers
	fields  Fields // nil while nothing is wrong
}

// chosen are the codes given so far to an item that is shown.
func (c *checker) chosen(item string) []int {
	for i := range c.sheet.Answers {
		if c.sheet.Answers[i].Item == item {
			return c.sheet.Answers[i].Codes
		}
	}
	return nil
}

func (c *checker) keep(a Answer) {
	if c.sheet.Answers == nil {
		c.sheet.Answers = make([]Answer, 0, min(len(c.given.Codes), c.q.length()))
	}
	c.sheet.Answers = append(c.sheet.Answers, a)
}

func (c *checker) fail(it *Item, key string, args ...any) {
	if c.fields == nil {
		c.fields = Fields{}
	}
	c.fields[it.Code] = Message{key, args}
}

func (c *checker) item(it *Item, sectorFixed bool) {
	raw := nonEmpty(c.given.Codes[it.Code])
	if it.Type == SectorItem && sectorFixed || !it.Shown(c.chosen) {
		if len(raw) > 0 || strings.TrimSpace(c.given.Texts[it.Code]) != "" {
			c.sheet.Dropped++
		}
		return
	}
	switch it.Type {
	case ScaleItem, SingleItem, ConsentItem:
		if len(raw) > 1 {
			c.fail(it, "answer.one_only")
			return
		}
		c.choice(it, raw)
	case MultipleItem:
		c.choice(it, raw)
	case NumberItem:
		c.number(it, raw)
	case SectorItem:
		switch {
		case len(raw) == 0:
			c.missing(it)
		case len(raw) > 1:
			c.fail(it, "answer.one_only")
		case !c.sectors(SectorID(raw[0])):
			c.unknown(it)
		default:
			c.sheet.Sector = SectorID(raw[0])
		}
	case TextItem:
		c.text(it)
	}
}

func (c *checker) missing(it *Item) {
	if it.Required {
		c.sheet.Missing = append(c.sheet.Missing, it.Code)
		c.fail(it, "answer.required")
	}
}

func (c *checker) unknown(it *Item) {
	c.sheet.Unknown = append(c.sheet.Unknown, it.Code)
	c.fail(it, "answer.unknown_choice")
}

func (c *checker) choice(it *Item, raw []string) {
	var codes []int
	for _, s := range raw {
		code, ok := c.code(it, s)
		if !ok {
			c.unknown(it)
			return
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	// Whoever writes beside "other" means it, also without ticking it: what a
	// person wrote is not thrown away over a tick.
	write := slices.IndexFunc(c.q.Choices(it), func(o Option) bool { return o.Write })
	if write >= 0 && CleanText(c.given.Texts[it.Code]) != "" {
		code := c.q.Choices(it)[write].Code
		if !slices.Contains(codes, code) && (len(codes) == 0 || it.Type == MultipleItem) {
			codes = append(slices.DeleteFunc(codes, func(code int) bool { return code == NotApplicable }), code)
		}
	}
	switch {
	case len(codes) == 0:
		c.missing(it)
		return
	case len(codes) > 1 && slices.Contains(codes, NotApplicable):
		c.fail(it, "answer.na_alone")
		return
	case it.Type == MultipleItem && it.Max > 0 && len(codes) > int(it.Max):
		c.fail(it, "answer.too_many", int(it.Max))
		return
	}
	slices.Sort(codes)
	c.keep(Answer{Item: it.Code, Codes: codes})
	if write >= 0 {
		c.text(it)
	}
}

func (c *checker) code(it *Item, s string) (int, bool) {
	if s == NA {
		return NotApplicable, len(it.NA) > 0
	}
	code, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(code) != s { // "+4" and "04" are no codes
		return 0, false
	}
	return code, slices.ContainsFunc(c.q.Choices(it), func(o Option) bool { return o.Code == code })
}

func (c *checker) number(it *Item, raw []string) {
	switch {
	case len(raw) == 0:
		c.missing(it)
		return
	case len(raw) > 1:
		c.fail(it, "answer.one_only")
		return
	case raw[0] == NA && len(it.NA) > 0:
		c.keep(Answer{Item: it.Code, Codes: []int{NotApplicable}})
		return
	}
	v, err := ParseDecimal(raw[0])
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		c.fail(it, "answer.not_a_number")
	case v < it.Min || v > it.Max:
		c.fail(it, "answer.out_of_range", it.Min, it.Max)
	default:
		c.keep(Answer{Item: it.Code, Number: v})
	}
}

func (c *checker) text(it *Item) {
	s := CleanText(c.given.Texts[it.Code])
	switch {
	case s == "":
		if it.Type == TextItem {
			c.missing(it)
		}
	case utf8.RuneCountInString(s) > MaxText:
		c.fail(it, "answer.too_long", MaxText)
	default:
		c.sheet.Texts = append(c.sheet.Texts, Words{Item: it.Code, Text: s})
	}
}

// CleanText composes letters (a phone may send a base letter and its accents
// apart), and drops control characters, invalid bytes, and what shows nothing
// but turns the direction of what follows or hides in a word. The joiners
// U+200C and U+200D stay: scripts and emoji need them. Composing comes last:
// what a control character kept apart may compose once it is gone.
func CleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r),
			r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', // embeddings, overrides, isolates
			r == '\u200B', r == '\uFEFF':
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
	return strings.TrimSpace(norm.NFC.String(s))
}

// nonEmpty trims what was given and leaves out what is empty then; usually that
// is nothing, and the same slice is returned.
func nonEmpty(raw []string) []string {
	if !slices.ContainsFunc(raw, func(s string) bool { return s == "" || s != strings.TrimSpace(s) }) {
		return raw
	}
	var kept []string
	for _, s := range raw {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}
