// Package disclosure decides which cells of published tables must be hidden so
// that nobody can be recognised: statistical disclosure control by cell
// suppression, for counts of respondents.
//
// It owns one pure function, Protect, from counts to hidden cells. It must not
// know what is counted: surveys, questions and pages are the matter of who calls.
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
// Known zeros (TwoWay.KnownZeros: nobody can be there, such as a procedure that an
// office does not offer) cannot take a respondent, so that they bar ways around.
// With them every hidden cell that has somebody in it is solved for, exactly, and
// where that succeeds a further cell is hidden, the smallest of the same whole
// first. Guarantees 1 and 2 then hold against a reader who knows these zeros;
// guarantee 3 does not: about one in a thousand tiny tables has a hidden cell that
// zeros and non-negativity together determine.
//
// # What it does not cover
//
//   - Inference: an interval for a hidden count can be narrow, and a reader who
//     knows that a group is not large can guess.
//   - Somebody inside: a respondent who knows their own answer reads a hidden sum
//     with one unknown fewer.
//   - Time: two publications of a table that grew by one response differ by it.
//     Cut releases so that they differ by enough.
//   - Values: what is said by a group that is large enough to be shown. If all of
//     them say the same, the table says so.
//
// Sources: Willenborg and de Waal (2001), Elements of Statistical Disclosure
// Control, chapters 6 and 8; Hundepool et al. (2012), Statistical Disclosure
// Control, chapter 4 (hierarchical tables, the hypercube method, which completes
// by rectangles as here).
package disclosure
