package survey

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
	"golang.org/x/text/unicode/norm"
)

// Fold writes a text in small letters without accents.
func Fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ' || r == 'Đ':
			return 'd'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// Lang is a language code as in BCP 47: "vi", "en", "hni".
type Lang string

// The languages every text of the product must have.
const (
	Vietnamese Lang = "vi"
	English    Lang = "en"
)

// Valid reports whether l has the shape of a language code. Whether the product
// speaks the language is another question.
func (l Lang) Valid() bool {
	if len(l) < 2 || len(l) > 12 {
		return false
	}
	for i, r := range l {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i < 2 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return true
}

// Text is a sentence or label in several languages. Vietnamese is always there
// (catalogue validation holds it); others are data.
type Text map[Lang]string

// In returns the text in lang, in Vietnamese where it is not translated.
func (t Text) In(lang Lang) string {
	if s, ok := t[lang]; ok && s != "" {
		return s
	}
	return t[Vietnamese]
}

// Clean rids the text, in place, of what a person cannot see; see cleanText.
func (t Text) Clean() {
	for lang, s := range t {
		if cleaned := CleanText(s); cleaned != s {
			t[lang] = cleaned
		}
	}
}

// Missing lists those of langs in which the text is empty.
func (t Text) Missing(langs ...Lang) []Lang {
	var missing []Lang
	for _, l := range langs {
		if strings.TrimSpace(t[l]) == "" {
			missing = append(missing, l)
		}
	}
	return missing
}

// MarshalBSONValue writes the languages in a fixed order: the same document
// must always be the same bytes, so that it can be compared and hashed.
func (t Text) MarshalBSONValue() (bsontype.Type, []byte, error) {
	if t == nil {
		return bson.TypeNull, nil, nil
	}
	i, doc := bsoncore.AppendDocumentStart(nil)
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		doc = bsoncore.AppendStringElement(doc, string(lang), t[lang])
	}
	doc, err := bsoncore.AppendDocumentEnd(doc, i)
	if err != nil {
		return 0, nil, fmt.Errorf("encode text: %w", err)
	}
	return bson.TypeEmbeddedDocument, doc, nil
}

// SortedLangs puts languages in the order in which they are shown: Vietnamese,
// English, then the others by their codes.
func SortedLangs(langs iter.Seq[Lang]) []Lang {
	return slices.SortedFunc(langs, func(a, b Lang) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a, b))
	})
}

func (l Lang) rank() int {
	switch l {
	case Vietnamese:
		return 0
	case English:
		return 1
	}
	return 2
}
