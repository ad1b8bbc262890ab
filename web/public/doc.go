// Package public is what citizens and the public open without a login: the
// form, the kiosk, one-time links, receipts, published results, codes and
// posters.
//
// It owns their handlers and templates. It must not set a cookie, show a figure
// that is not published, or hold a rule of the survey: it parses, calls a use
// case, and renders.
package public
