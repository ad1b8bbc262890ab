// Package exchange reads and writes rows: tables in CSV and XLSX, the layout of
// responses as rows, and the guard against formulas in cells.
//
// It owns which cell means what. It must not store what it reads.
package exchange
