// Package page is what every page of the site needs: the view that somebody
// chose (language, size, contrast), the words of two languages, templates,
// embedded files, form fields, uploads and rates, and the page or status that
// an error becomes.
//
// It must not know any page, who is signed in, or a use case of the survey: it
// knows the survey's words alone.
package page
