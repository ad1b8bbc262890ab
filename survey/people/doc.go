// Package people keeps who may sign in: accounts and their second factor,
// invitations, sessions, the tokens of programs, and the limits on attempts.
//
// It owns how a secret is kept and checked. It must not know pages or cookies,
// nor what a permission opens.
package people
