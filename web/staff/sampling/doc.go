// Package sampling is the staff pages about a campaign's sample: drawing it,
// giving out the work, marking visits, and the response rate.
//
// It must not draw, count, or keep a contact: survey/sampling does.
package sampling
