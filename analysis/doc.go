// Package analysis is the statistics engine: columns of coded answers in,
// estimates with their uncertainty out.
//
// It owns the compact column form of responses, tabulation, design-based
// estimation (strata, clusters, weights, finite populations), calibration of
// weights, intervals, tests against a target, adjustment of many tests, sampling,
// and the distributions that all of these stand on. Comparison of units and
// periods is package review, the signs of bad data are package quality. Four
// principles hold everywhere:
//
//  1. Plain data. Functions take and return slices, numbers and structs of this
//     package; no type of a numeric library appears in a signature, and nothing
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
// The reference for designs is R's survey package (Lumley, "Complex Surveys",
// 2010); testdata holds its answers and the tests compare against them.
package analysis
