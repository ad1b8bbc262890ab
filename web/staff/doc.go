// Package staff is what the pages behind the login share: sign-in and sessions,
// the guard in front of every page, the route type, navigation, confirmation,
// conflicts, and the pages about one's own account, the audit log and help.
//
// It must not know the pages of a noun: each lies in a package below, which
// knows this one.
package staff
