package codes

import (
	"errors"
	"strings"
)

// What is wrong with what somebody typed, besides a CharacterError.
var (
	ErrLength   = errors.New("the code is of another length")
	ErrMistyped = errors.New("the code does not fit its check character")
)

// CharacterError is a character that no code has.
type CharacterError struct{ Character string }

func (e *CharacterError) Error() string { return "no code has the character " + e.Character }

// Parse reads a code of so many characters and the check character, as people type
// it. Errors: *CharacterError, ErrLength, ErrMistyped; the first that applies.
func Parse(typed string, length int) (string, error) {
	code, err := read(typed)
	switch {
	case err != nil:
		return "", err
	case len(code) != length+1:
		return "", ErrLength
	case Alphabet[checkDigit(code[:length])] != code[length]:
		return "", ErrMistyped
	}
	return code, nil
}

// HasLength reports whether what somebody typed is as long as a code of so many
// characters, so that what is wrong with it is told of a code of that kind.
func HasLength(typed string, length int) bool {
	code, err := read(typed)
	return err == nil && len(code) == length+1
}

// longestTyped is how many characters of what somebody typed are looked at.
const longestTyped = 24

// read is what somebody typed, in the alphabet of codes.
func read(typed string) (string, error) {
	var b []byte
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '.', '_', '\u00a0':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 127 || strings.IndexByte(Alphabet, byte(r)) < 0 {
			return "", &CharacterError{string(r)}
		}
		if b = append(b, byte(r)); len(b) == longestTyped {
			break
		}
	}
	return string(b), nil
}
