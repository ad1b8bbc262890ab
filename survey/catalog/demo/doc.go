// Package demo makes an invented year of responses, labelled as such, to show
// the program with.
//
// It owns the invented people and how they answer. It fills an empty store
// alone, never one with responses of people.
package demo
