// Package statistics is the commands that compute from a file and need no store:
// analyze (rates, index and targets from a CSV file of responses) and sample (how
// many, and who, from a list).
//
// The statistics are those of package analysis and the packages below it; here
// stand the flags, the tables that are printed, and their words.
package statistics
