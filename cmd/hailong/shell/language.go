package shell

import (
	"fmt"

	"hailong/survey"
	"hailong/web/page"
)

// Language is the language that --lang chooses for messages.
type Language struct{ Lang string }

// Say picks the message of the language chosen.
func (l Language) Say(vi, en string) string {
	if l.Lang == "en" {
		return en
	}
	return vi
}

// Sayf is Say with values put in.
func (l Language) Sayf(vi, en string, args ...any) string {
	return fmt.Sprintf(l.Say(vi, en), args...)
}

// Explain says what is wrong in the words of a page, if there are any.
func (l Language) Explain(err error) string {
	if sentence := page.Explain(err, survey.Lang(l.Lang)); sentence != "" {
		return sentence
	}
	return err.Error()
}

// Sentence is what a message says.
func (l Language) Sentence(m survey.Message) string {
	return l.Explain(&survey.Error{Kind: survey.Invalid, Key: m.Key, Args: m.Args})
}
