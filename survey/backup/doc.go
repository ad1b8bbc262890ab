// Package backup is the file that a store is backed up to: its format, its seal, its
// signature, and which of many are kept.
//
// It owns the format of the file and the rule by which old ones go. It must not know
// which commands make or read it, nor how a store keeps its documents.
//
//  1. A backup is a zip file with an entry "NAME.bson" for each collection, the
//     documents one after the other in the order of their ids, also of collections
//     that this program does not know. What matters for hours only is left out
//     (survey.Passing). An entry "manifest.json" says what belongs in it, and nothing
//     else is read from it.
//  2. An entry "manifest.sig" is the Ed25519 signature of the manifest's bytes, by a key
//     that lies outside the store: who has a store or a backup cannot make another
//     backup that passes for one of the office.
//  3. A sealed backup is that zip file in an age file (age-encryption.org/v1): only who
//     has one of the identities reads it. The server has none of them.
//  4. A backup is read from end to end before a document of it is used.
package backup
