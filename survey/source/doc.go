// Package source reads the YAML files that a catalogue or a questionnaire is made
// of, and reports every mistake at the line where it stands.
//
// It owns files, lines and the sentences of broken rules, and what reading a file may
// cost: its size, its depth and the number of its values are bounded before a value
// is made of it, and no value of a file that is brought stands for another. It must
// not know what a value must be: that is for the packages that call it.
package source
