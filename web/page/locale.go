package page

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"hailong/survey"
)

//go:embed locale/*.json
var localeFiles embed.FS

// Languages are those the pages speak, the first one where none is asked for.
var Languages = []survey.Lang{survey.Vietnamese, survey.English}

// Locale is one language: its sentences, and how it writes numbers and dates.
type Locale struct {
	Lang     survey.Lang
	Tag      language.Tag
	Messages map[string]Sentence
}

// LoadLocales reads every language. It is an error if a language lacks a
// sentence, a plural form or an argument.
func LoadLocales() (map[survey.Lang]*Locale, error) { return loadLocales() }

// Reading and checking takes a tenth of a second, and a command asks for a sentence
// of each row that it rejects.
var loadLocales = sync.OnceValues(readLocales)

func readLocales() (map[survey.Lang]*Locale, error) {
	locales := map[survey.Lang]*Locale{}
	for _, lang := range Languages {
		name := "locale/" + string(lang) + ".json"
		data, err := localeFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		l := &Locale{Lang: lang, Tag: language.Make(string(lang))}
		if err := json.Unmarshal(data, &l.Messages); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		locales[lang] = l
	}
	return locales, checkLocales(locales)
}

// T returns the sentence of a key with its arguments {0}, {1}, … written in, in
// the plural form of its number. Numbers, dates, survey.Text and survey.Message
// are written as the language does; a number that only names something (a
// serial, a year) is given as a string. A key that is missing is returned as it
// is: tests hold that there is none.
func (l *Locale) T(key string, args ...any) string {
	sentence, ok := l.Messages[key]
	if !ok {
		return key
	}
	s := sentence.text(l.Tag, args)
	for i, arg := range args {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", l.argument(arg))
	}
	return s
}

func (l *Locale) argument(arg any) string {
	switch v := arg.(type) {
	case string:
		return v
	case survey.Text:
		return v.In(l.Lang)
	case survey.Message:
		return l.T(v.Key, v.Args...)
	case survey.Date:
		return l.Date(v)
	case time.Time:
		return l.Moment(v)
	case int, int64, float64:
		return l.Num(v)
	}
	return fmt.Sprint(arg)
}

// Num writes a number with at most two decimals: 12.345,6 in Vietnamese.
func (l *Locale) Num(v any) string {
	return message.NewPrinter(l.Tag).Sprint(number.Decimal(v, number.MaxFractionDigits(2)))
}

// Percent writes a share between 0 and 1 with one decimal: 92,4 %.
func (l *Locale) Percent(share float64) string {
	return l.percentSign(message.NewPrinter(l.Tag).Sprint(number.Decimal(share*100, number.MinFractionDigits(1), number.MaxFractionDigits(1))))
}

// WholePercent writes a number of hundredths: 45 %.
func (l *Locale) WholePercent(hundredths int) string { return l.percentSign(l.Num(hundredths)) }

func (l *Locale) percentSign(number string) string {
	if l.Lang == survey.Vietnamese {
		return number + "\u00a0%"
	}
	return number + "%"
}

// hint is the sentence that explains a label, "" where there is none.
func (l *Locale) hint(label string) string { return l.Messages[label+".hint"].Other }

// Moment writes a time and its day in Viet Nam: 14:05, 31/03/2026.
func (l *Locale) Moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(survey.Zone).Format("15:04") + ", " + l.Date(survey.DateOf(at))
}

// Date writes a day: 31/03/2026 in Vietnamese, 31 March 2026 in English.
func (l *Locale) Date(d survey.Date) string {
	if !d.Valid() {
		return string(d)
	}
	if l.Lang == survey.Vietnamese {
		return d.Time().Format("02/01/2006")
	}
	return d.Time().Format("2 January 2006")
}
