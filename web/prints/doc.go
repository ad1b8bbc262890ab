// Package prints makes what is printed from pages: codes and posters with the
// address that they lead to.
//
// It must not know who may print what, or how a code is drawn: package qr does.
package prints
