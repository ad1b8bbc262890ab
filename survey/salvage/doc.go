// Package salvage gets out of a damaged store what can still be read, and puts it into a
// new one.
//
// It owns which documents go into the new store, what is stated as lost, and the report.
// It must not know how a store keeps its documents (Source), nor mend anything in the
// damaged one: nothing is ever written to it.
//
// # What goes into the new store
//
// Every document goes over to which something in force leads: it is read as it always
// is. Of others (survey.FoundDocument.Loose) nobody knows whether they were replaced or
// deleted, so somebody has to vouch for each. It never takes the place of one that is in
// force, and of two the newer one goes first.
//
//   - Responses: the ledger vouches for one by the commitment. One that is in the marks of
//     what was taken back does not come back; the mark stands in its place, also where
//     nothing at all of the response can be read, so that it cannot be sent again. A
//     copy of before a part was erased is vouched for too: it is erased again at the next
//     start, as after the restore of a backup.
//   - Entries of the audit log and closed parts of the ledger are never changed or deleted,
//     and their hash vouches for them.
//   - Entries of the ledger whose day is closed were deleted, because they tell the order
//     in which responses came. They stay away.
//   - Chains and marks of what was taken back are never deleted.
//   - What the audit log knows (survey.Audited): the log vouches for the last state. What
//     it says was removed stays away.
//   - Contacts, what matters for hours (survey.Passing) and acts that are under way are
//     nobody's to bring back. They stay away.
//   - Everything else is set apart, in a file beside the store, and is in the report.
//
// # What is stated as lost
//
// Responses that the ledger names and that are not there, parts of the ledger, entries of
// the log and documents that it knows: they are stated in a document of the new store
// (survey.Losses) with an entry in its log. A check passes over what is stated and says
// so; whatever goes after the salvage, it finds. Responses that nothing in the ledger
// names any more, because what named them is lost, are entered into it anew.
//
// Nothing is stated of a collection of which nothing is lost: what is missing there went
// before the damage, and somebody answers for it.
//
// # A kill
//
// The new store is marked as half filled from before the first document until after the
// last statement, so that nothing but a salvage opens it. A salvage that is repeated
// goes on: documents that are there stay, and what is stated already is not stated again.
package salvage
