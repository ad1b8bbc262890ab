// Package transfer is the commands that carry data into a store and out of it: all
// documents by backup, restore and copy, responses by import and export.
//
// Documents go over byte for byte in the order of their references, and both sides
// are compared at the end, whatever a document means. What a row of an import or
// export means is decided in survey/exchange; here are the command line, the file and
// the entry in the audit log, which comes first.
package transfer
