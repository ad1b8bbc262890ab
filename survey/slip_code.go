package survey

// SlipCode is the code of a slip, which proves one transaction: eight characters
// in the alphabet of point codes and a check character. Its length tells it from
// the code of a point where people type either.
type SlipCode string

const slipLength = 8

// NewSlipCode returns the code of eight random bytes, of which it holds forty bits.
func NewSlipCode(random [slipLength]byte) SlipCode { return SlipCode(withCheck(random[:])) }

// ParseSlipCode reads a code as ParsePointCode does.
func ParseSlipCode(s string) (SlipCode, error) {
	b, err := readCode(s, slipLength)
	return SlipCode(b), err
}

// TypedSlip reports whether what somebody typed has the length of a slip's code, so
// that what is wrong with it is told of a slip and not of a point.
func TypedSlip(s string) bool {
	b, err := typedCode(s)
	return err == nil && len(b) == slipLength+1
}

// Grouped is the code as it is printed, to be read aloud: ABC-DEF-GHJ.
func (c SlipCode) Grouped() string {
	if len(c) != slipLength+1 {
		return string(c)
	}
	return string(c[:3] + "-" + c[3:6] + "-" + c[6:])
}
