package survey

import (
	"context"
)

// SectorEdit is what can be changed of a sector.
type SectorEdit struct {
	Name  Text
	Group SectorGroup
	Short bool
	Order int
}

// CreateSector makes a sector. It stands last but one: last is what somebody
// chooses who finds nothing fitting. Errors: Invalid with its Fields.
func (e *Editor) CreateSector(ctx context.Context, actor Actor, edit SectorEdit) (Sector, error) {
	catalog := e.Catalog()
	s := Sector{Rev: 1}
	if err := fillSector(&s, edit); err != nil {
		return Sector{}, err
	}
	slug := idPart(s.Name.In(Vietnamese))
	if slug == "" {
		slug = "sector"
	}
	s.ID = SectorID(slug)
	for n := 2; catalog.Sector(s.ID) != nil; n++ {
		s.ID = SectorID(slug + "-" + itoa(n))
	}
	if edit.Order == 0 {
		for _, o := range catalog.Sectors {
			if o.ID != OtherSector {
				s.Order = max(s.Order, o.Order+1)
			}
		}
		if other := catalog.Sector(OtherSector); other != nil && s.Order >= other.Order {
			if _, err := change(ctx, e, actor, "sector.edit", e.sectors(), string(other.ID), other.Rev, func(o *Sector) error {
				o.Order = s.Order + 1
				return nil
			}); err != nil {
				return Sector{}, err
			}
		}
	}
	if err := e.sectors().Insert(ctx, s); err != nil {
		return Sector{}, err
	}
	return s, e.Audit.Record(ctx, actor, "sector.create", "sectors/"+string(s.ID), nil, s)
}

// EditSector changes a sector of revision seen. Errors: Invalid, NotFound,
// Conflict.
func (e *Editor) EditSector(ctx context.Context, actor Actor, id SectorID, seen int64, edit SectorEdit) (Sector, error) {
	return change(ctx, e, actor, "sector.edit", e.sectors(), string(id), seen, func(s *Sector) error { return fillSector(s, edit) })
}

func fillSector(s *Sector, edit SectorEdit) error {
	s.Name, s.Group, s.Short = Text{}, edit.Group, edit.Short
	if edit.Order > 0 {
		s.Order = edit.Order
	}
	for lang, name := range edit.Name {
		if name = cleanText(name); name != "" {
			s.Name[lang] = name
		}
	}
	fields := map[string]Message{}
	checkName(fields, s.Name)
	if s.Group != "" && s.Group != LandBuildInvest {
		fields["group"] = Message{Key: "answer.unknown_choice"}
	}
	if edit.Order < 0 || edit.Order > 10000 {
		fields["order"] = Message{Key: "answer.out_of_range", Args: []any{1, 10000}}
	}
	return invalid("sector.invalid", "edit sector", fields)
}
