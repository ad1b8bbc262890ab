package page

import (
	"hailong/survey"
)

// PlaceOf is the name of a point's unit.
func (s *Site) PlaceOf(code survey.PointCode) survey.Text {
	catalog := s.Catalog()
	if point := catalog.Point(code); point != nil {
		if unit := catalog.UnitOn(point.Unit, s.Today()); unit != nil {
			return unit.Name
		}
	}
	return nil
}
