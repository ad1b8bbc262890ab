// Package takeback lets the sender of a response take it back.
//
// It owns the receipt codes, what taking back does, and how often it may be tried.
// It must not know how a response came in, who asks, or what a figure is.
//
// A receipt code is drawn with the form, and the id of the response to be follows
// from it: a keyed hash of the code, in a UUIDv7 of the day. So
//
//  1. the code leads to the response, by trying the days, and nothing is stored for
//     it, nor written when a response comes in;
//  2. nothing in the store leads to the code. The key of the hash lies outside the
//     store (survey/keys), so that who has the database cannot find a code by trying;
//  3. whoever has a code can take one response back, and see nothing of it.
//
// A page that a device kept and shows again without a network is for another response:
// the device draws an id, and what comes in by it is stored under a third one, which
// follows with its code from the drawn id and the kept code (Receipts.Renumber). Whoever
// answers where there is no network can take that back like anybody else.
//
// Responses are facts and are never edited. This is the one change, beside erasing
// what is kept no longer (survey/retention), and it is allowed because the right to
// withdraw consent is older than the fact: the sender's answers are the sender's. It
// leaves no other answers in the place of those that were; it leaves a mark that
// there was a response (survey.TakenBack), so that counts can be explained, and an
// entry in the audit log with campaign and day, without id or content.
//
// Figures for offices lose the response together with those who entered a release with
// it (hailong/survey/releases): the mark in its place keeps unit, class and moment of
// receipt until the next release takes notice, and then campaign and day alone.
//
// Taking back is one act (survey.Act) of two documents: the mark that other
// processes find, and the mark in the place of the response. What the act is about
// to do is on disk before the first of them. A kill at any moment leaves the
// response as it was, with nothing acknowledged, or an act that the next start
// finishes; and as the place of the response is never empty, sending it again, by a
// phone that did not hear the first answer, does not bring it back.
//
// What this cannot do: a backup from before holds the answers, and a restored one
// brings them back. An installation says on its privacy page how long it keeps
// backups, and deletes them then.
package takeback
