// Package results decides which figures a reader may see (Published). Every page, the
// interface for programs and every report ask it, and it is the one bridge between stored
// responses and figures.
//
// It owns who is an office and of what (Reader), whether a reader is answered from an
// edition, from a release or not at all, and which campaign answers a target. It must not
// know how pages look or what HTTP is, nor how a figure comes about: what may be asked and
// what is hidden in a table is in package tables, what an edition holds and when a target
// is met in package publication, and the responses of releases are held by package
// columns.
//
// Three rules hold everywhere, whichever of these packages keeps them:
//
//  1. Nothing moves with a single response. The public reads editions, whose figures
//     never change. An office reads a release of its own, which takes a unit's new
//     responses only when enough of them wait (package hailong/survey/releases).
//  2. One method. Formula, pooling and confidence come from the campaign, and
//     every table says which it used.
//  3. Nobody is singled out. A group of fewer respondents than the threshold is
//     hidden from everybody, and so are as many others as it takes that no table, no
//     number of tables together, and no two editions together give it away by
//     subtraction: also not to the office of a unit, which knows its own people. Two
//     editions differ in every group that both show by nobody or by at least the
//     threshold. Readers are taken to know which levels the schools of a unit teach.
//     Groups are hidden by how many responded, the same for every formula, pooling and
//     question, and what is hidden is hidden in every detail; where too few
//     answered a question, its figure is hidden besides.
//
// An office is shown its own groups from five respondents on, with a mark where
// others would not be shown them; of a single school it is shown a question that ten
// answered. Nothing is hidden beside them: an office may know every response of its
// own.
package results
