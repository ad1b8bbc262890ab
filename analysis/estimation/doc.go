// Package estimation estimates satisfaction rates, mean codes and the index from
// a designed sample: strata, clusters, weights, finite populations.
//
// It owns what a design is and whether it can be (Design), the variance by
// linearisation that follows from it, weights calibrated to known totals (Rake,
// PostStratify) or trimmed, and the test of a table under a design. It is given
// columns of package analysis and must not know where they came from. The
// reference is R's survey package (Lumley, "Complex Surveys", 2010); testdata
// holds its answers and the tests compare against them.
//
// Weights, calibration, ratios of sums and the test of a table are here and tested;
// no page or command asks for them yet.
package estimation
