package catalog

import (
	"slices"
	"time"

	"hailong/survey"
	"hailong/survey/source"
)

func checkUnits(f *source.File, units []survey.Unit) {
	byID := map[survey.UnitID]*survey.Unit{}
	for i := range units {
		u := &units[i]
		at := f.At("units[%d]", i)
		if !source.Slug.MatchString(string(u.ID)) {
			at.Field("id").Report("id %q: write small letters, digits and hyphens", u.ID)
		}
		if byID[u.ID] != nil {
			at.Field("id").Report("id %q stands twice", u.ID)
		}
		byID[u.ID] = u
	}
	for i := range units {
		u := &units[i]
		at := f.At("units[%d]", i)
		at.Field("name").RequireText(u.Name)
		at.Field("note").OptionalText(u.Note)
		switch {
		case u.Kind == survey.School:
			at.Field("kind").Report("a school: schools are imported, the catalogue holds none")
		case !slices.Contains(survey.UnitKinds, u.Kind):
			at.Field("kind").Report("unknown kind %q", u.Kind)
		}
		if len(u.Levels) > 0 {
			at.Field("levels").Report("only a school has levels")
		}
		checkSpan(at.Field("valid"), u.Valid)
		checkParent(at, u, byID)
		checkSuccessors(at, u, byID)
		for j := range units[:i] {
			if o := &units[j]; u.Code != "" && o.Code == u.Code && o.Kind == u.Kind && overlap(o.Valid, u.Valid) {
				at.Field("code").Report("code %q is also that of %q at the same time", u.Code, o.ID)
			}
		}
	}
}

func checkSpan(at source.Position, s survey.Span) {
	for _, end := range []struct {
		part string
		date survey.Date
	}{{"from", s.From}, {"to", s.To}} {
		if end.date != "" && !end.date.Valid() {
			at.Field(end.part).Report("%q is not a day: write it as 2025-06-30", end.date)
		}
	}
	if s.From != "" && s.To != "" && s.From > s.To {
		at.Report("ends on %s, before it begins on %s", s.To, s.From)
	}
}

func checkParent(at source.Position, u *survey.Unit, byID map[survey.UnitID]*survey.Unit) {
	at = at.Field("parent")
	if u.Parent == "" {
		if u.Kind != survey.Province {
			at.Report("%q has no parent; only a province stands alone", u.ID)
		}
		return
	}
	parent := byID[u.Parent]
	if parent == nil {
		at.Report("parent %q does not exist", u.Parent)
		return
	}
	if !covers(parent.Valid, u.Valid) {
		at.Report("parent %q does not exist during all of the unit's time", u.Parent)
	}
	seen := map[survey.UnitID]bool{u.ID: true}
	for p := parent; p != nil; p = byID[p.Parent] {
		if p.ID == u.ID {
			at.Report("%q lies below itself", u.ID)
			return
		}
		if seen[p.ID] { // a ring further up, reported there
			return
		}
		seen[p.ID] = true
	}
	if slices.Index(survey.UnitKinds, parent.Kind) >= slices.Index(survey.UnitKinds, u.Kind) {
		at.Report("a %s cannot lie below a %s", u.Kind, parent.Kind)
	}
}

// Successors cannot form a ring: each exists on the day after the end of the
// unit before it, so that along a chain the ends rise.
func checkSuccessors(at source.Position, u *survey.Unit, byID map[survey.UnitID]*survey.Unit) {
	if len(u.Successors) == 0 {
		return
	}
	if !u.Valid.To.Valid() {
		at.Field("successors").Report("%q has successors but no last day (valid.to)", u.ID)
		return
	}
	next := survey.DateOf(u.Valid.To.Time().Add(36 * time.Hour))
	for i, id := range u.Successors {
		at := at.Element("successors", i)
		s := byID[id]
		switch {
		case s == nil:
			at.Report("successor %q does not exist", id)
		case s.Kind != u.Kind:
			at.Report("successor %q is a %s, not a %s", id, s.Kind, u.Kind)
		case !s.Valid.Contains(next):
			at.Report("successor %q does not exist on %s", id, next)
		case slices.Contains(u.Successors[:i], id):
			at.Report("successor %q stands twice", id)
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

func checkSectors(f *source.File, sectors []survey.Sector) {
	if f.Broken {
		return
	}
	seen := map[survey.SectorID]bool{}
	for i, s := range sectors {
		at := f.At("sectors[%d]", i)
		if !source.Slug.MatchString(string(s.ID)) {
			at.Field("id").Report("id %q: write small letters, digits and hyphens", s.ID)
		}
		if seen[s.ID] {
			at.Field("id").Report("id %q stands twice", s.ID)
		}
		seen[s.ID] = true
		at.Field("name").RequireText(s.Name)
		if s.Group != "" && s.Group != survey.LandBuildInvest {
			at.Field("group").Report("unknown group %q", s.Group)
		}
	}
	if len(sectors) == 0 || sectors[len(sectors)-1].ID != survey.OtherSector {
		f.At("sectors").Report("the last sector must be %q", survey.OtherSector)
	}
}

func checkTargets(f *source.File, targets []survey.Target, sectors []survey.Sector) {
	seen := map[survey.TargetCode]bool{}
	for i, t := range targets {
		at := f.At("targets[%d]", i)
		if t.Code == "" {
			at.Report("a target without a code")
		}
		if seen[t.Code] {
			at.Field("code").Report("code %q stands twice", t.Code)
		}
		seen[t.Code] = true
		at.Field("title").RequireText(t.Title)
		at.Field("clause").RequireText(t.Clause)
		if t.Family != "" && !slices.Contains(survey.Families, t.Family) {
			at.Field("family").Report("unknown family %q", t.Family)
		}
		if t.Group != "" && t.Family != survey.Procedures {
			at.Field("group").Report("only a target of family %q can have a group of sectors", survey.Procedures)
		}
		if t.Group != "" && !slices.ContainsFunc(sectors, func(s survey.Sector) bool { return s.Group == t.Group }) {
			at.Field("group").Report("no sector is of group %q", t.Group)
		}
		if len(t.Milestones) == 0 {
			at.Report("target %q has no milestone", t.Code)
		}
		for j, m := range t.Milestones {
			at := at.Element("milestones", j)
			if !(m.Threshold > 0 && m.Threshold <= 1) {
				at.Field("threshold").Report("threshold %v is not a share above 0 and at most 1", m.Threshold)
			}
			if !m.Due.Valid() {
				at.Field("due").Report("%q is not a day: write it as 2025-12-31", m.Due)
			}
			if j > 0 && m.Due <= t.Milestones[j-1].Due {
				at.Field("due").Report("due dates must rise")
			}
		}
	}
}
