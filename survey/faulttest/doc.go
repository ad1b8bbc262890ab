// Package faulttest gathers what the tests find that break something while people work,
// into the table that "make faults" prints.
//
// It owns the columns of that table. It must not know what is broken, nor how.
package faulttest
