// Package suspects is the staff pages about responses that are held back: what
// was held of a campaign and why, the figures with and without it, and the
// decision of two people.
//
// It must not decide which response is suspect, or when a decision is in force:
// survey/quarantine does.
package suspects
