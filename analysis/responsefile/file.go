package responsefile

import (
	"io"

	"hailong/analysis"
	"hailong/analysis/estimation"
)

// ResponseFileOptions names the columns of a CSV file that matter, and says what to do
// with lonely strata. Empty names and lists are columns the file is not asked for.
type ResponseFileOptions struct {
	Items   []string // cells hold the codes 1 to ResponseFileCodes, or nothing
	By      []string
	Strata  string
	Cluster string
	Weight  string
	FPC     string
	Lonely  estimation.Lonely
}

// ResponseFileCodes is the number of answer codes of a CSV file: a scale of five.
const ResponseFileCodes = 5

// ResponseFile is a CSV file of responses as columns, with the labels of its domains.
type ResponseFile struct {
	analysis.FixedRows
	options  ResponseFileOptions
	domainOf map[string]int
	labels   [][]string // per domain and code
	measure  map[string]int
	jumps    []jump
}

// jump is a response that is not on the line after the one before it.
type jump struct{ row, line int }

// Read reads responses from a CSV file with a header: UTF-8, with or without
// byte order mark, quoted as RFC 4180 has it, LF or CRLF. Blank lines are skipped, except
// in a file of one column, where they are responses without an answer, and at the
// end. The file is read once, in one pass.
//
// An empty item cell is a missing answer, an empty cell of a By column puts the
// response in no domain; everything else that is not as expected is a problem.
// All problems are collected, those of the sampling design too: the error is a
// *ResponseFileError, or that of the reader.
func Read(r io.Reader, options ResponseFileOptions) (*ResponseFile, error) {
	p := &responseFileParser{file: &ResponseFile{options: options, domainOf: map[string]int{}, measure: map[string]int{}}}
	if err := p.run(newCSVReader(r)); err != nil {
		return nil, err
	}
	return p.file, nil
}

// Labels are the values of a By, strata or cluster column as the file has them,
// indexed by domain code; code 0 is the empty cell.
func (s *ResponseFile) Labels(column string) []string { return s.labels[s.domainOf[column]] }

// Estimation is what the file's options ask for, without satisfied codes and confidence.
func (s *ResponseFile) Estimation() estimation.Estimation {
	p := estimation.Estimation{Design: estimation.Design{Lonely: s.options.Lonely}}
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

// line is the line of the file on which a response starts.
func (s *ResponseFile) line(row int) int {
	line := 2 + row
	for _, j := range s.jumps {
		if j.row > row {
			break
		}
		line = j.line + row - j.row
	}
	return line
}
