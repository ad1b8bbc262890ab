package staff

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"hailong/survey"
	"hailong/web/page"
)

// WordOptions are choices whose labels are keys with the value at their end.
func WordOptions[T ~string](prefix string, values ...T) []page.Choice {
	options := make([]page.Choice, len(values))
	for i, v := range values {
		options[i] = page.Choice{Value: string(v), Label: prefix + string(v)}
	}
	return options
}

// PercentText writes a share for a field: 0.125 is "12.5".
func PercentText(share float64) string {
	return strconv.FormatFloat(math.Round(share*1000)/10, 'f', -1, 64)
}

// AllLanguages is a text in every language it is written in, for a comparison.
func AllLanguages(t survey.Text) string {
	var parts []string
	for lang, words := range t {
		parts = append(parts, string(lang)+": "+words)
	}
	slices.SortFunc(parts, func(a, b string) int { return strings.Compare(b, a) }) // vi before en
	return strings.Join(parts, "; ")
}

// SortChoices puts choices into the order of their labels.
func SortChoices(options []page.Choice) {
	slices.SortFunc(options, func(a, b page.Choice) int { return strings.Compare(survey.Fold(a.Label), survey.Fold(b.Label)) })
}

// Blank is the choice of nothing in a select.
func Blank(key string) page.Choice { return page.Choice{Label: key} }

// Families are the choices of a family that somebody has to do with.
func (m *SignedIn) Families(c *survey.Catalog) []survey.Family {
	return slices.DeleteFunc(slices.Clone(survey.Families), func(f survey.Family) bool { return !m.CoversFamily(f) })
}

// ChannelChoices are the ways in that a point can have.
func ChannelChoices() []page.Choice {
	options := make([]page.Choice, len(survey.Channels))
	for i, channel := range survey.Channels {
		options[i] = page.Choice{Value: string(channel), Label: "channel." + string(channel)}
	}
	return options
}

// SectorChoices are all sectors, in their order.
func SectorChoices(c *survey.Catalog, lang survey.Lang) []page.Choice {
	options := make([]page.Choice, len(c.Sectors))
	for i := range c.Sectors {
		options[i] = page.Choice{Value: string(c.Sectors[i].ID), Label: c.Sectors[i].Name.In(lang)}
	}
	return options
}

// FormChoices are the questionnaires of the families that somebody has to do
// with, the newest version of each.
func (m *SignedIn) FormChoices(c *survey.Catalog, lang survey.Lang) []page.Choice {
	var options []page.Choice
	for i := range c.Questionnaires {
		q := &c.Questionnaires[i]
		if q == c.Latest(q.Code) && m.CoversFamily(q.Family) {
			options = append(options, page.Choice{Value: string(q.Code), Label: q.Title.In(lang)})
		}
	}
	return options
}

// LevelChoices are the school levels to choose from.
func LevelChoices() []page.Choice {
	var options []page.Choice
	for _, l := range survey.SchoolLevels {
		options = append(options, page.Choice{Value: string(l), Label: "school_level." + string(l)})
	}
	return options
}

// DayOf reads a day as people or browsers write it. An invalid day is returned
// as it was typed, and the use case refuses it.
func DayOf(s string) survey.Date {
	if day, err := survey.ParseDate(s); err == nil {
		return day
	}
	return survey.Date(s)
}
