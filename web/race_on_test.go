//go:build race

package web_test

// memoryFactor is how much more memory a server takes that watches for races: its memory
// is shadowed.
const memoryFactor = 4
