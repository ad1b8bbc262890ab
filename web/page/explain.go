package page

import (
	"maps"
	"slices"
	"strings"

	"hailong/survey"
)

// Explain says in a language what a use case had against its input, for
// commands: the sentence of the error and of each field. It is empty for an
// error that has no sentence.
func Explain(err error, lang survey.Lang) string {
	locales, loadErr := LoadLocales()
	if loadErr != nil {
		return ""
	}
	l := locales[LangOf(string(lang))]
	f := FailureOf(err, "")
	var sentences []string
	if len(f.Fields) == 0 && f.Message.Key != "" {
		sentences = append(sentences, l.T(f.Message.Key, f.Message.Args...))
	}
	for _, field := range slices.Sorted(maps.Keys(f.Fields)) {
		sentences = append(sentences, field+": "+l.T(f.Fields[field].Key, f.Fields[field].Args...))
	}
	return strings.Join(sentences, " ")
}
