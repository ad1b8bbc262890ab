// Package costtest measures what it costs to read something: memory and processor
// time of a child process that does nothing else.
//
// It owns the child, its limits and the printed line. It must not know what is
// read: every reader names its own bombs, small files that would cost much.
package costtest
