//go:build race

package costtest

// Raced says that this process watches for races: what it costs says nothing then.
const Raced = true
