// Package paper is the staff pages about paper forms: batches, entry, voids
// and re-checks.
//
// It must not hold a rule of what counts: survey/paper does.
package paper
