// Package review compares: units with each other and with a target, periods
// with periods, questions with the overall answer.
//
// It owns tests that groups differ (homogeneity, ranks, two shares, trends),
// fair comparison of units of unlike size (shrinkage towards the common rate,
// intervals of ranks, funnels), charts of a process over time, projection to a
// due date, and which factors drive satisfaction. Every function says whether a
// difference is more than chance; what to do about it is for people.
//
// It must not know responses, units or pages: it is given counts and columns of
// numbers, and imports package analysis alone. The principles of that package
// (plain data, no panic on data, repeatable) hold here as well: what too few
// data do not define is analysis.ErrTooFew or NaN, what cannot be is
// analysis.ErrBadRequest.
package review
