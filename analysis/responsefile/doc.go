// Package responsefile reads responses from a CSV file into columns, with the
// sampling design that some of its columns give.
//
// It owns the form of the file and the list of what is wrong with one, by line,
// column and value. It must not word these problems for a reader; whoever shows
// them does.
package responsefile
