package paper

import (
	"strings"
	"unicode/utf8"

	"hailong/survey"
)

// Bounds of a reason, in characters.
const (
	minVoidReason = 5
	maxVoidReason = 300
)

// voidReason is a reason as it is kept. Invalid if it says too little or too
// much.
func voidReason(reason string) (string, error) {
	reason = strings.TrimSpace(survey.CleanText(reason))
	if n := utf8.RuneCountInString(reason); n < minVoidReason || n > maxVoidReason {
		return "", survey.InvalidField("void response", "void.invalid", "reason", "void.bad_reason", minVoidReason, maxVoidReason)
	}
	return reason, nil
}
