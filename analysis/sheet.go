package analysis

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SheetOptions names the columns of a CSV file that matter, and says what to do
// with lonely strata. Empty names and lists are columns the file is not asked for.
type SheetOptions struct {
	Items   []string // cells hold the codes 1 to SheetCodes, or nothing
	By      []string
	Strata  string
	Cluster string
	Weight  string
	FPC     string
	Lonely  Lonely
}

// SheetCodes is the number of answer codes of a CSV file: a scale of five.
const SheetCodes = 5

// Sheet is a CSV file of responses as columns, with the labels of its domains.
type Sheet struct {
	Snapshot
	options  SheetOptions
	domainOf map[string]int
	labels   [][]string // per domain and code
	measure  map[string]int
	jumps    []jump
}

// jump is a response that is not on the line after the one before it.
type jump struct{ row, line int }

// SheetFault is one kind of mistake in a CSV file.
type SheetFault int

// The mistakes a CSV file can have.
const (
	UnknownColumn  SheetFault = iota // Column is not in the header; Value: what seems to separate cells instead of commas
	RepeatedColumn                   // Column is in the header more than once
	NoRows                           // nothing under the header
	BrokenQuotes                     // the rest of the file cannot be read
	UnequalRow                       // Value has the number of cells found and expected
	BadCode                          // not empty and not a whole number from 1 to 5
	BadNumber                        // a weight or population size that is missing, negative or not a number
	EmptyUnit                        // no stratum or cluster given
	NotUTF8                          // text in another encoding
	UnevenFPC                        // population size not constant in stratum Value
	SmallFPC                         // population size of stratum Value below the units sampled
	LonelyUnit                       // stratum Value has a single sampling unit
)

// SheetProblem is one mistake. Row counts the responses from 1, Line the lines of
// the file from 1 (the header is line 1); both are 0 where the file as a whole is
// at fault.
type SheetProblem struct {
	Fault  SheetFault
	Row    int
	Line   int
	Column string
	Value  string
}

func (p SheetProblem) String() string {
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
		what = fmt.Sprintf("%q is not a whole number from 1 to %d", p.Value, SheetCodes)
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

// SheetError lists what is wrong with a file: the first 20 problems and how many
// there are.
type SheetError struct {
	Problems []SheetProblem
	Total    int
}

func (e *SheetError) Error() string {
	lines := make([]string, 0, len(e.Problems)+1)
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	if more := e.Total - len(e.Problems); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func (e *SheetError) add(p SheetProblem) {
	if e.Total++; len(e.Problems) < maxProblems {
		e.Problems = append(e.Problems, p)
	}
}

// ReadSheet reads responses from a CSV file with a header: UTF-8, with or without
// byte order mark, quoted as RFC 4180 has it, LF or CRLF. Blank lines are skipped, except
// in a file of one column, where they are responses without an answer, and at the
// end. The file is read once, in one pass.
//
// An empty item cell is a missing answer, an empty cell of a By column puts the
// response in no domain; everything else that is not as expected is a problem.
// All problems are collected, those of the sampling design too: the error is a
// *SheetError, or that of the reader.
func ReadSheet(r io.Reader, options SheetOptions) (*Sheet, error) {
	p := &sheetParser{sheet: &Sheet{options: options, domainOf: map[string]int{}, measure: map[string]int{}}}
	if err := p.run(newCSVReader(r)); err != nil {
		return nil, err
	}
	return p.sheet, nil
}

// Labels are the values of a By, strata or cluster column as the file has them,
// indexed by domain code; code 0 is the empty cell.
func (s *Sheet) Labels(column string) []string { return s.labels[s.domainOf[column]] }

// Plan is the plan that the sheet's options ask for, without satisfied codes and confidence.
func (s *Sheet) Plan() Plan {
	p := Plan{Design: Design{Lonely: s.options.Lonely}}
	for j := range s.options.Items {
		p.Items = append(p.Items, j)
	}
	for _, name := range s.options.By {
		p.By = append(p.By, s.domainOf[name])
	}
	domain := func(name string) []uint32 {
		if name == "" {
			return nil
		}
		return s.Domain(s.domainOf[name])
	}
	measure := func(name string) []float64 {
		if name == "" {
			return nil
		}
		return s.Measure(s.measure[name])
	}
	p.Design.Strata, p.Design.Cluster = domain(s.options.Strata), domain(s.options.Cluster)
	p.Design.Weight, p.Design.FPC = measure(s.options.Weight), measure(s.options.FPC)
	return p
}

// checkDesign adds the problems of the sampling design to out, in the words of the file.
func (s *Sheet) checkDesign(out *SheetError) error {
	var design *DesignError
	_, err := s.Plan().Design.check(s.rows)
	if !errors.As(err, &design) {
		return err
	}
	for _, d := range design.Problems {
		p := SheetProblem{Column: s.options.FPC}
		if s.options.Strata != "" {
			p.Value = s.Labels(s.options.Strata)[d.Stratum]
		}
		switch d.Fault {
		case BadWeight:
			p.Fault, p.Column, p.Value = BadNumber, s.options.Weight, formatNumber(d.Value)
		case BadFPC:
			p.Fault, p.Value = BadNumber, formatNumber(d.Value)
		case FPCVaries:
			p.Fault = UnevenFPC
		case FPCTooSmall:
			p.Fault = SmallFPC
		case LonelyStratum:
			p.Fault, p.Column = LonelyUnit, s.options.Strata
		}
		if d.Row >= 0 {
			p.Row, p.Line = d.Row+1, s.line(d.Row)
		}
		out.add(p)
	}
	out.Total += design.Total - len(design.Problems)
	return nil
}

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// line is the line of the file on which a response starts.
func (s *Sheet) line(row int) int {
	line := 2 + row
	for _, j := range s.jumps {
		if j.row > row {
			break
		}
		line = j.line + row - j.row
	}
	return line
}

type sheetParser struct {
	sheet    *Sheet
	store    *Columns
	wrong    SheetError
	width    int
	itemAt   []int
	domains  []*dictionary
	measures []*numbers
	answers  []uint8
	codes    []uint32
	values   []float64
	expected int // line of the next response
	// designHidden tells that rows or design cells were lost, so that a check of
	// the design would report what is not so.
	designHidden bool
}

// dictionary numbers the texts of a column in order of appearance; 0 is empty.
type dictionary struct {
	at       int
	required bool
	known    map[string]uint32
	labels   []string
	last     []byte
	lastCode uint32
}

// numbers reads a column of real numbers.
type numbers struct {
	name string
	at   int
	last []byte
	read float64
}

func (p *sheetParser) run(in *csvReader) error {
	header, _, err := in.read()
	switch {
	case errors.Is(err, io.EOF):
		return &SheetError{Problems: []SheetProblem{{Fault: NoRows}}, Total: 1}
	case err != nil:
		return p.broken(err, -1)
	}
	if err := p.header(header); err != nil {
		return err
	}
	blanks := 0
	for row := 0; ; row++ {
		cells, line, err := in.read()
		for err == nil && len(cells) == 1 && len(cells[0]) == 0 {
			blanks++
			cells, line, err = in.read()
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p.broken(err, row)
		}
		if p.width == 1 {
			for ; blanks > 0; blanks-- {
				if err := p.row([][]byte{nil}, row, line-blanks); err != nil {
					return err
				}
				row++
			}
		}
		blanks = 0
		if err := p.row(cells, row, line); err != nil {
			return err
		}
	}
	return p.finish()
}

// broken adds what stopped the reading to the problems found before it.
func (p *sheetParser) broken(err error, row int) error {
	var quote *quoteError
	if !errors.As(err, &quote) {
		return err
	}
	p.add(SheetProblem{Fault: BrokenQuotes, Row: row + 1, Line: quote.line})
	return &p.wrong
}

// header finds the columns, each named exactly once.
func (p *sheetParser) header(cells [][]byte) error {
	p.width, p.expected = len(cells), 2
	separator := ""
	if p.width == 1 {
		for _, c := range []string{";", "\t"} {
			if bytes.Contains(cells[0], []byte(c)) {
				separator = c
			}
		}
	}
	places := map[string][]int{}
	for i, cell := range cells {
		places[string(cell)] = append(places[string(cell)], i)
	}
	reported := map[string]bool{}
	find := func(name string) int {
		at := places[name]
		if len(at) == 1 {
			return at[0]
		}
		if !reported[name] {
			reported[name] = true
			fault := SheetProblem{Fault: UnknownColumn, Line: 1, Column: name, Value: separator}
			if len(at) > 1 {
				fault.Fault, fault.Value = RepeatedColumn, ""
			}
			p.wrong.add(fault)
		}
		return 0
	}
	s, c := p.sheet, p.sheet.options
	schema := Schema{}
	for _, name := range c.Items {
		p.itemAt = append(p.itemAt, find(name))
		schema.Items = append(schema.Items, Item{Name: name, Codes: SheetCodes})
	}
	for i, name := range slices.Concat([]string{c.Strata, c.Cluster}, c.By) {
		if name == "" {
			continue
		}
		if _, ok := s.domainOf[name]; !ok {
			s.domainOf[name] = len(p.domains)
			p.domains = append(p.domains, &dictionary{at: find(name), known: map[string]uint32{}, labels: []string{""}})
			schema.Domains = append(schema.Domains, name)
		}
		if i < 2 {
			p.domains[s.domainOf[name]].required = true
		}
	}
	for _, name := range []string{c.Weight, c.FPC} {
		if _, ok := s.measure[name]; !ok && name != "" {
			s.measure[name] = len(p.measures)
			p.measures = append(p.measures, &numbers{name: name, at: find(name)})
			schema.Measures = append(schema.Measures, name)
		}
	}
	if p.wrong.Total > 0 {
		return &p.wrong
	}
	p.answers, p.codes, p.values = make([]uint8, len(schema.Items)), make([]uint32, len(p.domains)), make([]float64, len(p.measures))
	var err error
	p.store, err = NewColumns(schema)
	return err
}

// row adds response number row (from 0) and notes what is wrong with it.
func (p *sheetParser) row(cells [][]byte, row, line int) error {
	if line != p.expected {
		p.sheet.jumps = append(p.sheet.jumps, jump{row, line})
	}
	p.expected = line + 1
	if len(cells) != p.width {
		p.add(SheetProblem{Fault: UnequalRow, Row: row + 1, Line: line, Value: fmt.Sprintf("%d/%d", len(cells), p.width)})
		return nil
	}
	for k, at := range p.itemAt {
		cell := cells[at]
		switch {
		case len(cell) == 1 && cell[0] >= '1' && cell[0] <= '0'+SheetCodes:
			p.answers[k] = cell[0] - '0'
		case len(cell) == 0:
			p.answers[k] = Missing
		default:
			code, err := strconv.Atoi(string(cell))
			if err != nil || code < 1 || code > SheetCodes {
				p.add(SheetProblem{Fault: BadCode, Row: row + 1, Line: line, Column: p.sheet.options.Items[k], Value: string(cell)})
				code = int(Missing)
			}
			p.answers[k] = uint8(code)
		}
	}
	for k, d := range p.domains {
		code, valid := d.code(cells[d.at])
		if !valid {
			p.add(SheetProblem{Fault: NotUTF8, Row: row + 1, Line: line, Column: p.store.schema.Domains[k], Value: string(cells[d.at])})
		} else if code == 0 && d.required {
			p.add(SheetProblem{Fault: EmptyUnit, Row: row + 1, Line: line, Column: p.store.schema.Domains[k]})
		}
		p.codes[k] = code
	}
	for k, m := range p.measures {
		value, ok := m.number(cells[m.at])
		if !ok {
			p.add(SheetProblem{Fault: BadNumber, Row: row + 1, Line: line, Column: m.name, Value: string(cells[m.at])})
		}
		p.values[k] = value
	}
	return p.store.Append(p.answers, p.codes, p.values)
}

func (p *sheetParser) add(problem SheetProblem) {
	p.wrong.add(problem)
	// A wrong answer leaves the design as it is; anything else hides it.
	p.designHidden = p.designHidden || problem.Fault != BadCode
}

func (d *dictionary) code(cell []byte) (code uint32, valid bool) {
	if len(cell) == 0 {
		return 0, true
	}
	if d.last != nil && bytes.Equal(cell, d.last) {
		return d.lastCode, true
	}
	code, ok := d.known[string(cell)]
	if !ok {
		if !utf8.Valid(cell) {
			return 0, false
		}
		code = uint32(len(d.labels))
		label := string(cell)
		d.known[label] = code
		d.labels = append(d.labels, label)
	}
	d.last, d.lastCode = append(d.last[:0], cell...), code
	return code, true
}

// number reads a decimal number of at least 0; words such as "inf" are refused.
func (n *numbers) number(cell []byte) (float64, bool) {
	if n.last != nil && bytes.Equal(cell, n.last) {
		return n.read, true
	}
	for _, c := range cell {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(cell), 64)
	if err != nil || !(v >= 0) || math.IsInf(v, 0) {
		return 0, false
	}
	n.last, n.read = append(n.last[:0], cell...), v
	return v, true
}

// finish hands over the columns if nothing was wrong.
func (p *sheetParser) finish() error {
	if p.wrong.Total == 0 && p.store.rows == 0 {
		return &SheetError{Problems: []SheetProblem{{Fault: NoRows}}, Total: 1}
	}
	p.sheet.Snapshot = p.store.Snapshot()
	for _, d := range p.domains {
		p.sheet.labels = append(p.sheet.labels, d.labels)
	}
	if !p.designHidden {
		if err := p.sheet.checkDesign(&p.wrong); err != nil {
			return err
		}
	}
	if p.wrong.Total > 0 {
		return &p.wrong
	}
	return nil
}
