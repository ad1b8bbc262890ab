package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"hailong/survey"
)

// Sentence is what a key says in one language. In the file it is a text, or
// where the words depend on a number an object with a text for each plural form
// of the language:
//
//	{"one": "{0} point was made.", "other": "{0} points were made."}
//
// The number is argument {0}, or the one that "count" names.
type Sentence struct {
	Other string // the text for every number that has no form of its own
	forms map[plural.Form]string
	Count int // which argument is the number
}

// formNames are the plural forms of Unicode CLDR.
var formNames = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

var placeholder = regexp.MustCompile(`\{\d+\}`)

// UnmarshalJSON reads a text or an object of plural forms.
func (s *Sentence) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &s.Other)
	}
	var written map[string]string
	if err := json.Unmarshal(data, &written); err != nil {
		return err
	}
	s.forms = map[plural.Form]string{}
	for name, text := range written {
		if name == "count" {
			n, err := strconv.Atoi(strings.Trim(text, "{}"))
			if err != nil {
				return fmt.Errorf("count: %q is not an argument such as {1}", text)
			}
			s.Count = n
			continue
		}
		form, ok := formNames[name]
		if !ok {
			return fmt.Errorf("%q is not a plural form", name)
		}
		s.forms[form] = text
	}
	s.Other = s.forms[plural.Other]
	return nil
}

// Plural reports whether the sentence has several forms.
func (s Sentence) Plural() bool { return len(s.forms) > 1 }

// text is the sentence in the form of its number, arguments not written in yet.
func (s Sentence) text(lang language.Tag, args []any) string {
	if s.Plural() && s.Count < len(args) {
		if text, ok := s.forms[PluralForm(lang, args[s.Count])]; ok {
			return text
		}
	}
	return s.Other
}

// texts are all forms of the sentence.
func (s Sentence) texts() []string {
	if s.forms == nil {
		return []string{s.Other}
	}
	return slices.Sorted(maps.Values(s.forms))
}

// PluralForm is the form of a number by the rules of Unicode CLDR. What is not
// a whole number takes the form other, which is right in our languages.
func PluralForm(lang language.Tag, number any) plural.Form {
	var n int64
	switch v := number.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	case float64:
		if n = int64(v); float64(n) != v {
			return plural.Other
		}
	default:
		return plural.Other
	}
	n %= 10_000_000 // the rules look at the last digits only, and take no more
	return plural.Cardinal.MatchPlural(lang, int(max(n, -n)), 0, 0, 0, 0)
}

// PluralForms are the forms into which a language divides whole numbers.
func PluralForms(lang language.Tag) map[plural.Form]bool {
	forms := map[plural.Form]bool{}
	for n := range 1000 {
		forms[PluralForm(lang, n)] = true
	}
	return forms
}

// checkLocales returns everything in which the languages differ: a sentence
// that one lacks, another set of arguments, a plural form too few or too many.
func checkLocales(locales map[survey.Lang]*Locale) error {
	var faults []error
	keys := map[string][]string{} // with the arguments of the sentence
	for _, lang := range Languages {
		for key, s := range locales[lang].Messages {
			if _, seen := keys[key]; !seen {
				keys[key] = arguments(s.Other)
			}
		}
	}
	for _, lang := range Languages {
		l := locales[lang]
		needed := PluralForms(l.Tag)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			s, ok := l.Messages[key]
			if !ok {
				faults = append(faults, fmt.Errorf("locale/%s.json has no %q", lang, key))
				continue
			}
			if err := s.check(needed, keys[key]); err != nil {
				faults = append(faults, fmt.Errorf("locale/%s.json: %q: %w", lang, key, err))
			}
		}
	}
	return errors.Join(faults...)
}

// check returns what is wrong with a sentence in a language that has the forms
// needed, where another language uses the arguments.
func (s Sentence) check(needed map[plural.Form]bool, args []string) error {
	for _, text := range s.texts() {
		if strings.TrimSpace(text) == "" {
			return errors.New("is empty")
		}
		if got := arguments(text); !slices.Equal(got, args) {
			return fmt.Errorf("%q has the arguments %v, want %v", text, got, args)
		}
	}
	if s.forms == nil {
		return nil
	}
	if !slices.Contains(args, "{"+strconv.Itoa(s.Count)+"}") {
		return fmt.Errorf("its number {%d} is not an argument", s.Count)
	}
	for name, form := range formNames {
		if _, ok := s.forms[form]; ok != needed[form] {
			return fmt.Errorf("plural form %q: needed %t, there %t", name, needed[form], ok)
		}
	}
	return nil
}

// arguments are the different placeholders of a text, in order.
func arguments(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}
