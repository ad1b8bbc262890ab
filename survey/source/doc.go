// Package source reads the YAML files that a catalogue or a questionnaire is made
// of, and reports every mistake at the line where it stands.
//
// It owns files, lines and the sentences of broken rules. It must not know what a
// value must be: that is for the packages that call it.
package source
