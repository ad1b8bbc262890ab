package responsefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"hailong/analysis"
)

type responseFileParser struct {
	file     *ResponseFile
	store    *analysis.Columns
	wrong    ResponseFileError
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
	name     string
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

func (p *responseFileParser) run(in *csvReader) error {
	header, _, err := in.read()
	switch {
	case errors.Is(err, io.EOF):
		return newResponseFileError(ResponseFileProblem{Fault: NoRows})
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
func (p *responseFileParser) broken(err error, row int) error {
	var quote *quoteError
	if !errors.As(err, &quote) {
		return err
	}
	p.add(ResponseFileProblem{Fault: BrokenQuotes, Row: row + 1, Line: quote.line})
	return &p.wrong
}

// header finds the columns, each named exactly once.
func (p *responseFileParser) header(cells [][]byte) error {
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
			fault := ResponseFileProblem{Fault: UnknownColumn, Line: 1, Column: name, Value: separator}
			if len(at) > 1 {
				fault.Fault, fault.Value = RepeatedColumn, ""
			}
			p.wrong.Add(fault)
		}
		return 0
	}
	s, c := p.file, p.file.options
	schema := analysis.Schema{}
	for _, name := range c.Items {
		p.itemAt = append(p.itemAt, find(name))
		schema.Items = append(schema.Items, analysis.Question{Name: name, Codes: ResponseFileCodes})
	}
	for i, name := range slices.Concat([]string{c.Strata, c.Cluster}, c.By) {
		if name == "" {
			continue
		}
		if _, ok := s.domainOf[name]; !ok {
			s.domainOf[name] = len(p.domains)
			p.domains = append(p.domains, &dictionary{name: name, at: find(name), known: map[string]uint32{}, labels: []string{""}})
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
	p.store, err = analysis.NewColumns(schema)
	return err
}

// row adds response number row (from 0) and notes what is wrong with it.
func (p *responseFileParser) row(cells [][]byte, row, line int) error {
	if line != p.expected {
		p.file.jumps = append(p.file.jumps, jump{row, line})
	}
	p.expected = line + 1
	if len(cells) != p.width {
		p.add(ResponseFileProblem{Fault: UnequalRow, Row: row + 1, Line: line, Value: fmt.Sprintf("%d/%d", len(cells), p.width)})
		return nil
	}
	for k, at := range p.itemAt {
		cell := cells[at]
		switch {
		case len(cell) == 1 && cell[0] >= '1' && cell[0] <= '0'+ResponseFileCodes:
			p.answers[k] = cell[0] - '0'
		case len(cell) == 0:
			p.answers[k] = analysis.Missing
		default:
			code, err := strconv.Atoi(string(cell))
			if err != nil || code < 1 || code > ResponseFileCodes {
				p.add(ResponseFileProblem{Fault: BadCode, Row: row + 1, Line: line, Column: p.file.options.Items[k], Value: string(cell)})
				code = int(analysis.Missing)
			}
			p.answers[k] = uint8(code)
		}
	}
	for k, d := range p.domains {
		code, valid := d.code(cells[d.at])
		if !valid {
			p.add(ResponseFileProblem{Fault: NotUTF8, Row: row + 1, Line: line, Column: d.name, Value: string(cells[d.at])})
		} else if code == 0 && d.required {
			p.add(ResponseFileProblem{Fault: EmptyUnit, Row: row + 1, Line: line, Column: d.name})
		}
		p.codes[k] = code
	}
	for k, m := range p.measures {
		value, ok := m.number(cells[m.at])
		if !ok {
			p.add(ResponseFileProblem{Fault: BadNumber, Row: row + 1, Line: line, Column: m.name, Value: string(cells[m.at])})
		}
		p.values[k] = value
	}
	return p.store.Append(p.answers, p.codes, p.values)
}

func (p *responseFileParser) add(problem ResponseFileProblem) {
	p.wrong.Add(problem)
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
		code = uint32(len(d.labels)) //nolint:gosec // labels are fewer than rows, which are below 2^32
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
func (p *responseFileParser) finish() error {
	if p.wrong.Total == 0 && p.store.Rows() == 0 {
		return newResponseFileError(ResponseFileProblem{Fault: NoRows})
	}
	p.file.FixedRows = p.store.Snapshot()
	for _, d := range p.domains {
		p.file.labels = append(p.file.labels, d.labels)
	}
	if !p.designHidden {
		if err := p.file.checkDesign(&p.wrong); err != nil {
			return err
		}
	}
	if p.wrong.Total > 0 {
		return &p.wrong
	}
	return nil
}
