package survey

import (
	"regexp"
	"strconv"
	"strings"
)

// wholeNumber is written with or without separators of thousands. Of "1.5" it
// cannot be told that it was meant as 15.
var wholeNumber = regexp.MustCompile(`^(\d{1,9}|\d{1,3}([., \x{a0}]\d{3}){1,2})$`)

// WholeNumber reads a whole number as people write it, of nine digits at most;
// what is none is -1, which no field takes.
func WholeNumber(s string) int {
	if s = strings.TrimSpace(s); !wholeNumber.MatchString(s) {
		return -1
	}
	n, _ := strconv.Atoi(strings.NewReplacer(".", "", ",", "", " ", "", "\u00a0", "").Replace(s)) // digits alone
	return n
}

// ParseDecimal reads a number as people write it: a comma is the decimal sign in
// Viet Nam, and a phone's keyboard may offer either. Words such as "NaN" are
// numbers to it; who calls decides the range.
func ParseDecimal(s string) (float64, error) {
	return strconv.ParseFloat(strings.Replace(strings.TrimSpace(s), ",", ".", 1), 64)
}
