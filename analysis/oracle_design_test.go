package analysis

import "testing"

// designChecks holds the checks of testdata/stats.json that need a design or
// weights.
var designChecks = map[string]func(*testing.T, oracleCase){}
