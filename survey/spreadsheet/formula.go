package spreadsheet

import (
	"strings"
)

// A spreadsheet takes a cell that begins with one of these for a formula, and
// what a citizen wrote must never be run.
const formulaStarts = "=+-@\t\r"

// Defuse makes a text safe as a cell of a CSV file by an apostrophe before it,
// as spreadsheets have it. Undefuse takes it off again.
func Defuse(s string) string {
	if rest := strings.TrimLeft(s, "'"); rest != "" && strings.ContainsRune(formulaStarts, rune(rest[0])) {
		return "'" + s
	}
	return s
}

// Undefuse is the text that Defuse was given.
func Undefuse(s string) string {
	if rest := strings.TrimLeft(s, "'"); rest != s && rest != "" && strings.ContainsRune(formulaStarts, rune(rest[0])) {
		return s[1:]
	}
	return s
}
