// Package help tells each role how its work is done here: the topics, and the page that
// shows them.
//
// It must not know the pages that it leads to: a test follows each of them.
package help
