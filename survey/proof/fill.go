package proof

import (
	"strings"
	"time"

	"hailong/survey"
)

// How fast a form can be filled in. They are limits that nobody undercuts who
// reads, not what is usual. In web surveys, answers given in less than 300 ms a
// word are taken for given without reading (Zhang and Conrad, Speeding in web
// surveys, Survey Research Methods 8 (2014)); a Vietnamese word has one to two
// syllables, and half of that time is allowed for.
const (
	firstTap    = 2 * time.Second        // to see a face and touch it
	furtherTap  = 400 * time.Millisecond // to touch another one
	oneSyllable = 100 * time.Millisecond // to read it
)

// Fill is how much somebody filled in.
type Fill struct {
	Taps      int // choices that were made, and fields that were filled in
	Syllables int // of the questions that were answered
}

// FillOf counts what was answered on a form. What a questionnaire asks is counted
// in Vietnamese, whose syllables are written apart.
func FillOf(form *survey.Questionnaire, sheet *survey.CheckedAnswers) Fill {
	var fill Fill
	for _, a := range sheet.Answers {
		fill.Taps += max(1, len(a.Codes))
		fill.Syllables += syllables(form, a.Item)
	}
	for _, w := range sheet.Texts {
		fill.Taps++
		fill.Syllables += syllables(form, w.Item)
	}
	return fill
}

func syllables(form *survey.Questionnaire, item string) int {
	if it := form.Item(item); it != nil {
		return len(strings.Fields(it.Label[survey.Vietnamese]))
	}
	return 0
}

// ByHand is the least time in which so much can be touched.
func (f Fill) ByHand() time.Duration {
	return firstTap + time.Duration(max(0, f.Taps-1))*furtherTap
}

// ByEye is the least time in which so much can be read and touched.
func (f Fill) ByEye() time.Duration {
	reading := time.Duration(f.Syllables)*oneSyllable + time.Duration(f.Taps)*furtherTap
	return max(reading, f.ByHand())
}
