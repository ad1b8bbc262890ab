// Package treelog makes the ledger known outside: each closed part of it is a record of
// a signed Merkle log (RFC 9162, golang.org/x/mod/sumdb/tlog), of which anybody may keep
// a mirror.
//
// It owns the records, the heads that are signed, and the proofs that a response is in
// the log. It must not know what was answered, by whom or where, nor how many answered:
// a record says of a part of the ledger its day and two hashes, and where it has no
// responses (a server was stopped on a quiet day) that it is empty; a proof of one
// response says its own leaf and hashes of others, which are salted.
//
// # Records
//
// Record n is a document that is stored once under the number n; its text never changes.
// Of two servers that append at once one gets the number, and the other one looks again
// at what the log holds before it takes the next. So there are no gaps, and a part has
// one record. Parts are appended after they are closed, in the same run; a kill between
// the two leaves a part without a record, which the next run of any server appends. The
// responses of a day are in no part before the day is closed, because the order of
// arrival would show, and so in the log from the day after.
//
// The hashes of inner nodes are computed from the records in memory: a few thousand in
// ten years.
//
// # Heads
//
// A head is the number of records and the root of the tree over them, signed by a key
// outside the store (golang.org/x/mod/sumdb/note, Ed25519). Before a head leaves this
// process, its size and root are on disk beside the key. So a store that does not hold
// what was signed before is noticed: an older backup was restored, or somebody rewrote the
// store. Nobody can undo what was signed; so the program says it, in the log itself, by
// a record that names the head which holds no longer, and in the audit log. Mirrors
// refuse such a log, and show that record.
//
// If the key is lost, the next head is signed by a new one. What was signed by the old
// one is verified by its key, which each edition names beside its head. Mirrors keep to
// the key they know, until somebody tells them the new one.
//
// # Proofs
//
// A proof leads from the leaf of a response (its id and its salted commitment) to the
// root of its part, from there through the record to the root of the tree, and to the
// signed head. It says that the response was recorded: whether it counts, is held back
// or is taken back later, it does not say. How many steps it has tells its owner, and
// whoever is shown it, roughly how many responses the part has: between 2^(n-1) and 2^n.
//
// What it does not prove: that the leaf is of the response that its owner sent. The id
// follows from the receipt code by a key outside the store, and the commitment hides
// the answers under a salt that stays here.
package treelog
