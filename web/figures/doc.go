// Package figures puts figures and verdicts into what pages show: the word of a
// judgement, its interval in a picture, the names of groups.
//
// It must not compute a figure, judge it or decide whether it may be seen: package
// analysis/results and those below it do.
package figures
