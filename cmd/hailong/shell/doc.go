// Package shell is what every command needs: mistakes in the words of a command
// line and their exit codes, help in both languages, messages in the language
// chosen, progress of long work, and the flag that names a store.
//
// It must not know what any command does.
package shell
