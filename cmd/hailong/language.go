package main

import (
	"fmt"

	"hailong/survey"
	"hailong/web/page"
)

// chosenLanguage is the language that --lang chooses for messages.
type chosenLanguage struct{ lang string }

// say picks the message of the language chosen.
func (l chosenLanguage) say(vi, en string) string {
	if l.lang == "en" {
		return en
	}
	return vi
}

func (l chosenLanguage) sayf(vi, en string, args ...any) string {
	return fmt.Sprintf(l.say(vi, en), args...)
}

// explain says what is wrong in the words of a page, if there are any.
func (l chosenLanguage) explain(err error) string {
	if sentence := page.Explain(err, survey.Lang(l.lang)); sentence != "" {
		return sentence
	}
	return err.Error()
}

// sentence is what a message says.
func (l chosenLanguage) sentence(m survey.Message) string {
	return l.explain(&survey.Error{Kind: survey.Invalid, Key: m.Key, Args: m.Args})
}
