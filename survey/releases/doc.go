// Package releases decides which responses the figures for offices are made of,
// and when that changes.
//
// # What a release is
//
// Figures that follow every response tell what each of them said: whoever reads
// before and after a citizen leaves the counter subtracts. So nobody reads
// figures of all responses. Offices read a release: for each unit where citizens
// answer (a school, a one-stop shop, a commune) the responses that were received
// until a moment, and what had been voided until another. The release moves
// these moments on, unit by unit, and nothing else does.
//
//  1. A unit's new responses enter only when at least FewestNew of them wait
//     there, and then all that wait enter together. The figures of a unit
//     therefore differ between two releases by nobody or by at least so many.
//     The rest wait for a later release; how many is told, what they said is not.
//
//  2. What is out of force (verification.Exclusion: voided, or suspect) leaves the figures
//     together with new responses of the same unit, or when it is at least FewestNew
//     there: one alone would tell what that response said. What is counted again
//     enters like a new response.
//
//  3. Before figures are published, everything out of force leaves, whatever its
//     number, because an edition must not hold it. Where that
//     changes few, the figures of the edition are hidden by its own rule
//     (hailong/analysis/results).
//
//  4. A response that its sender takes back leaves at the next load of the responses:
//     after the next release of any campaign, or at the next start of the server. It does
//     not wait for others, because nothing is left of it that a figure could be made
//     of. Who compares the figures of two days may learn what one response had said,
//     and not whose it was. That is allowed: the right to withdraw is the sender's,
//     who is told that it is out. What was published holds it until the next edition.
//
// A release is cut once a day by the server, and whenever somebody asks for it
// (hailong release, the button of home affairs): always by the same rule, so that
// asking often tells no more.
//
// # What it must not know
//
// Answers, questions, figures and pages. It reads of a response its campaign, its
// unit, when it was received, and when it was out of force.
//
// # What it does not cover
//
// Somebody who knows what all but one of FewestNew new respondents said learns
// what that one said. A response that was received before a release and came to
// be stored after it (another server, within seconds) waits in the server that
// hears of it until the next release, or its next start.
package releases
