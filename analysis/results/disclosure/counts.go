package disclosure

import (
	"slices"
)

// Counts are the answers of a group, question by question; a single number where
// respondents are counted. Groups are added up question by question.
type Counts []int64

// Respondents is how many respondents a group surely has: as many as answered
// the question that most of them answered.
func (c Counts) Respondents() int64 {
	if len(c) == 0 {
		return 0
	}
	return slices.Max(c)
}

func (c Counts) add(o Counts) {
	for i, n := range o {
		c[i] += n
	}
}

// Crossing makes counts of so many questions for rows by columns, all zero.
func Crossing(rows, columns, questions int) [][]Counts {
	cells := make([][]Counts, rows)
	for r := range cells {
		cells[r] = make([]Counts, columns)
		for c := range cells[r] {
			cells[r][c] = make(Counts, questions)
		}
	}
	return cells
}

// Cells is a set of cells of two crossed hierarchies, at all their levels.
type Cells struct {
	levels [][][][]bool // by level of the rows, level of the columns, row, column
}

// NewCells is the empty set.
func NewCells(rows, columns Hierarchy) *Cells {
	s := &Cells{levels: make([][][][]bool, len(rows))}
	for i, r := range rows {
		s.levels[i] = make([][][]bool, len(columns))
		for j, c := range columns {
			s.levels[i][j] = make([][]bool, r.Size())
			for k := range s.levels[i][j] {
				s.levels[i][j][k] = make([]bool, c.Size())
			}
		}
	}
	return s
}

// Has reports whether the cell of a row and a column is in the set.
func (s *Cells) Has(row, column Category) bool {
	return s.levels[row.Level][column.Level][row.Number][column.Number]
}

// Add puts a cell into the set.
func (s *Cells) Add(row, column Category) {
	s.levels[row.Level][column.Level][row.Number][column.Number] = true
}

// AddAll puts every cell of a set over the same hierarchies into this one.
func (s *Cells) AddAll(o *Cells) {
	for i := range s.levels {
		for j := range s.levels[i] {
			for r, row := range s.levels[i][j] {
				for c := range row {
					row[c] = row[c] || o.levels[i][j][r][c]
				}
			}
		}
	}
}
