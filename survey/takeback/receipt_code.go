package takeback

import (
	"errors"
	"io"

	"hailong/survey"
	"hailong/survey/codes"
)

// ReceiptCode is what the sender of a response gets, and nobody else: twelve random
// characters of Crockford's base 32 and a check character. With it the response can
// be taken back.
type ReceiptCode string

// NewReceiptCode draws a code from random.
func NewReceiptCode(random io.Reader) (ReceiptCode, error) {
	code, err := codes.Draw(random, codes.ReceiptLength)
	return ReceiptCode(code), err
}

// ParseReceiptCode reads a code as people type it; see package codes. The error is
// Invalid with a key that tells a wrong length from a mistyped character.
func ParseReceiptCode(typed string) (ReceiptCode, error) {
	const op = "read receipt code"
	code, err := codes.Parse(typed, codes.ReceiptLength)
	switch {
	case errors.Is(err, codes.ErrLength):
		return "", &survey.Error{Kind: survey.Invalid, Op: op, Key: "takeback.bad_length", Args: []any{codes.ReceiptLength + 1}}
	case errors.Is(err, codes.ErrMistyped):
		return "", &survey.Error{Kind: survey.Invalid, Op: op, Key: "takeback.mistyped"}
	}
	return ReceiptCode(code), survey.CodeError(err)
}

// Spaced is the code in groups that are easy to read out and to copy.
func (c ReceiptCode) Spaced() string { return codes.Groups(string(c), 4) }
