// Package evidence is the commands with which somebody who does not believe the server
// looks for themselves: whether a store is whole, the audit log, the signed log and its
// mirror, a citizen's receipt; and, where a store is not whole, gets out what can be read.
//
// It must not mend anything in the store that it looks at.
package evidence
