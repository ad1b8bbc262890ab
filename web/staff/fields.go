package staff

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hailong/survey"
	"hailong/web/page"
)

// WordOptions are choices whose labels are keys with the value at their end.
func WordOptions[T ~string](prefix string, values ...T) []page.Option {
	options := make([]page.Option, len(values))
	for i, v := range values {
		options[i] = page.Option{Value: string(v), Label: prefix + string(v)}
	}
	return options
}

func PercentText(share float64) string {
	return strconv.FormatFloat(math.Round(share*1000)/10, 'f', -1, 64)
}

// wholeNumber is written with or without separators of thousands. Of "1.5" it
// cannot be told that it was meant as 15.
var wholeNumber = regexp.MustCompile(`^(\d{1,9}|\d{1,3}([., \x{a0}]\d{3}){1,2})$`)

// WholeTyped reads a whole number; what is none, or has more than nine digits,
// is -1, which no field takes.
func WholeTyped(s string) int {
	if s = strings.TrimSpace(s); !wholeNumber.MatchString(s) {
		return -1
	}
	n, _ := strconv.Atoi(strings.NewReplacer(".", "", ",", "", " ", "", "\u00a0", "").Replace(s)) // digits alone
	return n
}

// Both is a text in every language it is written in, for a comparison.
func Both(t survey.Text) string {
	var parts []string
	for lang, words := range t {
		parts = append(parts, string(lang)+": "+words)
	}
	slices.SortFunc(parts, func(a, b string) int { return strings.Compare(b, a) }) // vi before en
	return strings.Join(parts, "; ")
}

// SortOptions puts choices into the order of their labels.
func SortOptions(options []page.Option) {
	slices.SortFunc(options, func(a, b page.Option) int { return strings.Compare(survey.Fold(a.Label), survey.Fold(b.Label)) })
}

// Blank is the choice of nothing in a select.
func Blank(key string) page.Option { return page.Option{Label: key} }

// Families are the choices of a family that somebody has to do with.
func (m *SignedIn) Families(c *survey.Catalog) []survey.Family {
	return slices.DeleteFunc(slices.Clone(survey.Families), func(f survey.Family) bool { return !m.Covers(c, "", f) })
}

// ChannelOptions are the ways in that a point can have.
func ChannelOptions() []page.Option {
	options := make([]page.Option, len(survey.Channels))
	for i, channel := range survey.Channels {
		options[i] = page.Option{Value: string(channel), Label: "channel." + string(channel)}
	}
	return options
}

// SectorOptions are all sectors, in their order.
func SectorOptions(c *survey.Catalog, lang survey.Lang) []page.Option {
	options := make([]page.Option, len(c.Sectors))
	for i := range c.Sectors {
		options[i] = page.Option{Value: string(c.Sectors[i].ID), Label: c.Sectors[i].Name.In(lang)}
	}
	return options
}

// FormOptions are the questionnaires of the families that somebody has to do
// with, the newest version of each.
func (m *SignedIn) FormOptions(c *survey.Catalog, lang survey.Lang) []page.Option {
	var options []page.Option
	for i := range c.Questionnaires {
		q := &c.Questionnaires[i]
		if q == c.Latest(q.Code) && m.Covers(c, "", q.Family) {
			options = append(options, page.Option{Value: string(q.Code), Label: q.Title.In(lang)})
		}
	}
	return options
}

// LevelOptions are the school levels to choose from.
func LevelOptions() []page.Option {
	var options []page.Option
	for _, l := range survey.SchoolLevels {
		options = append(options, page.Option{Value: string(l), Label: "school_level." + string(l)})
	}
	return options
}

// DayOf reads a day as people or browsers write it; what is none stays as it
// was typed, for the domain to refuse.
func DayOf(s string) survey.Date {
	if day, err := survey.ParseDate(s); err == nil {
		return day
	}
	return survey.Date(s)
}
