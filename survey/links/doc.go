// Package links issues one-time links to the form and sees that each is used
// once.
//
// It owns their secrets and their end. It must not keep anything that leads
// from a link to a response.
package links
