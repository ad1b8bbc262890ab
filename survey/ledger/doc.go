// Package ledger makes visible whether a stored response was changed, removed or put
// in behind the program's back. It is the only way in for new responses.
//
// It owns the chains, what closes a day of them, and the check of responses against
// them. It must not know who answered what: of a response it reads the id, the point and
// a salted hash (survey.CommitmentOf).
//
// # What is written
//
// Each process has a chain of its own, which it begins with its first response. An entry
// of the chain names the responses of one write by id and commitment, and holds the hash
// of the entry before. The first entry follows the hash of the chain's opening, which
// names the ends of all chains that no other one had named: so a chain cannot vanish.
//
// A process writes its chain serially; who keeps responses while it writes goes into the
// next entry together. Each write puts first the entry on disk, then the responses, and
// then they are acknowledged (survey.Store.InsertInOrder; a file holds both or none). So
// a response without an entry cannot come to be. An entry whose responses are not there
// can, by a kill or a lost connection between the two, and only at the end of a chain: a
// process that does not hear that a write succeeded begins another chain and never
// returns to this one. There, and nowhere else, Verify passes over responses that are
// not stored (Discrepancies.Unfinished).
//
// One id may be named by several entries: two servers took the same form at once, or
// it was sent again after a failure. The one that was stored first counts; a response has
// to fit one of them.
//
// # A day is closed
//
// In what order responses came tells, with somebody who watched the counter, who said
// what. So entries do not outlive their day: an hour after it is over they become a part,
// one document that has the same leaves sorted, counts by point, the root of the Merkle
// tree over them (RFC 9162) and the hashes between which the entries stood. Then the
// entries are deleted, and their random nonces with them, without which a hash tells
// nothing of an order. What stays tells how many responses of a point the ledger knew, and
// so, beside those that are stored, of which point one was taken back on a quiet day.
//
// The part is stored first, then how far the chain is closed, then the entries are
// deleted, one by one. A kill between any two is made good by the next run; two servers
// that close at once store the same part, or the second one takes the first one's.
// An entry that does not fit its hash is never closed: it is left as evidence.
//
// # What changes lawfully
//
// What a sender takes back leaves a mark in its place and another in a collection of
// marks (package takeback). What is kept no longer is erased with the salt, and leaves the
// commitment in the response (package retention); Discrepancies.Erased counts these, to be held
// against what the audit log says was erased. The moment of receipt and what is of use
// for a day are no part of a commitment.
//
// # Following
//
// Servers on one database hear of each other's responses by the sequence of chains
// (Follower): no clock and no moment of receipt plays a part.
//
// # What it does not cover
//
// Who can write to the store can write a whole ledger anew, or cut off its end together
// with the responses named there. Against that the heads have to be known elsewhere.
package ledger
