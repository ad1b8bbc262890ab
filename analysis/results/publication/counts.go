package publication

import (
	"encoding/json"
	"maps"
	"slices"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// editionCounts is what an edition was made of: how many respondents were in its
// finest groups, and which groups it shows. It is kept beside the text of the
// edition and shown to nobody. The next edition needs it, so that the two together
// tell no more than each.
type editionCounts struct {
	Atoms map[tables.GroupName]int64 `json:"atoms"`
	// People is who was in them (columns.Respondents); nil in an edition of before that was
	// kept. There an equal number of people is taken for the same people.
	People map[tables.GroupName]uint64 `json:"people,omitempty"`
	Shown  []tables.GroupName          `json:"shown"`
	Hidden []tables.GroupName          `json:"hidden"`
	// Verified is the same of the verified responses alone; nil where there were none,
	// or their figures were not shown.
	Verified *editionCounts `json:"verified,omitempty"`
	// Items is the same of the answers to each item, and of who answered a factor, in
	// each unit; nil where no table shows them, and in an edition of before they were
	// kept (itemsOfText).
	Items *editionCounts `json:"items,omitempty"`
}

// people is who was in an atom, as far as that is known.
func (c *editionCounts) people(name tables.GroupName) columns.Respondents {
	return columns.Respondents{N: c.Atoms[name], Sum: c.People[name]}
}

func readEditionCounts(text string) (*editionCounts, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // an edition of before there were counts
	}
	var c editionCounts
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return nil, survey.NewError(survey.Internal, "read the counts of an edition", err)
	}
	return &c, nil
}

// partsOf names every group that an atom lies in, by some of its dimensions.
func partsOf(k tables.GroupKeys) []tables.GroupName {
	dimensions := slices.Sorted(maps.Keys(k))
	names := make([]tables.GroupName, 0, 1<<len(dimensions))
	for chosen := range 1 << len(dimensions) {
		some := tables.GroupKeys{}
		for i, d := range dimensions {
			if chosen&(1<<i) != 0 {
				some[d] = k[d]
			}
		}
		names = append(names, some.Name())
	}
	return names
}

// shownRespondents are the groups that an edition shows, with the figures that say how
// many respondents they have. Items and factors are dimensions of theirs.
func (f *EditionFigures) shownRespondents() map[tables.GroupName]tables.Figure {
	shown := map[tables.GroupName]tables.Figure{}
	for i := range f.Tables {
		t := &f.Tables[i]
		where := tables.GroupKeys{}
		for d, key := range t.Where {
			where[tables.Dimension(d)] = key
		}
		if !t.Overall.Suppressed {
			shown[where.Name()] = t.Overall
		}
		for _, g := range t.Groups {
			if g.Figure.Suppressed || len(t.By) != 1 {
				continue
			}
			shown[groupKeys(where, t.By[0], g.Keys[0]).Name()] = g.Figure
		}
	}
	return shown
}

// groupKeys is a group of a table within the groups that the table is filtered by.
// A school is the same group in its unit.
func groupKeys(where tables.GroupKeys, by tables.Dimension, key string) tables.GroupKeys {
	if by == tables.BySchool {
		return tables.GroupKeys{tables.BySchool: key}
	}
	return where.With(tables.GroupKeys{by: key})
}
