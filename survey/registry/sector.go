package registry

import (
	"context"
	"strconv"

	"hailong/survey"
)

// SectorEdit is what can be changed of a sector.
type SectorEdit struct {
	Name  survey.Text
	Group survey.SectorGroup
	Short bool
	Order int
}

// CreateSector makes a sector. It stands last but one: last is what somebody
// chooses who finds nothing fitting. Errors: Invalid with its Fields.
func (e *Editor) CreateSector(ctx context.Context, actor survey.Actor, edit SectorEdit) (survey.Sector, error) {
	catalog := e.Catalog()
	s := survey.Sector{Rev: 1}
	if err := fillSector(&s, edit); err != nil {
		return survey.Sector{}, err
	}
	slug := idPart(s.Name.In(survey.Vietnamese))
	if slug == "" {
		slug = "sector"
	}
	s.ID = survey.SectorID(slug)
	for n := 2; catalog.Sector(s.ID) != nil; n++ {
		s.ID = survey.SectorID(slug + "-" + strconv.Itoa(n))
	}
	if edit.Order == 0 {
		for _, o := range catalog.Sectors {
			if o.ID != survey.OtherSector {
				s.Order = max(s.Order, o.Order+1)
			}
		}
		if other := catalog.Sector(survey.OtherSector); other != nil && s.Order >= other.Order {
			moved := *other
			moved.Order = s.Order + 1
			act := e.Changes.Begin(actor).Entry("sector.edit", "sectors/"+string(other.ID), other, moved)
			survey.Update(act, survey.Sectors, other.Rev, moved)
			act.Entry("sector.create", "sectors/"+string(s.ID), nil, s)
			survey.Create(act, survey.Sectors, s)
			return s, act.Do(ctx)
		}
	}
	return survey.Change(ctx, e.Changes, sector(actor, "sector.create", s.ID, 0, func(stored *survey.Sector) error {
		*stored = s
		return nil
	}))
}

// EditSector changes a sector of revision seen. Errors: Invalid, NotFound,
// Conflict.
func (e *Editor) EditSector(ctx context.Context, actor survey.Actor, id survey.SectorID, seen int64, edit SectorEdit) (survey.Sector, error) {
	return survey.Change(ctx, e.Changes, sector(actor, "sector.edit", id, seen, func(s *survey.Sector) error { return fillSector(s, edit) }))
}

func fillSector(s *survey.Sector, edit SectorEdit) error {
	s.Name, s.Group, s.Short = survey.Text{}, edit.Group, edit.Short
	if edit.Order > 0 {
		s.Order = edit.Order
	}
	for lang, name := range edit.Name {
		if name = survey.CleanText(name); name != "" {
			s.Name[lang] = name
		}
	}
	fields := survey.Fields{}
	checkName(fields, s.Name)
	if s.Group != "" && s.Group != survey.LandBuildInvest {
		fields.Add("group", "answer.unknown_choice")
	}
	if edit.Order < 0 || edit.Order > 10000 {
		fields.Add("order", "answer.out_of_range", 1, 10000)
	}
	return fields.Err("edit sector", "sector.invalid")
}
