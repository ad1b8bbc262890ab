package analysis

import (
	"fmt"
	"slices"
)

// How one answer is stored in its byte. Codes 1 to MaxCode are answers.
// Missing (no answer was given) and NotApplicable ("don't know", "did not use
// it", not asked) are told apart in counts, and both stay outside every
// denominator.
const (
	Missing       uint8 = 0
	MaxCode       uint8 = 253
	NotApplicable uint8 = 254
)

// Question is one question with the closed answers 1 to Codes.
type Question struct {
	Name  string
	Codes uint8
}

// Slots gives each stored byte its place in a row of counts: codes keep theirs,
// everything that is no code of the question comes after its last code.
func (q Question) Slots() *[256]uint8 {
	var place [256]uint8
	for code := range place {
		place[code] = min(uint8(code), q.Codes+1)
	}
	return &place
}

// Schema names the columns of a set of responses.
//
// A domain column holds a small whole number per response: a unit, a month, a
// stratum, a cluster. Its labels are known to the caller; codes should be dense,
// because tables are as long as the largest code. Code 0 means "none": the
// response belongs to no domain of that column. A measure holds a real number
// per response: a weight, a population size, seconds taken.
type Schema struct {
	Items    []Question
	Domains  []string
	Measures []string
}

// Columns is the append-only store of responses in memory: a byte an item, four
// bytes a domain, eight bytes a measure. It does no locking. One goroutine
// appends at a time; readers work on a FixedRows taken under the same lock, and
// need no lock after that.
type Columns struct {
	schema   Schema
	items    [][]uint8
	domains  [][]uint32
	measures [][]float64
	sizes    []int // per domain: largest code + 1
	rows     int
}

// NewColumns makes an empty store. The schema must not be changed afterwards.
// Its error tells of an item with codes outside 1 to MaxCode.
func NewColumns(schema Schema) (*Columns, error) {
	for _, item := range schema.Items {
		if item.Codes < 1 || item.Codes > MaxCode {
			return nil, fmt.Errorf("item %q has %d codes: between 1 and %d are possible", item.Name, item.Codes, MaxCode)
		}
	}
	c := &Columns{
		schema:   schema,
		items:    make([][]uint8, len(schema.Items)),
		domains:  make([][]uint32, len(schema.Domains)),
		measures: make([][]float64, len(schema.Measures)),
		sizes:    make([]int, len(schema.Domains)),
	}
	for d := range c.sizes {
		c.sizes[d] = 1
	}
	return c, nil
}

// Append adds one response: an answer per item, a code per domain, a value per
// measure, in the order of the schema. A wrong number of values, or a code its
// item does not have, is an error and leaves the store as it was. The slices are
// copied.
func (c *Columns) Append(answers []uint8, domains []uint32, measures []float64) error {
	if len(answers) != len(c.items) || len(domains) != len(c.domains) || len(measures) != len(c.measures) {
		return fmt.Errorf("a response needs %d answers, %d domains and %d measures, not %d, %d and %d",
			len(c.items), len(c.domains), len(c.measures), len(answers), len(domains), len(measures))
	}
	for j, code := range answers {
		if code > c.schema.Items[j].Codes && code != NotApplicable {
			return fmt.Errorf("item %q has codes 1 to %d, not %d", c.schema.Items[j].Name, c.schema.Items[j].Codes, code)
		}
	}
	for j, code := range answers {
		c.items[j] = append(c.items[j], code)
	}
	for d, code := range domains {
		c.domains[d] = append(c.domains[d], code)
		c.sizes[d] = max(c.sizes[d], int(code)+1)
	}
	for m, value := range measures {
		c.measures[m] = append(c.measures[m], value)
	}
	c.rows++
	return nil
}

// Grow reserves room for n more responses.
func (c *Columns) Grow(n int) {
	if n <= 0 {
		return
	}
	for j := range c.items {
		c.items[j] = slices.Grow(c.items[j], n)
	}
	for d := range c.domains {
		c.domains[d] = slices.Grow(c.domains[d], n)
	}
	for m := range c.measures {
		c.measures[m] = slices.Grow(c.measures[m], n)
	}
}

// Rows is the number of responses held.
func (c *Columns) Rows() int { return c.rows }

// Bytes is the memory reserved for responses, spare room included.
func (c *Columns) Bytes() int {
	total := 0
	for _, col := range c.items {
		total += cap(col)
	}
	for _, col := range c.domains {
		total += 4 * cap(col)
	}
	for _, col := range c.measures {
		total += 8 * cap(col)
	}
	return total
}

// Snapshot fixes the responses held now. It copies slice headers, not answers,
// and stays valid while more rows are appended: rows are only ever added behind
// the snapshot's end.
func (c *Columns) Snapshot() FixedRows {
	return FixedRows{
		schema:   &c.schema,
		items:    slices.Clone(c.items),
		domains:  slices.Clone(c.domains),
		measures: slices.Clone(c.measures),
		sizes:    slices.Clone(c.sizes),
		rows:     c.rows,
	}
}

// FixedRows is a read-only view of the first rows of a Columns. Any number of
// goroutines may read it. Slices it hands out must not be written to.
type FixedRows struct {
	schema   *Schema
	items    [][]uint8
	domains  [][]uint32
	measures [][]float64
	sizes    []int
	rows     int
}

// NewFixedRows views columns that lie elsewhere: the answers by item, and one domain
// column with codes below size. The slices must not be changed while they are read. A
// column of another length than the domain's is an error.
func NewFixedRows(schema *Schema, items [][]uint8, domain []uint32, size int) (FixedRows, error) {
	for _, column := range items {
		if len(column) != len(domain) {
			return FixedRows{}, fmt.Errorf("a column has %d answers and the domain %d rows", len(column), len(domain))
		}
	}
	if len(items) != len(schema.Items) {
		return FixedRows{}, fmt.Errorf("there are %d columns of answers for %d items", len(items), len(schema.Items))
	}
	return FixedRows{schema: schema, items: items, domains: [][]uint32{domain}, sizes: []int{size}, rows: len(domain)}, nil
}

// Rows is the number of responses in the snapshot.
func (s FixedRows) Rows() int { return s.rows }

// Schema names the snapshot's columns.
func (s FixedRows) Schema() Schema {
	if s.schema == nil {
		return Schema{}
	}
	return *s.schema
}

// Item is the column of answers to item j, one byte a response.
func (s FixedRows) Item(j int) []uint8 { return s.items[j] }

// Domain is the column of codes of domain d, one a response.
func (s FixedRows) Domain(d int) []uint32 { return s.domains[d] }

// DomainSize is the largest code of domain d plus one.
func (s FixedRows) DomainSize(d int) int { return s.sizes[d] }

// Measure is the column of values of measure m, one a response.
func (s FixedRows) Measure(m int) []float64 { return s.measures[m] }

// Slice is the snapshot of rows low to high-1, cut to the rows there are. The
// tables of two neighbouring slices merge to the table of both.
func (s FixedRows) Slice(low, high int) FixedRows {
	high = min(max(high, 0), s.rows)
	low = min(max(low, 0), high)
	t := FixedRows{
		schema:   s.schema,
		items:    make([][]uint8, len(s.items)),
		domains:  make([][]uint32, len(s.domains)),
		measures: make([][]float64, len(s.measures)),
		sizes:    s.sizes,
		rows:     high - low,
	}
	for j, col := range s.items {
		t.items[j] = col[low:high]
	}
	for d, col := range s.domains {
		t.domains[d] = col[low:high]
	}
	for m, col := range s.measures {
		t.measures[m] = col[low:high]
	}
	return t
}
