package exchange

import (
	"hailong/survey"
)

// Finder finds units and sectors as the rows of a file name them. A message
// says what is wrong with the name; it is nil if nothing is.
type Finder struct {
	Catalog  *survey.Catalog
	Campaign *survey.Campaign
}

// Unit finds the unit that has an id, or the only one of the campaign's frame
// that has a government code or a name. The unit must be one of the campaign:
// another is returned together with a message.
func (f Finder) Unit(given string) (survey.UnitID, *survey.Message) {
	if given == "" {
		return "", &survey.Message{Key: "import.no_unit"}
	}
	found := f.units(given)
	switch {
	case len(found) == 0:
		return "", &survey.Message{Key: "import.unknown_unit", Args: []any{given}}
	case len(found) > 1:
		return "", &survey.Message{Key: "import.ambiguous_unit", Args: []any{given, string(found[0].ID), string(found[1].ID)}}
	}
	return found[0].ID, f.covered(found[0].ID)
}

// covered says that a unit is not one of the campaign, if so.
func (f Finder) covered(unit survey.UnitID) *survey.Message {
	if f.Catalog.Covers(f.Campaign, unit) {
		return nil
	}
	return &survey.Message{Key: "import.unit_outside", Args: []any{string(unit)}}
}

// units finds the unit with an id, or those of the campaign's frame with a
// government code or a name.
func (f Finder) units(given string) []*survey.Unit {
	if u := f.Catalog.Unit(survey.UnitID(given)); u != nil {
		return []*survey.Unit{u}
	}
	var found []*survey.Unit
	folded := survey.Fold(given)
	for i := range f.Catalog.Units {
		u := &f.Catalog.Units[i]
		if !u.Valid.Contains(f.Campaign.Frame) && f.Campaign.Frame != "" {
			continue
		}
		named := u.Code == given
		for _, name := range u.Name {
			named = named || survey.Fold(name) == folded
		}
		if named {
			found = append(found, u)
		}
	}
	return found
}

// Sector finds a sector by its id or name; no name is no sector.
func (f Finder) Sector(given string) (survey.SectorID, *survey.Message) {
	if given == "" {
		return "", nil
	}
	if s := f.Catalog.Sector(survey.SectorID(given)); s != nil {
		return s.ID, nil
	}
	folded := survey.Fold(given)
	for _, s := range f.Catalog.Sectors {
		for _, name := range s.Name {
			if survey.Fold(name) == folded {
				return s.ID, nil
			}
		}
	}
	return "", &survey.Message{Key: "import.unknown_sector", Args: []any{given}}
}
