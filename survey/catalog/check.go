package catalog

import (
	"regexp"
	"slices"
	"time"

	"hailong/survey"
)

// slug is the shape of ids and codes of ours: they stand in addresses and file names.
var slug = regexp.MustCompile(`^[a-z0-9]+([-_][a-z0-9]+)*$`)

func checkUnits(f *file, units []survey.Unit) {
	byID := map[survey.UnitID]*survey.Unit{}
	for i := range units {
		u := &units[i]
		at := f.at("units[%d]", i)
		if !slug.MatchString(string(u.ID)) {
			at.in(".id").report("id %q: write small letters, digits and hyphens", u.ID)
		}
		if byID[u.ID] != nil {
			at.in(".id").report("id %q stands twice", u.ID)
		}
		byID[u.ID] = u
	}
	for i := range units {
		u := &units[i]
		at := f.at("units[%d]", i)
		at.in(".name").need(u.Name)
		at.in(".note").may(u.Note)
		switch {
		case u.Kind == survey.School:
			at.in(".kind").report("a school: schools are imported, the catalogue holds none")
		case !slices.Contains(survey.UnitKinds, u.Kind):
			at.in(".kind").report("unknown kind %q", u.Kind)
		}
		if len(u.Levels) > 0 {
			at.in(".levels").report("only a school has levels")
		}
		checkSpan(at.in(".valid"), u.Valid)
		checkParent(at, u, byID)
		checkSuccessors(at, u, byID)
		for j := range units[:i] {
			if o := &units[j]; u.Code != "" && o.Code == u.Code && o.Kind == u.Kind && overlap(o.Valid, u.Valid) {
				at.in(".code").report("code %q is also that of %q at the same time", u.Code, o.ID)
			}
		}
	}
}

func checkSpan(at place, s survey.Span) {
	for _, end := range []struct {
		part string
		date survey.Date
	}{{".from", s.From}, {".to", s.To}} {
		if end.date != "" && !end.date.Valid() {
			at.in(end.part).report("%q is not a day: write it as 2025-06-30", end.date)
		}
	}
	if s.From != "" && s.To != "" && s.From > s.To {
		at.report("ends on %s, before it begins on %s", s.To, s.From)
	}
}

func checkParent(at place, u *survey.Unit, byID map[survey.UnitID]*survey.Unit) {
	at = at.in(".parent")
	if u.Parent == "" {
		if u.Kind != survey.Province {
			at.report("%q has no parent; only a province stands alone", u.ID)
		}
		return
	}
	parent := byID[u.Parent]
	if parent == nil {
		at.report("parent %q does not exist", u.Parent)
		return
	}
	if !covers(parent.Valid, u.Valid) {
		at.report("parent %q does not exist during all of the unit's time", u.Parent)
	}
	seen := map[survey.UnitID]bool{u.ID: true}
	for p := parent; p != nil; p = byID[p.Parent] {
		if p.ID == u.ID {
			at.report("%q lies below itself", u.ID)
			return
		}
		if seen[p.ID] { // a ring further up, reported there
			return
		}
		seen[p.ID] = true
	}
	if slices.Index(survey.UnitKinds, parent.Kind) >= slices.Index(survey.UnitKinds, u.Kind) {
		at.report("a %s cannot lie below a %s", u.Kind, parent.Kind)
	}
}

// Successors cannot form a ring: each exists on the day after the end of the
// unit before it, so that along a chain the ends rise.
func checkSuccessors(at place, u *survey.Unit, byID map[survey.UnitID]*survey.Unit) {
	if len(u.Successors) == 0 {
		return
	}
	if !u.Valid.To.Valid() {
		at.in(".successors").report("%q has successors but no last day (valid.to)", u.ID)
		return
	}
	next := survey.DateOf(u.Valid.To.Time().Add(36 * time.Hour))
	for i, id := range u.Successors {
		at := at.nth(".successors", i)
		s := byID[id]
		switch {
		case s == nil:
			at.report("successor %q does not exist", id)
		case s.Kind != u.Kind:
			at.report("successor %q is a %s, not a %s", id, s.Kind, u.Kind)
		case !s.Valid.Contains(next):
			at.report("successor %q does not exist on %s", id, next)
		case slices.Contains(u.Successors[:i], id):
			at.report("successor %q stands twice", id)
		}
	}
}

// covers reports whether every day of inner lies in outer.
func covers(outer, inner survey.Span) bool {
	from := outer.From == "" || (inner.From != "" && inner.From >= outer.From)
	to := outer.To == "" || (inner.To != "" && inner.To <= outer.To)
	return from && to
}

func overlap(a, b survey.Span) bool {
	return (a.To == "" || b.From == "" || b.From <= a.To) && (b.To == "" || a.From == "" || a.From <= b.To)
}

func checkSectors(f *file, sectors []survey.Sector) {
	if f.broken {
		return
	}
	seen := map[survey.SectorID]bool{}
	for i, s := range sectors {
		at := f.at("sectors[%d]", i)
		if !slug.MatchString(string(s.ID)) {
			at.in(".id").report("id %q: write small letters, digits and hyphens", s.ID)
		}
		if seen[s.ID] {
			at.in(".id").report("id %q stands twice", s.ID)
		}
		seen[s.ID] = true
		at.in(".name").need(s.Name)
		if s.Group != "" && s.Group != survey.LandBuildInvest {
			at.in(".group").report("unknown group %q", s.Group)
		}
	}
	if len(sectors) == 0 || sectors[len(sectors)-1].ID != survey.OtherSector {
		f.at("sectors").report("the last sector must be %q", survey.OtherSector)
	}
}

func checkTargets(f *file, targets []survey.Target, sectors []survey.Sector) {
	seen := map[survey.TargetCode]bool{}
	for i, t := range targets {
		at := f.at("targets[%d]", i)
		if t.Code == "" {
			at.report("a target without a code")
		}
		if seen[t.Code] {
			at.in(".code").report("code %q stands twice", t.Code)
		}
		seen[t.Code] = true
		at.in(".title").need(t.Title)
		at.in(".clause").need(t.Clause)
		if t.Family != "" && !slices.Contains(survey.Families, t.Family) {
			at.in(".family").report("unknown family %q", t.Family)
		}
		if t.Group != "" && t.Family != survey.Procedures {
			at.in(".group").report("only a target of family %q can have a group of sectors", survey.Procedures)
		}
		if t.Group != "" && !slices.ContainsFunc(sectors, func(s survey.Sector) bool { return s.Group == t.Group }) {
			at.in(".group").report("no sector is of group %q", t.Group)
		}
		if len(t.Milestones) == 0 {
			at.report("target %q has no milestone", t.Code)
		}
		for j, m := range t.Milestones {
			at := at.nth(".milestones", j)
			if !(m.Threshold > 0 && m.Threshold <= 1) {
				at.in(".threshold").report("threshold %v is not a share above 0 and at most 1", m.Threshold)
			}
			if !m.Due.Valid() {
				at.in(".due").report("%q is not a day: write it as 2025-12-31", m.Due)
			}
			if j > 0 && m.Due <= t.Milestones[j-1].Due {
				at.in(".due").report("due dates must rise")
			}
		}
	}
}

func checkScales(f *file, scales []survey.Scale) {
	seen := map[string]bool{}
	for i, s := range scales {
		at := f.at("scales[%d]", i)
		if !slug.MatchString(s.ID) {
			at.in(".id").report("id %q: write small letters, digits and hyphens", s.ID)
		}
		if seen[s.ID] {
			at.in(".id").report("id %q stands twice", s.ID)
		}
		seen[s.ID] = true
		if len(s.Points) < 2 {
			at.in(".points").report("a scale needs at least two points")
		}
		for j, p := range s.Points {
			at := at.nth(".points", j)
			at.in(".label").need(p.Label)
			if p.Code != j+1 {
				at.in(".code").report("code %d: the points of a scale are 1, 2, 3…, from the worst", p.Code)
			}
			if p.Write {
				at.in(".write").report("a point of a scale asks for no words")
			}
		}
		if len(s.Satisfied) == 0 || len(s.Satisfied) >= len(s.Points) {
			at.in(".satisfied").report("some, not all points must count as satisfied")
		}
		for j, code := range s.Satisfied {
			if want := len(s.Points) - len(s.Satisfied) + 1 + j; code != want {
				at.nth(".satisfied", j).report("satisfied must be the upper end of the scale in rising order: %d stands where %d belongs", code, want)
			}
		}
	}
}
