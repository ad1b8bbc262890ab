// Package office is the commands that do what staff also do on pages: people and the
// tokens of programs, units, points.
//
// They work on a store that a server has open, too. It must not decide what is allowed:
// the use cases do.
package office
