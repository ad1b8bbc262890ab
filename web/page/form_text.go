package page

import (
	"strconv"
	"strings"

	"hailong/survey"
)

// Words is what was typed into the fields of a text, one for each language:
// "name.vi", "name.en".
func (f Form) Words(name string) survey.Text {
	t := survey.Text{}
	for key := range f.Typed {
		if lang, ok := strings.CutPrefix(key, name+"."); ok && survey.Lang(lang).Valid() {
			if words := f.Value(key); words != "" {
				t[survey.Lang(lang)] = words
			}
		}
	}
	return t
}

// Fill writes a text into its fields.
func (f Form) Fill(name string, t survey.Text) {
	for lang, words := range t {
		f.Typed.Set(name+"."+string(lang), words)
	}
}

// Rev is the revision of a document that the person saw.
func (f Form) Rev() int64 {
	n, _ := strconv.ParseInt(f.Value("rev"), 10, 64)
	return n
}

// Revised is the form that keeps what was typed over revision rev.
func (f Form) Revised(rev int64) Form {
	f.Typed.Set("rev", strconv.FormatInt(rev, 10))
	return f
}
