package codes

import (
	"fmt"
	"io"
	"strings"
)

// Alphabet is Crockford's base 32: no I, L, O, U.
const Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// The lengths of codes, without the check character. They stand together because
// people may type a code of any kind in one place, where its length tells which.
const (
	PointLength   = 6
	SlipLength    = 8
	ReceiptLength = 12
)

// Characters writes bytes in the alphabet, five bits of each.
func Characters(b []byte) string {
	out := make([]byte, len(b))
	for i, v := range b {
		out[i] = Alphabet[v&31]
	}
	return string(out)
}

// Of is the code of bytes: their characters and a check character.
func Of(b []byte) string {
	code := Characters(b)
	return code + Alphabet[checkDigit(code):][:1]
}

// Draw draws a code of so many characters, and the check character.
func Draw(random io.Reader, length int) (string, error) {
	b := make([]byte, length)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("draw a code: %w", err)
	}
	return Of(b), nil
}

// Groups is a code in groups that are easy to read out and to copy: ABC-DEF-GHJ.
func Groups(code string, size int) string {
	var groups []string
	for len(code) > size {
		groups, code = append(groups, code[:size]), code[size:]
	}
	return strings.Join(append(groups, code), "-")
}

// checkDigit is Σ αⁱ⁺¹·dᵢ in GF(32), α a generator. Every weight is different
// and none is zero, so that each single wrong character and each swap of two
// characters, neighbours or not, changes the check: a plain sum modulo 32
// misses many swaps.
func checkDigit(code string) byte {
	var sum byte
	weight := byte(1)
	for i := range len(code) {
		weight = gf32Double(weight)
		sum ^= gf32Mul(weight, byte(strings.IndexByte(Alphabet, code[i]))) //nolint:gosec // the caller has checked the letters; the alphabet has 32
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
