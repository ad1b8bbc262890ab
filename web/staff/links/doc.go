// Package links is the staff pages that issue and print one-time links, and set
// the rules for them.
//
// It must not know who answered by a link: nobody does.
package links
