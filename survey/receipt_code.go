package survey

import (
	"fmt"
	"io"
	"strings"
)

// ReceiptCode is what the sender of a response gets, and nobody else: twelve random
// characters of Crockford's base 32 and a check character. With it the response can
// be taken back; see package takeback.
type ReceiptCode string

const receiptLength = 12

// NewReceiptCode draws a code from random.
func NewReceiptCode(random io.Reader) (ReceiptCode, error) {
	var b [receiptLength]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw a receipt code: %w", err)
	}
	code := make([]byte, 0, receiptLength+1)
	for _, v := range b {
		code = append(code, CodeAlphabet[v&31])
	}
	return ReceiptCode(append(code, CodeAlphabet[checkDigit(code)])), nil
}

// ParseReceiptCode reads a code as people type it: lower case, spaces and hyphens, O
// for 0, I and L for 1. The error is Invalid with a key that tells a wrong length
// from a mistyped character.
func ParseReceiptCode(s string) (ReceiptCode, error) {
	const op = "read receipt code"
	b, err := typedCode(s)
	if err != nil {
		return "", err
	}
	if len(b) != receiptLength+1 {
		return "", &Error{Kind: Invalid, Op: op, Key: "takeback.bad_length", Args: []any{receiptLength + 1}}
	}
	if CodeAlphabet[checkDigit(b[:receiptLength])] != b[receiptLength] {
		return "", &Error{Kind: Invalid, Op: op, Key: "takeback.mistyped"}
	}
	return ReceiptCode(b), nil
}

// Spaced is the code in groups that are easy to read out and to copy.
func (c ReceiptCode) Spaced() string {
	var groups []string
	for rest := string(c); rest != ""; {
		n := min(4, len(rest))
		groups, rest = append(groups, rest[:n]), rest[n:]
	}
	return strings.Join(groups, "-")
}
