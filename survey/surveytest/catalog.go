package surveytest

import (
	"hailong/survey"
)

// Catalog returns a small catalogue, its units merged and split by the reform of
// 1 July 2025.
func Catalog() *survey.Catalog {
	old := survey.Span{To: "2025-06-30"}
	now := survey.Span{From: "2025-07-01"}
	c := &survey.Catalog{
		Units: []survey.Unit{
			{ID: "province", Kind: survey.Province},
			{ID: "area", Kind: survey.Area, Parent: "province"},
			{ID: "town", Kind: survey.Commune, Parent: "area", Valid: old, Successors: []survey.UnitID{"merged"}},
			{ID: "split", Kind: survey.Commune, Parent: "area", Valid: old, Successors: []survey.UnitID{"merged", "same"}},
			{ID: "unknown", Kind: survey.Commune, Parent: "area", Valid: old},
			{ID: "same", Kind: survey.Commune, Parent: "area"},
			{ID: "merged", Kind: survey.Commune, Parent: "area", Valid: now},
			{ID: "town-shop", Kind: survey.OneStop, Parent: "town", Valid: old, Successors: []survey.UnitID{"centre"}},
			{ID: "split-shop", Kind: survey.OneStop, Parent: "split", Valid: old},
			{ID: "centre", Kind: survey.OneStop, Parent: "merged", Valid: now},
			{ID: "school", Kind: survey.School, Parent: "same"},
			{ID: "ring-a", Kind: survey.Commune, Parent: "ring-b"},
			{ID: "ring-b", Kind: survey.Commune, Parent: "ring-a"},
		},
		Questionnaires: []survey.Questionnaire{
			{Code: "b", Version: 1, Order: 2}, {Code: "a", Version: 2, Order: 1}, {Code: "a", Version: 1, Order: 1},
		},
		Sectors: []survey.Sector{{ID: "other", Order: 2}, {ID: "land", Order: 1}},
		Points:  []survey.Point{{Code: "P2", Order: 2}, {Code: "P1", Order: 1}},
	}
	return c.Index()
}
