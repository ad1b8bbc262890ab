package survey

import (
	"errors"
	"io"

	"hailong/survey/codes"
)

// PointCode is the code printed on a wall: six characters of Crockford's base
// 32 and a check character of the same alphabet; see package codes.
type PointCode string

// NewPointCode draws a code from random.
func NewPointCode(random io.Reader) (PointCode, error) {
	code, err := codes.Draw(random, codes.PointLength)
	return PointCode(code), err
}

// DrawCode draws a code that is not taken.
func DrawCode(random io.Reader, taken func(PointCode) bool) (PointCode, error) {
	for range 100 {
		code, err := NewPointCode(random)
		if err != nil || !taken(code) {
			return code, err
		}
	}
	return "", NewError(Internal, "draw a point code", errors.New("every code drawn is taken: the source of randomness is broken"))
}

// ParsePointCode reads a code as people type it. The error is Invalid with a key
// that tells a wrong length from a mistyped character.
func ParsePointCode(typed string) (PointCode, error) {
	code, err := codes.Parse(typed, codes.PointLength)
	return PointCode(code), CodeError(err)
}

// CodeError says what is wrong with a code of a point or a slip that was typed, as
// codes.Parse found it; nil for nil. The error is Invalid.
func CodeError(err error) error {
	var wrong *codes.CharacterError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return &Error{Kind: Invalid, Op: "read code", Key: "code.bad_character", Args: []any{wrong.Character}}
	case errors.Is(err, codes.ErrLength):
		return &Error{Kind: Invalid, Op: "read code", Key: "code.bad_length", Args: []any{codes.PointLength + 1, codes.SlipLength + 1}}
	}
	return &Error{Kind: Invalid, Op: "read code", Key: "code.mistyped"}
}
