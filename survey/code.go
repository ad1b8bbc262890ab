package survey

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
)

// PointCode is the code printed on a wall: six characters of Crockford's base
// 32 and a check character of the same alphabet.
type PointCode string

const (
	CodeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford: no I, L, O, U
	codeLength   = 6
)

// NewPointCode draws a code from random.
func NewPointCode(random io.Reader) (PointCode, error) {
	var b [codeLength]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw a point code: %w", err)
	}
	return codeOf(b), nil
}

func codeOf(b [codeLength]byte) PointCode { return PointCode(withCheck(b[:])) }

// withCheck writes bytes in the alphabet, five bits of each, and a check character.
func withCheck(b []byte) []byte {
	out := make([]byte, 0, len(b)+1)
	for _, v := range b {
		out = append(out, CodeAlphabet[v&31])
	}
	return append(out, CodeAlphabet[checkDigit(out)])
}

// ParsePointCode reads a code as people type it: lower case, spaces and
// hyphens, O for 0, I and L for 1. The error is Invalid with a key that tells
// a wrong length from a mistyped character.
func ParsePointCode(s string) (PointCode, error) {
	b, err := readCode(s, codeLength)
	return PointCode(b), err
}

// readCode reads a code of so many characters and the check character.
func readCode(s string, length int) ([]byte, error) {
	b, err := typedCode(s)
	if err != nil {
		return nil, err
	}
	if len(b) != length+1 {
		return nil, &Error{Kind: Invalid, Op: "read code", Key: "code.bad_length", Args: []any{codeLength + 1, slipLength + 1}}
	}
	if CodeAlphabet[checkDigit(b[:length])] != b[length] {
		return nil, &Error{Kind: Invalid, Op: "read code", Key: "code.mistyped"}
	}
	return b, nil
}

// longestTyped is how many characters of what somebody typed are looked at.
const longestTyped = 24

// typedCode is what somebody typed, in the alphabet of codes.
func typedCode(s string) ([]byte, error) {
	var b []byte
	for _, r := range strings.ToUpper(s) {
		switch r {
		case ' ', '-', '.', '_', '\u00a0':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 127 || strings.IndexByte(CodeAlphabet, byte(r)) < 0 {
			return nil, &Error{Kind: Invalid, Op: "read code", Key: "code.bad_character", Args: []any{string(r)}}
		}
		if b = append(b, byte(r)); len(b) == longestTyped {
			break
		}
	}
	return b, nil
}

// checkDigit is Σ αⁱ⁺¹·dᵢ in GF(32), α a generator. Every weight is different
// and none is zero, so that each single wrong character and each swap of two
// characters, neighbours or not, changes the check: a plain sum modulo 32
// misses many swaps.
func checkDigit(code []byte) byte {
	var sum byte
	weight := byte(1)
	for _, c := range code {
		weight = gf32Double(weight)
		sum ^= gf32Mul(weight, byte(strings.IndexByte(CodeAlphabet, c)))
	}
	return sum
}

// gf32Double multiplies by α modulo x⁵+x²+1, which is primitive.
func gf32Double(a byte) byte {
	a <<= 1
	if a&32 != 0 {
		a ^= 0b100101
	}
	return a
}

func gf32Mul(a, b byte) byte {
	var product byte
	for ; b != 0; b >>= 1 {
		if b&1 != 0 {
			product ^= a
		}
		a = gf32Double(a)
	}
	return product
}

// ReceiptNumber is the short number a citizen gets for a response: a code in
// the alphabet of points, derived from the response's id, so that it needs no
// counter and tells nothing about how many came before.
func ReceiptNumber(id ResponseID) string {
	sum := sha256.Sum256([]byte(id))
	code := codeOf([codeLength]byte(sum[:codeLength]))
	return string(code[:3] + "-" + code[3:])
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
