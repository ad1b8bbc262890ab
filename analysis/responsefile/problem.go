package responsefile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hailong/analysis"
	"hailong/analysis/estimation"
)

// ResponseFileFault is one kind of mistake in a CSV file.
type ResponseFileFault int

// The mistakes a CSV file can have.
const (
	UnknownColumn  ResponseFileFault = iota // Column is not in the header; Value: what seems to separate cells instead of commas
	RepeatedColumn                          // Column is in the header more than once
	NoRows                                  // nothing under the header
	BrokenQuotes                            // the rest of the file cannot be read
	UnequalRow                              // Value has the number of cells found and expected
	BadCode                                 // not empty and not a whole number from 1 to 5
	BadNumber                               // a weight or population size that is missing, negative or not a number
	EmptyUnit                               // no stratum or cluster given
	NotUTF8                                 // text in another encoding
	UnevenFPC                               // population size not constant in stratum Value
	SmallFPC                                // population size of stratum Value below the units sampled
	LonelyUnit                              // stratum Value has a single sampling unit
)

// ResponseFileProblem is one mistake. Row counts the responses from 1, Line the lines of
// the file from 1 (the header is line 1); both are 0 where the file as a whole is
// at fault.
type ResponseFileProblem struct {
	Fault  ResponseFileFault
	Row    int
	Line   int
	Column string
	Value  string
}

func (p ResponseFileProblem) String() string {
	where := ""
	if p.Row > 0 {
		where = fmt.Sprintf("row %d (line %d)", p.Row, p.Line)
	} else if p.Line > 0 {
		where = fmt.Sprintf("line %d", p.Line)
	}
	if p.Column != "" {
		where = strings.TrimPrefix(where+", column "+strconv.Quote(p.Column), ", ")
	}
	what := ""
	switch p.Fault {
	case UnknownColumn:
		what = "is not in the file"
		if p.Value != "" {
			what += "; its cells must be separated by commas, not by " + strconv.Quote(p.Value)
		}
	case RepeatedColumn:
		what = "is in the file more than once"
	case NoRows:
		what = "the file has no rows"
	case BrokenQuotes:
		what = "a quotation mark is out of place; the file cannot be read further"
	case UnequalRow:
		what = "has " + p.Value + " cells"
	case BadCode:
		what = fmt.Sprintf("%q is not a whole number from 1 to %d", p.Value, ResponseFileCodes)
	case BadNumber:
		what = fmt.Sprintf("%q is not a number that can stand here", p.Value)
	case EmptyUnit:
		what = "is empty"
	case NotUTF8:
		what = fmt.Sprintf("%q is not UTF-8 text", p.Value)
	case UnevenFPC:
		what = "the population size is not the same throughout stratum " + strconv.Quote(p.Value)
	case SmallFPC:
		what = "the population size is below the units sampled in stratum " + strconv.Quote(p.Value)
	case LonelyUnit:
		what = "stratum " + strconv.Quote(p.Value) + " has a single sampling unit"
	}
	return strings.TrimPrefix(where+": "+what, ": ")
}

// ResponseFileError lists what is wrong with a file: the first 20 problems and how many
// there are.
type ResponseFileError struct {
	analysis.ProblemList[ResponseFileProblem]
}

func newResponseFileError(p ResponseFileProblem) *ResponseFileError {
	e := new(ResponseFileError)
	e.Add(p)
	return e
}

// checkDesign adds the problems of the sampling design to out, in the words of the file.
func (s *ResponseFile) checkDesign(out *ResponseFileError) error {
	var design *estimation.DesignError
	err := s.Estimation().Design.Check(s.Rows())
	if !errors.As(err, &design) {
		return err
	}
	for _, d := range design.Problems {
		p := ResponseFileProblem{Column: s.options.FPC}
		if s.options.Strata != "" {
			p.Value = s.Labels(s.options.Strata)[d.Stratum]
		}
		switch d.Fault {
		case estimation.BadWeight:
			p.Fault, p.Column, p.Value = BadNumber, s.options.Weight, formatNumber(d.Value)
		case estimation.BadFPC:
			p.Fault, p.Value = BadNumber, formatNumber(d.Value)
		case estimation.FPCVaries:
			p.Fault = UnevenFPC
		case estimation.FPCTooSmall:
			p.Fault = SmallFPC
		case estimation.LonelyStratum:
			p.Fault, p.Column = LonelyUnit, s.options.Strata
		}
		if d.Row >= 0 {
			p.Row, p.Line = d.Row+1, s.line(d.Row)
		}
		out.Add(p)
	}
	out.Total += design.Total - len(design.Problems)
	return nil
}

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
