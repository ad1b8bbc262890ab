package disclosure

// Hierarchy is one way of dividing respondents, from coarse to fine: all, units,
// schools. The first level of every hierarchy is the single group of all.
type Hierarchy []Level

// Level is a division whose groups lie within the groups of the level above.
type Level struct {
	// Parent is, for each group, its place in the level above; {-1} in the first
	// level.
	Parent []int
	// Order lists the groups as they are tried; nil: by number. Numbers may
	// depend on who answered first, and of two equal groups the same one must be
	// hidden after a restart.
	Order []int
}

// Category is a group of one side of a table. The zero Category is that of all.
type Category struct{ Level, Number int }

// Everybody is the first level of every hierarchy.
func Everybody() Level { return Level{Parent: []int{-1}} }

// Size is the number of groups.
func (l Level) Size() int { return len(l.Parent) }

// Finest is the last level.
func (h Hierarchy) Finest() int { return len(h) - 1 }

// Ancestor is the group of a coarser level, or the same, in which a group lies.
func (h Hierarchy) Ancestor(g Category, level int) Category {
	for ; g.Level > level; g.Level-- {
		g.Number = h[g.Level].Parent[g.Number]
	}
	return g
}

// families lists the groups of a level by the group above, in Order.
func (l Level) families() [][]int {
	var families [][]int
	place := map[int]int{}
	for k := range l.Parent {
		number := k
		if l.Order != nil {
			number = l.Order[k]
		}
		parent := l.Parent[number]
		f, ok := place[parent]
		if !ok {
			f = len(families)
			place[parent] = f
			families = append(families, nil)
		}
		families[f] = append(families[f], number)
	}
	return families
}

// Members lists the groups of the finest level that lie in a group.
func (h Hierarchy) Members(g Category) []int {
	var members []int
	for number := range h[h.Finest()].Parent {
		if h.Ancestor(Category{h.Finest(), number}, g.Level).Number == g.Number {
			members = append(members, number)
		}
	}
	return members
}
