// Package transfer is the commands that carry all documents of a store somewhere
// else: backup and restore through a file, copy into another store.
//
// Documents go over byte for byte in the order of their references, and both sides
// are compared at the end. It must not know what a document means.
package transfer
