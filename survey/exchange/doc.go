// Package exchange takes responses in and out as rows of a file: which rows of
// an import are stored, which are there already and which are refused, and what
// an export writes. It also reads and writes every table that offices bring or
// take away: CSV and Excel, within the same bounds, and never as a formula.
//
// It knows how a response is taken in (survey/intake). It does not know flags,
// pages or the language of the reader: reasons are translation keys.
package exchange
