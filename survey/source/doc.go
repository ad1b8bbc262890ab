// Package source reads the YAML files of a catalogue or a questionnaire and
// says what is wrong with them, line by line.
//
// It owns the places of problems in a file. It must not know the rules of what
// is in it.
package source
