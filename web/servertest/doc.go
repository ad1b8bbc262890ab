// Package servertest gives tests a real server over a real store, with a small
// catalogue, people of staff, and clients that ask it as a browser does.
//
// Only external tests can use it: it imports web, and web imports the package
// of every page.
package servertest
