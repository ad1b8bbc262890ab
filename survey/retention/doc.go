// Package retention erases, when its time has come, what responses hold that is kept
// for a while only: answers that were given by consent, and what was written in
// words.
//
// It owns when and what (by survey.PrivacyRules) and the record of it. It must not
// know who takes a response back, or what a figure is.
//
// A response stays a fact: what is erased is gone, and nothing comes in its place. A
// figure that was published keeps what it says, because an edition is stored with its
// figures. The moment of receipt is blurred sooner, by package moments.
//
// Erasing is done response by response, each one write at the revision that was
// seen, so that several servers and kills between two writes do no harm: what is
// left is found the next time. The record of a campaign, with its entry in the audit
// log, is written when nothing is left.
//
// What matters for a while only, but is no part of a response, is forgotten by whoever
// stored it: spent slips, links, revoked devices, moments of receipt, counts of attempts,
// sessions. When, is written where it is done; that it is done, and how much it was, is
// recorded here (ForgetAged).
package retention
