// Package paper keeps paper forms: batches handed out, forms entered and
// voided, and the re-check of a sample of them.
//
// It owns the serial numbers and when a surveyor's re-check has failed. A keyed
// form is stored by package intake like any response. It must not know pages.
package paper
