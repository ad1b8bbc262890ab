package analysis

import (
	"fmt"
	"strings"
)

// maxProblems is how many problems an error lists; the rest are counted.
const maxProblems = 20

// ProblemList is what is wrong with an input, for the errors that embed it: the
// first 20 problems, and how many there are in all.
type ProblemList[P fmt.Stringer] struct {
	Problems []P
	Total    int
}

func (e *ProblemList[P]) Error() string {
	lines := make([]string, 0, len(e.Problems)+1)
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	if more := e.Total - len(e.Problems); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Add counts a problem, and lists it while there is room.
func (e *ProblemList[P]) Add(p P) {
	if e.Total++; len(e.Problems) < maxProblems {
		e.Problems = append(e.Problems, p)
	}
}
