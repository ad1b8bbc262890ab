// Package disclosure decides which cells of published tables must be hidden so
// that nobody can be recognised: statistical disclosure control by cell
// suppression, for counts of respondents.
//
// It owns two pure functions from counts to hidden cells: Protect for one table, and
// Publication.Complete for all tables of all editions together. It must not know
// what is counted: surveys, questions and pages are the matter of who calls.
//
// # What a table is
//
// Two hierarchies are crossed, say units (all, communes, schools) with sectors
// (all, groups, sectors). Every crossing of a level of the rows with a level of
// the columns counts as published somewhere, for who reads one table can read
// another: totals, margins, coarse and fine cells.
//
// # What is hidden
//
//   - Primary suppression: a cell of at least one and fewer than Threshold
//     respondents; what another table hides (TwoWay.Hidden, TwoWay.RowsDecided);
//     and every cell within a hidden whole, on either hierarchy. Where a group is
//     hidden, so is all its detail, and a respondent can be moved between two
//     hidden groups unseen.
//   - Complementary suppression along a line: hidden groups of a whole that is
//     published number at least two and hold together at least Threshold
//     respondents, because their sum is the difference of published numbers. Of
//     the others the smallest is hidden first.
//   - Complementary suppression across: a hidden cell whose row and column are
//     both published lies on a rectangle of hidden cells of one group of rows and
//     one group of columns. One respondent more here and there and one fewer in
//     the other two corners leave every sum as it is, and the corners that lose
//     one have one to lose. The rectangle that hides the fewest respondents is
//     taken.
//
// An empty cell is shown as empty unless it lies within a hidden whole or is a
// corner of a rectangle. Of equal candidates the first in Level.Order is hidden,
// so the same table hides the same cells after a restart.
//
// # What that guarantees
//
//  1. No shown cell has 1 to Threshold−1 respondents.
//  2. Against subtraction: for every hidden cell there is a way to move
//     respondents between hidden cells that changes it and changes no published
//     number, in this table or in a table of either hierarchy with a third one.
//     So no sum and difference of published numbers, of any number of tables
//     over the same respondents, equals a hidden one. (The exception: where all
//     respondents of a block are in one row or one column, the coarser tables
//     show that they are.)
//  3. Against a reader who also knows that no count is negative: no hidden cell
//     that has somebody in it is determined by one table at all its levels. The
//     tests enumerate every table of non-negative whole numbers that agrees with
//     what is shown.
//
// # Publications
//
// Tables that are published together, and one after another, tell more than each of
// them. A Publication is all their numbers as sums over the same atoms, without the
// atoms that everybody knows to be empty (structural zeros: no school of a commune
// teaches a level), and with what was shown before. Complete hides numbers until no
// guarded one is a linear combination of the shown ones; that is exact, and complete
// for this attack, over any number of tables and editions; answers to items are numbers
// as respondents are. What Protect hides of each
// table is hidden first, so guarantees 1 to 3 hold for the tables one by one.
//
// # What it does not cover
//
//   - Inference: an interval for a hidden count can be narrow, and a reader who
//     knows that a group is not large can guess.
//   - Somebody inside: a respondent who knows their own answer reads a hidden sum
//     with one unknown fewer.
//   - Known zeros together with non-negativity: Protect does not know the zeros of
//     other tables, and Complete does not use that no count is negative.
//   - Values: what is said by a group that is large enough to be shown. If all of
//     them say the same, the table says so.
//
// Of the attacks in the handbook (Hundepool et al. 2012, chapter 4) and of those that
// sdcTable and τ-ARGUS audit, covered are: subtraction within a table and over linked
// tables with common cells, exact computation with structural zeros, singletons (by
// guarantee 3), and repeated publication. Not covered are the feasibility interval of
// a hidden cell (the p% and (n,k) dominance rules are for magnitudes, and counts of
// people have no dominant contributor), and coalitions of respondents.
//
// Sources: Willenborg and de Waal (2001), Elements of Statistical Disclosure
// Control, chapters 6 and 8; Hundepool et al. (2012), Statistical Disclosure
// Control, chapter 4 (hierarchical tables, the hypercube method, which completes
// by rectangles as here).
package disclosure
