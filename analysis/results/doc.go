// Package results is the one bridge between stored responses and figures:
// questions in, rates with intervals and verdicts against the plan's targets
// out.
//
// It owns what may be asked (Query), which answers count for which figure, which
// figures a reader may see (Published), and when a target is met. It must not
// know how pages look or what HTTP is, and it computes no statistic itself: the
// responses are held and counted by package columns, statistics are in package
// analysis, and what must be hidden is decided by package disclosure.
//
// Three rules hold everywhere:
//
//  1. Fresh and once. A response that was acknowledged is in the next figure of
//     the same process, and no response is in it twice, whenever it arrived.
//     One that was made void is in no figure.
//  2. One method. Formula, pooling and confidence come from the campaign, and
//     every table says which it used.
//  3. Nobody is singled out. A group of fewer respondents than the threshold
//     is suppressed, and so are as many others as it takes that no table, and
//     no two tables together, give it away by subtraction. Groups are
//     hidden by how many responded, the same for every formula, pooling and
//     question, and what is hidden is hidden in every detail; where too few
//     answered a question, its figure is hidden besides.
//
// What rule 3 cannot do: figures are live, so somebody who reads a table
// before and after a single response learns what that response said, though
// not whose it is.
package results
