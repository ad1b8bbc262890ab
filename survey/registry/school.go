package registry

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"hailong/survey"
)

// SchoolRow is one line of a list of schools, as an office writes it.
type SchoolRow struct {
	Row   int    // its line in the file, for messages
	Name  string // "Trường PTDTBT Tiểu học …"
	Level string // one or several: "Tiểu học, THCS"
	Unit  string // where it is: id, code or name of a commune, or of the area it serves
	Code  string // the school's code, the same in every list
}

// SchoolList reads lists of schools against a catalogue.
type SchoolList struct {
	Catalog *survey.Catalog
	On      survey.Date // schools and communes are those in force on this day
	Random  io.Reader   // for the codes of points
	// KeepCommunePoints leaves the communes' own points in use. Otherwise a
	// commune's point for a level goes out of use with the first school of
	// that level: parents then answer for their school, not for the commune.
	KeepCommunePoints bool
	Demo              bool // the schools are invented, and say so
}

// SchoolPlan is what a list would change.
type SchoolPlan struct {
	New     []survey.Unit
	Changed []survey.Unit  // known schools with another name, level or place
	Same    []survey.Unit  // known and as in the list
	Points  []survey.Point // to be made
	Off     []survey.Point // communes' points to be taken out of use
}

// Plan compares a list with the catalogue. If anything is wrong with it, it
// returns every problem and no plan. A school is known by its code among the
// schools in force, so that the same list may be read again after corrections.
func (l SchoolList) Plan(rows []SchoolRow) (SchoolPlan, []survey.RowProblem, error) {
	var plan SchoolPlan
	var problems []survey.RowProblem
	lines := map[string]int{}
	ids := map[survey.UnitID]bool{}
	for _, row := range rows {
		u, bad := l.school(row, lines, ids)
		if len(bad) > 0 {
			problems = append(problems, bad...)
			continue
		}
		ids[u.ID] = true
		switch known := l.Catalog.Unit(u.ID); {
		case known == nil:
			plan.New = append(plan.New, u)
		case known.Name.In(survey.Vietnamese) == u.Name.In(survey.Vietnamese) && known.Parent == u.Parent && slices.Equal(known.Levels, u.Levels):
			plan.Same = append(plan.Same, *known)
		default:
			next := *known
			next.Rev++
			next.Name, next.Parent, next.Levels, next.Valid = u.Name, u.Parent, u.Levels, u.Valid
			plan.Changed = append(plan.Changed, next)
		}
	}
	if len(problems) > 0 {
		return SchoolPlan{}, problems, nil
	}
	err := l.points(&plan)
	return plan, nil, err
}

// school reads one row. lines and ids hold the codes and ids of earlier rows.
func (l SchoolList) school(row SchoolRow, lines map[string]int, ids map[survey.UnitID]bool) (survey.Unit, []survey.RowProblem) {
	var problems []survey.RowProblem
	bad := func(column, key string, args ...any) {
		problems = append(problems, survey.RowProblem{Row: row.Row, Column: column, Message: survey.Message{Key: key, Args: args}})
	}
	name, code := survey.CleanText(row.Name), survey.CleanText(row.Code)
	if name == "" {
		bad("name", "school.no_name")
	}
	levels, unknown := parseLevels(row.Level)
	switch {
	case unknown != "":
		bad("level", "school.unknown_level", unknown)
	case len(levels) == 0:
		bad("level", "school.no_level")
	}
	parent, key := l.place(row.Unit)
	if key != "" {
		bad("unit", key, strings.TrimSpace(row.Unit))
	}
	switch slug := idPart(code); {
	case code == "":
		bad("code", "school.no_code")
	case slug == "":
		bad("code", "school.bad_code", code)
	case lines[slug] != 0:
		bad("code", "school.code_twice", code, lines[slug])
	default:
		lines[slug] = row.Row
	}
	if len(problems) > 0 {
		return survey.Unit{}, problems
	}
	u := survey.Unit{
		Rev: 1, Code: code, Kind: survey.School, Name: survey.Text{survey.Vietnamese: name}, Parent: parent.ID,
		// The list does not say since when a school exists; in this frame of
		// units it has existed as long as the commune.
		Valid: survey.Span{From: parent.Valid.From}, Levels: levels, Demo: l.Demo,
	}
	u.ID = l.id(code, ids)
	return u, nil
}

// id returns the id of the school in force with a code, or a new one.
func (l SchoolList) id(code string, ids map[survey.UnitID]bool) survey.UnitID {
	slug := idPart(code)
	for i := range l.Catalog.Units {
		u := &l.Catalog.Units[i]
		if u.Kind == survey.School && idPart(u.Code) == slug && u.Valid.Contains(l.On) {
			return u.ID
		}
	}
	id := survey.UnitID("truong-" + slug)
	for n := 2; l.Catalog.Unit(id) != nil || ids[id]; n++ { // an ended school had the code
		id = survey.UnitID("truong-" + slug + "-" + strconv.Itoa(n))
	}
	return id
}

// idPart makes of a code what can stand in an id: small letters, digits, hyphens.
func idPart(code string) string {
	return strings.Join(strings.FieldsFunc(survey.Fold(code), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}

// place finds the unit that a school lies in, or says by a key why it cannot.
func (l SchoolList) place(s string) (*survey.Unit, string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, "school.no_unit"
	}
	if u := l.Catalog.Unit(survey.UnitID(s)); u != nil && (u.Kind == survey.Commune || u.Kind == survey.Area) {
		if !u.Valid.Contains(l.On) {
			return nil, "school.unit_ended"
		}
		return u, ""
	}
	var found *survey.Unit
	ended := false
	for i := range l.Catalog.Units {
		u := &l.Catalog.Units[i]
		// A spreadsheet may have dropped a code's leading zeros.
		matches := u.Code != "" && strings.TrimLeft(s, "0") == strings.TrimLeft(u.Code, "0") || communeName(s) == communeName(u.Name.In(survey.Vietnamese))
		switch {
		case u.Kind != survey.Commune && u.Kind != survey.Area || !matches:
		case !u.Valid.Contains(l.On):
			ended = true
		case found != nil:
			return nil, "school.unit_ambiguous"
		default:
			found = u
		}
	}
	switch {
	case found != nil:
		return found, ""
	case ended:
		return nil, "school.unit_ended"
	}
	return nil, "school.unit_unknown"
}

// communeName is a commune's name as people write it: with or without its
// kind, capitals and accents.
func communeName(s string) string {
	s = survey.Fold(s)
	for _, kind := range []string{"xa ", "phuong ", "thi tran "} {
		if rest, ok := strings.CutPrefix(s, kind); ok {
			return rest
		}
	}
	return s
}

var levelWords = map[string]survey.SchoolLevel{
	"preschool": survey.Preschool, "kindergarten": survey.Preschool, "mam non": survey.Preschool, "mn": survey.Preschool, "mau giao": survey.Preschool, "nha tre": survey.Preschool,
	"primary": survey.Primary, "tieu hoc": survey.Primary, "th": survey.Primary, "cap 1": survey.Primary,
	"lower_secondary": survey.LowerSecondary, "lower secondary": survey.LowerSecondary, "trung hoc co so": survey.LowerSecondary, "thcs": survey.LowerSecondary, "cap 2": survey.LowerSecondary,
	"continuing": survey.Continuing, "giao duc thuong xuyen": survey.Continuing, "gdtx": survey.Continuing, "gdnn-gdtx": survey.Continuing,
}

// parseLevels reads one or several levels of education, and returns the word
// that it does not know, if any.
func parseLevels(s string) (levels []survey.SchoolLevel, unknown string) {
	split := strings.NewReplacer("&", ",", "+", ",", "/", ",", ";", ",", " và ", ",", " and ", ",").Replace(norm.NFC.String(s))
	for word := range strings.SplitSeq(split, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		level, ok := levelWords[survey.Fold(word)]
		if !ok {
			return nil, word
		}
		if !slices.Contains(levels, level) {
			levels = append(levels, level)
		}
	}
	slices.SortFunc(levels, func(a, b survey.SchoolLevel) int {
		return slices.Index(survey.SchoolLevels, a) - slices.Index(survey.SchoolLevels, b)
	})
	return levels, ""
}

// points adds to a plan a point for each form that a school's levels call for
// and that it has none for, and takes out of use the communes' points that the
// schools replace.
func (l SchoolList) points(plan *SchoolPlan) error {
	order := 0
	served := map[survey.UnitID]map[survey.FormCode]bool{}
	for i := range l.Catalog.Points {
		p := &l.Catalog.Points[i]
		order = max(order, p.Order)
		if served[p.Unit] == nil {
			served[p.Unit] = map[survey.FormCode]bool{}
		}
		served[p.Unit][p.Form] = true
	}
	drawn := map[survey.PointCode]bool{}
	off := map[survey.PointCode]bool{}
	for _, schools := range [][]survey.Unit{plan.Same, plan.Changed, plan.New} {
		for _, u := range schools {
			for _, form := range l.forms(u.Levels) {
				if !l.KeepCommunePoints {
					l.replace(plan, u, form, off)
				}
				if served[u.ID][form] {
					continue
				}
				code, err := survey.DrawCode(l.Random, func(c survey.PointCode) bool { return drawn[c] || l.Catalog.Point(c) != nil })
				if err != nil {
					return err
				}
				drawn[code] = true
				order++
				plan.Points = append(plan.Points, survey.Point{Code: code, Rev: 1, Unit: u.ID, Form: form, Channel: survey.ChannelQR, Order: order})
			}
		}
	}
	return nil
}

// forms returns the questionnaires about education at some levels.
func (l SchoolList) forms(levels []survey.SchoolLevel) []survey.FormCode {
	var forms []survey.FormCode
	for _, q := range l.Catalog.Questionnaires {
		if q.Family == survey.Education && slices.Contains(levels, q.Level) && !slices.Contains(forms, q.Code) {
			forms = append(forms, q.Code)
		}
	}
	return forms
}

func (l SchoolList) replace(plan *SchoolPlan, school survey.Unit, form survey.FormCode, off map[survey.PointCode]bool) {
	for _, p := range l.Catalog.Points {
		u := l.Catalog.Unit(p.Unit)
		if p.Form != form || p.Off || off[p.Code] || u == nil || u.Kind != survey.Commune || !l.Catalog.Within(u.ID, school.Parent) {
			continue
		}
		off[p.Code] = true
		p.Off = true
		p.Rev++
		plan.Off = append(plan.Off, p)
	}
}

// Apply carries a plan out, as one act. Conflict: somebody else changed a school
// or a point meanwhile; plan again.
func (p SchoolPlan) Apply(ctx context.Context, changes *survey.Changes, actor survey.Actor) error {
	act := changes.Begin(actor).Entry("school.import", "schools", nil, p)
	survey.Create(act, survey.Units, p.New...)
	for _, u := range p.Changed {
		survey.Update(act, survey.Units, u.Rev-1, u)
	}
	survey.Create(act, survey.Points, p.Points...)
	for _, point := range p.Off {
		survey.Update(act, survey.Points, point.Rev-1, point)
	}
	return act.Do(ctx)
}
