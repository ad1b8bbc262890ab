// Package transactions keeps how many people each point served on each day, as
// offices state it: on a page, in a file, or by the interface for programs.
//
// It owns these numbers, who stated each of them, whether that was somebody who makes
// the proofs of the point (Vouched), and the response rate that follows from them. It must not
// know a response, or what others conclude from a number: survey/quarantine
// compares it with what arrives.
package transactions
