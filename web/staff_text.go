package web

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/survey/registry"
)

// editor changes the catalogue for a handler.
func (s *Server) editor() *registry.Editor {
	return &registry.Editor{Changes: s.changes, Catalog: s.config.Catalog, Random: rand.Reader}
}

func (s *Server) drafts() *questions.Drafts {
	return &questions.Drafts{Changes: s.changes, Catalog: s.config.Catalog}
}

// Words is what was typed into the fields of a text, one for each language:
// "name.vi", "name.en".
func (f form) Words(name string) survey.Text {
	t := survey.Text{}
	for key := range f.values {
		if lang, ok := strings.CutPrefix(key, name+"."); ok && survey.Lang(lang).Valid() {
			if words := f.Value(key); words != "" {
				t[survey.Lang(lang)] = words
			}
		}
	}
	return t
}

// fill writes a text into its fields.
func (f form) fill(name string, t survey.Text) {
	for lang, words := range t {
		f.values.Set(name+"."+string(lang), words)
	}
}

// rev is the revision of a document that the person saw.
func (f form) rev() int64 {
	n, _ := strconv.ParseInt(f.Value("rev"), 10, 64)
	return n
}

// revised is the form that keeps what was typed over revision rev.
func (f form) revised(rev int64) form {
	f.values.Set("rev", strconv.FormatInt(rev, 10))
	return f
}

// both is a text in every language it is written in, for a comparison.
func both(t survey.Text) string {
	var parts []string
	for lang, words := range t {
		parts = append(parts, string(lang)+": "+words)
	}
	slices.SortFunc(parts, func(a, b string) int { return strings.Compare(b, a) }) // vi before en
	return strings.Join(parts, "; ")
}

// sortOptions puts choices into the order of their labels.
func sortOptions(options []option) {
	slices.SortFunc(options, func(a, b option) int { return strings.Compare(survey.Fold(a.Label), survey.Fold(b.Label)) })
}

// blank is the choice of nothing in a select.
func blank(key string) option { return option{Label: key} }

// families are the choices of a family that somebody has to do with.
func (m *signedIn) families(c *survey.Catalog) []survey.Family {
	return slices.DeleteFunc(slices.Clone(survey.Families), func(f survey.Family) bool { return !m.Covers(c, "", f) })
}

// channelOptions are the ways in that a point can have.
func channelOptions() []option {
	options := make([]option, len(survey.Channels))
	for i, channel := range survey.Channels {
		options[i] = option{Value: string(channel), Label: "channel." + string(channel)}
	}
	return options
}

// sectorOptions are all sectors, in their order.
func sectorOptions(c *survey.Catalog, lang survey.Lang) []option {
	options := make([]option, len(c.Sectors))
	for i := range c.Sectors {
		options[i] = option{Value: string(c.Sectors[i].ID), Label: c.Sectors[i].Name.In(lang)}
	}
	return options
}

// formOptions are the questionnaires of the families that somebody has to do
// with, the newest version of each.
func (m *signedIn) formOptions(c *survey.Catalog, lang survey.Lang) []option {
	var options []option
	for i := range c.Questionnaires {
		q := &c.Questionnaires[i]
		if q == c.Latest(q.Code) && m.Covers(c, "", q.Family) {
			options = append(options, option{Value: string(q.Code), Label: q.Title.In(lang)})
		}
	}
	return options
}
