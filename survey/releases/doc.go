// Package releases decides which responses the figures for offices are made of,
// and when that changes.
//
// # What a release is
//
// Figures that follow every response tell what each of them said: whoever reads
// before and after a citizen leaves the counter subtracts. So nobody reads
// figures of all responses. Offices read a release: for each unit where citizens
// answer (a school, a one-stop shop, a commune) and for each class of its responses
// (verification.ClassOf: verified or open) those that were received until a moment, and
// what had been voided until another. The release moves these moments on, unit by unit
// and class by class, and nothing else does.
//
//  1. The new responses of a class enter only when at least FewestNew of them wait in
//     the unit, and then all of the class that wait there enter together. So the figures
//     of the verified of a unit, of the others, and of both together differ between two
//     releases by nobody or by at least so many. The classes are apart because the
//     verified have figures of their own, and who handed out a one-time code may remember
//     to whom: were one verified newcomer let in among four others, the figure of the
//     verified would tell what that one said. The rest wait for a later release; how many is
//     told, of which class is not, and what they said is not.
//
//  2. Those of a class who enter together are a cohort, or several where they are many
//     (Cohort). A cohort is held whole or not at all. So any two sets that were ever held,
//     by releases or by a process that loaded responses between them, differ by cohorts.
//
//  3. A response that its sender takes back is erased at once (hailong/survey/takeback).
//     Whoever loads responses after that finds its mark, and has its cohort stand back
//     (Places.TakeBack): without the others the figures would tell what that response
//     said. This is a function of what is stored, so that every process comes to the same,
//     and the citizen's request writes nothing for it. The next release takes notice and
//     drops from the mark what was needed for this. Those who stand back do not wait; they
//     enter again with the next FewestNew that are new, and are of their cohort from then
//     on: were these to leave later and the others to stay, the set of before would be
//     back without the one.
//
//  4. What is out of force (verification.Exclusion: voided, or suspect) leaves the figures
//     together with new responses of the same unit and class, or when it is at least
//     FewestNew of them: one alone would tell what that response said. Where that would
//     leave few of a cohort, or few leave it, the rest of the cohort stands back with
//     them. What is counted again enters like a new response.
//
//  5. Before figures are published, everything out of force leaves, whatever its
//     number, because an edition must not hold it. Where that changes few, the figures
//     of the edition are hidden by its own rule (hailong/analysis/results). What was
//     published holds a response that is taken back until the next edition. In a
//     campaign that takes no responses any more those who stand back enter then too:
//     nobody new will come, and a result must not lose a day of answers because one
//     person, perhaps on purpose, took one back.
//
// A release is cut once a day by the server, and whenever somebody asks for it
// (hailong release, the button of home affairs): always by the same rule, so that
// asking often tells no more.
//
// Whoever counts responses by more than their unit asks Standings which of them the
// release holds: the export, the pages of progress.
//
// A release that was stored before the classes were apart has one moment for both, and
// one from before there were cohorts has none. It holds what it held, and the next one
// moves each class on from there; who had entered it with whom is not known any more.
//
// # What it must not know
//
// Answers, questions, figures and pages. It reads of a response its campaign, its
// unit, its class, when it was received, and when it was out of force.
//
// # What it does not cover
//
// Smaller groups inside a unit. A sector, a month, a channel, or those who answered one
// item may change by a single response, all or the verified alone, while the unit as a
// whole changes by enough. The unit's own office is shown its groups from five
// respondents on (hailong/analysis/results): who compares such a group in two releases
// may learn what one response had said. That is allowed to an office about its own
// citizens; the public reads editions, whose rule covers it.
//
// The office of a unit that kept the figures of an earlier release, where a response is
// taken back after it, nobody new comes, and the campaign is closed and published: it
// sees those figures change by that response.
//
// Somebody who knows what all but one of FewestNew new respondents of a class said
// learns what that one said. Where responses leave together with new ones, they may be
// fewer than FewestNew; those who came hide them, from everybody who does not know what
// these said. In a file of single responses they hide nothing: who has two files of one
// campaign sees which rows of the first are in the second no more.
//
// Where fewer than FewestNew of a class are left in a unit, they leave together. A response
// that was counted, held back, counted and held back again may stand with another cohort
// than it entered with.
//
// A response that was received before a release and came to be stored after it
// (another server, within seconds) waits in the server that hears of it until the next
// release, or its next start.
package releases
