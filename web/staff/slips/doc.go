// Package slips is the staff pages that issue and print slips, which people know as
// one-time codes, show how many were issued and spent beside the transactions
// reported, and set the rules for them.
//
// It must not know who answered by a slip: nobody does.
package slips
