package faulttest

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"unicode/utf8"
)

// tableEnv names the file that rows are added to; "make faults" prints it.
const tableEnv = "HAILONG_TEST_FAULTS"

// Outcome is what came of a fault.
type Outcome struct {
	Done         string // what was done
	Acknowledged int    // the program said that it is stored
	Stored       int
	Lost         int // acknowledged and not stored, or changed unseen
	Doubled      int // stored twice
	Note         string
}

// Unknown is in the place of a number that was not counted.
const Unknown = -1

// Report logs an outcome, adds it to the table, and fails the test if anything was lost or
// doubled.
func (o Outcome) Report(t testing.TB) {
	t.Helper()
	row := o.row()
	t.Log(row)
	if o.Lost > 0 || o.Doubled > 0 {
		t.Errorf("%s: %d lost, %d doubled, want none of either", o.Done, o.Lost, o.Doubled)
	}
	name := os.Getenv(tableEnv)
	if name == "" {
		return
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) // rows of several programs do not mix: each is one write
	if err == nil {
		_, err = file.WriteString(row + "\n")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// row is an outcome as a line of a table in Markdown.
func (o Outcome) row() string {
	const width = 64
	done := o.Done
	if n := utf8.RuneCountInString(done); n < width {
		done = fmt.Sprintf("%-*s", width, done)
	}
	row := "| " + done
	for _, n := range []int{o.Acknowledged, o.Stored, o.Lost, o.Doubled} {
		row += fmt.Sprintf(" | %7s", count(n))
	}
	return row + " | " + o.Note + " |"
}

func count(n int) string {
	if n == Unknown {
		return "–"
	}
	return strconv.Itoa(n)
}
