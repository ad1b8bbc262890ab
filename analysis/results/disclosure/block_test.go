package disclosure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What another table hides is completed by the counts of this one, and what
// another table has decided is taken as it is.
func TestProtectFollowsOtherTables(t *testing.T) {
	t.Parallel()
	rows, all := flat(4), Hierarchy{Everybody()}
	counts := respondents([][]int64{{20}, {30}, {40}, {50}})
	second := Category{Level: 1, Number: 1}
	hidden := NewCells(rows, all)
	hidden.Add(second, Category{})
	for name, c := range map[string]struct {
		table TwoWay
		want  string
	}{
		"NothingIsHidden":     {TwoWay{}, ". . . ."},
		"HiddenIsCompleted":   {TwoWay{Hidden: hidden}, "# # . ."},
		"DecidedIsNotChanged": {TwoWay{RowsDecided: map[int][]bool{1: {false, true, false, false}}}, ". # . ."},
		"BothAreKept":         {TwoWay{Hidden: hidden, RowsDecided: map[int][]bool{1: {false, false, false, true}}}, ". # . #"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.table.Rows, c.table.Columns, c.table.Threshold, c.table.Counts = rows, all, 5, counts
			if diff := cmp.Diff(c.want, draw(Protect(c.table))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of two equal groups the first in order is hidden, whatever its number.
func TestTheOrderDecidesBetweenEqualGroups(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		order []int
		want  string
	}{
		"ByNumber": {nil, "# # ."},
		"ByOrder":  {[]int{2, 1, 0}, "# . #"},
	} {
		rows := Hierarchy{Everybody(), {Parent: make([]int, 3), Order: c.order}}
		p := Protect(TwoWay{Rows: rows, Columns: Hierarchy{Everybody()}, Threshold: 5, Counts: respondents([][]int64{{3}, {9}, {9}})})
		if diff := cmp.Diff(c.want, draw(p)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Questions are counted apart: a group has as many respondents as its most
// answered question, and two hidden groups have as many as theirs together.
func TestRespondentsAreThoseOfTheMostAnsweredQuestion(t *testing.T) {
	t.Parallel()
	counts := [][]Counts{{{4, 0}}, {{0, 4}}, {{9, 9}}, {{20, 20}}}
	p := Protect(TwoWay{Rows: flat(4), Columns: Hierarchy{Everybody()}, Threshold: 5, Counts: counts})
	if diff := cmp.Diff("# # # .", draw(p)); diff != "" {
		t.Errorf("4 of one question and 4 of another may be the same 4 people: %s", diff)
	}
	if got := p.Counts(Category{}, Category{}); !cmp.Equal(got, Counts{33, 33}) {
		t.Errorf("all together %v, want 33 of each question", got)
	}
	if (Counts{}).Respondents() != 0 {
		t.Error("no questions have respondents")
	}
}

func TestShownEmpty(t *testing.T) {
	t.Parallel()
	p := Protect(TwoWay{Rows: flat(3), Columns: flat(2), Threshold: 5, Counts: respondents([][]int64{{0, 4}, {2, 1}, {30, 0}})})
	for _, c := range []struct {
		row, column int
		want        bool
	}{{0, 0, false}, {0, 1, false}, {2, 0, false}, {2, 1, !p.Hidden(Category{1, 2}, Category{1, 1})}} {
		if got := p.ShownEmpty(Category{1, c.row}, Category{1, c.column}); got != c.want {
			t.Errorf("row %d, column %d is shown as empty: %v, want %v", c.row, c.column, got, c.want)
		}
	}
}

func TestHierarchy(t *testing.T) {
	t.Parallel()
	h := Hierarchy{Everybody(), {Parent: []int{0, 0}}, {Parent: []int{1, 0, 1, 1}, Order: []int{3, 1, 0, 2}}}
	if got := h.Ancestor(Category{2, 3}, 1); got != (Category{1, 1}) {
		t.Errorf("the last group lies in %+v, want group 1 of level 1", got)
	}
	if got := h.Ancestor(Category{2, 3}, 0); got != (Category{}) {
		t.Errorf("the last group lies in %+v, want that of all", got)
	}
	if diff := cmp.Diff([]int{0, 2, 3}, h.Members(Category{1, 1})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]int{{3, 0, 2}, {1}}, h[2].families()); diff != "" {
		t.Error(diff)
	}
}
