// Package sampling draws whom a campaign visits: the list to draw from, the
// draw, the work of surveyors, visits and their outcomes, and the response
// rate.
//
// It owns the contacts and erases them in time. It must not know what anybody
// answered.
package sampling
