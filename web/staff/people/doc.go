// Package people is the staff pages about accounts, tokens of programs, and the
// rules of security.
//
// It must not check a password or a permission: survey/people and the guard of
// package staff do.
package people
