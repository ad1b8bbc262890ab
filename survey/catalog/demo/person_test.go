package demo

import (
	"slices"
	"testing"

	"hailong/survey"
	"hailong/survey/catalog"
)

// TestDemoDataFits holds that what demo.yaml says of items and sectors is about
// items and sectors that exist, and is used.
func TestDemoDataFits(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	data, err := readDemo()
	if err != nil {
		t.Fatal(err)
	}
	choices := map[string][]*survey.Item{} // by code: families may use the same
	written := map[string]bool{}
	for i := range c.Questionnaires {
		for _, it := range c.Questionnaires[i].Items() {
			if len(it.Options) > 0 {
				choices[it.Code] = append(choices[it.Code], it)
			}
			if it.Type == survey.TextItem || slices.ContainsFunc(it.Options, func(o survey.Option) bool { return o.Write }) {
				written[it.Code] = true
			}
		}
	}
	weighed := map[string]bool{}
	for _, choice := range data.Choices {
		weighed[choice.Item] = true
		if len(choices[choice.Item]) == 0 {
			t.Errorf("weights for item %q, which offers no choice", choice.Item)
		}
		for _, it := range choices[choice.Item] {
			for _, w := range [][]int{choice.Weights, choice.Poor} {
				if w != nil && len(w) != len(it.Options) {
					t.Errorf("%d weights for the %d options of %q", len(w), len(it.Options), choice.Item)
				}
			}
		}
	}
	for code := range choices {
		if !weighed[code] {
			t.Errorf("item %q has no weights: it would be answered evenly", code)
		}
	}
	for _, s := range data.Sectors {
		if c.Sector(s.ID) == nil || s.Weight <= 0 {
			t.Errorf("sector %q with weight %d", s.ID, s.Weight)
		}
	}
	for _, words := range data.Texts {
		if !written[words.Item] || len(words.Good)+len(words.Poor) == 0 {
			t.Errorf("texts for item %q", words.Item)
		}
	}
}
