// Package public is what citizens and the public open without a login: the
// form, the kiosk and the screen at a counter, one-time links, receipts, published
// results, codes and posters.
//
// It owns their handlers and templates. It must not set a cookie but that of a receipt
// and the key of a device that staff enrol, each of which is sent to one page alone. It
// must not show a figure that is not published, or hold a rule of the survey: it
// parses, calls a use case, and renders.
//
// The sender of a form alone sees its receipt: see package takeback for the reasons.
// What it shows is in a cookie, and its address names nothing (receipt_show.go).
package public
