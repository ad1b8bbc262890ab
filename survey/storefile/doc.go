// Package storefile knows what a store looks like in a file: which bucket holds what,
// how a collection is counted, and where a document lies.
//
// It owns the tallies, the check of a file, and what can still be read of a damaged one.
// It must not write to a file, know how documents are written (survey/bolt), or what
// they mean.
package storefile
