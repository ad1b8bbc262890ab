package results

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"

	"hailong/survey"
)

// editionCounts is what an edition was made of: how many respondents were in its
// finest groups, and which groups it shows. It is kept beside the text of the
// edition and shown to nobody. The next edition needs it, so that the two together
// tell no more than each.
type editionCounts struct {
	Atoms  map[cellName]int64 `json:"atoms"`
	Shown  []cellName         `json:"shown"`
	Hidden []cellName         `json:"hidden"`
	// Verified is the same of the verified responses alone; nil where there were none,
	// or their figures were not shown.
	Verified *editionCounts `json:"verified,omitempty"`
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

// cellName names a group of respondents by the keys of its dimensions, in the order
// of their names: "month=2026-01&unit=xa-bum-to". That of all is empty.
type cellName string

// cellKeys are the dimensions of a group, with its key in each.
type cellKeys map[Dimension]string

func (k cellKeys) name() cellName {
	values := url.Values{}
	for d, key := range k {
		values.Set(string(d), key)
	}
	return cellName(values.Encode())
}

func (n cellName) keys() cellKeys {
	values, _ := url.ParseQuery(string(n)) // written by name
	keys := cellKeys{}
	for d := range values {
		keys[Dimension(d)] = values.Get(d)
	}
	return keys
}

// with is the group in which keys hold too.
func (k cellKeys) with(more cellKeys) cellKeys {
	both := maps.Clone(k)
	maps.Copy(both, more)
	return both
}

// parts names every group that an atom lies in, by some of its dimensions.
func (k cellKeys) parts() []cellName {
	dimensions := slices.Sorted(maps.Keys(k))
	names := make([]cellName, 0, 1<<len(dimensions))
	for chosen := range 1 << len(dimensions) {
		some := cellKeys{}
		for i, d := range dimensions {
			if chosen&(1<<i) != 0 {
				some[d] = k[d]
			}
		}
		names = append(names, some.name())
	}
	return names
}

// shownRespondents are the groups that an edition shows, with the figures that say how
// many respondents they have. Items and factors are dimensions of theirs.
func (f *EditionFigures) shownRespondents() map[cellName]Figure {
	shown := map[cellName]Figure{}
	for i := range f.Tables {
		t := &f.Tables[i]
		where := cellKeys{}
		for d, key := range t.Where {
			where[Dimension(d)] = key
		}
		if !t.Overall.Suppressed {
			shown[where.name()] = t.Overall
		}
		for _, g := range t.Groups {
			if g.Figure.Suppressed || len(t.By) != 1 {
				continue
			}
			shown[groupKeys(where, t.By[0], g.Keys[0]).name()] = g.Figure
		}
	}
	return shown
}

// groupKeys is a group of a table within the groups that the table is filtered by.
// A school is the same group in its unit.
func groupKeys(where cellKeys, by Dimension, key string) cellKeys {
	if by == BySchool {
		return cellKeys{BySchool: key}
	}
	return where.with(cellKeys{by: key})
}
