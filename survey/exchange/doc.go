// Package exchange takes responses in and out as rows of a file: which rows of
// an import are stored, which are there already and which are refused, and what
// an export writes. The tables themselves are read and written by survey/spreadsheet.
//
// It knows how a response is taken in (survey/intake). It does not know flags,
// pages or the language of the reader: reasons are translation keys.
package exchange
