// Package analysis is the statistics engine: columns of coded answers in,
// estimates with their uncertainty out.
//
// It owns the compact column form of responses, tabulation, the index over items,
// intervals, tests against a target, adjustment of many tests, and the
// distributions that all of these stand on. What stands on it: estimation from
// designed samples is package estimation, drawing them package sample, responses
// in a CSV file package responsefile, comparison of units and periods package
// review, the signs of bad data package quality. Four principles hold in all of
// them:
//
//  1. Plain data. Functions take and return slices, numbers and structs of these
//     packages; no type of a numeric library appears in a signature, and nothing
//     of the product (units, campaigns, stores, pages) is known here.
//  2. No panic on data. Too few or impossible values give a documented error or
//     NaN, which callers print as "not defined".
//  3. Additive statistics. Whatever is summed over respondents can be summed in
//     parts and merged: over cores, over time, over replicas. Sums of counts and
//     of integer scores are exact, so that the order of merging cannot be seen in
//     a figure.
//  4. Repeatable. The same columns give the same figures, bit for bit, on any
//     number of cores.
//
// testdata holds the answers of R, and the tests compare against them.
package analysis
