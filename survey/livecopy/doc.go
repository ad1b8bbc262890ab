// Package livecopy copies a store that others write to, so that the copy is as one moment
// could have left the store: every check that finds the store whole finds the copy whole.
// A backup of MongoDB is made of such a copy; a file has snapshots of its own.
//
// It owns the order in which collections are read. It must not know what documents mean,
// but for how the ledger and the audit log hold them together: those tell what changed
// while the copy was made.
//
//  1. The audit log, as far as it goes.
//  2. Every other collection in the opposite of their order: a document that another one
//     refers to is read after it, and so is there.
//  3. The ledger, and the responses that it names and that are not there yet
//     (ledger.Copy says why in this order).
//  4. The entries that the audit log got meanwhile, and each document that they name, as
//     it is then; then the acts that are not finished. Until there is no new entry: then
//     each document is as the log of the copy says, or carries a change for which the log
//     waits.
//
// MongoDB's snapshot sessions would be simpler, but last five minutes; a large store takes
// longer to read.
package livecopy
