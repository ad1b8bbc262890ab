package slips

import (
	"hailong/survey"
	"hailong/survey/codes"
)

// SlipCode is the code of a slip, which proves one transaction: eight characters
// in the alphabet of point codes and a check character. Its length tells it from
// the code of a point where people type either.
type SlipCode string

// NewSlipCode returns the code of eight random bytes, of which it holds forty bits.
func NewSlipCode(random [codes.SlipLength]byte) SlipCode { return SlipCode(codes.Of(random[:])) }

// ParseSlipCode reads a code as survey.ParsePointCode does.
func ParseSlipCode(typed string) (SlipCode, error) {
	code, err := codes.Parse(typed, codes.SlipLength)
	return SlipCode(code), survey.CodeError(err)
}

// TypedSlip reports whether what somebody typed has the length of a slip's code, so
// that what is wrong with it is told of a slip and not of a point.
func TypedSlip(typed string) bool { return codes.HasLength(typed, codes.SlipLength) }

// Grouped is the code as it is printed, to be read aloud: ABC-DEF-GHJ.
func (c SlipCode) Grouped() string { return codes.Groups(string(c), 3) }
