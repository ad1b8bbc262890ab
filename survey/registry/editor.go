package registry

import (
	"io"

	"hailong/survey"
)

// Editor is what staff change in the catalogue: units, sectors and points. Each
// change expects the revision that was seen, and is in the audit log when its
// method returns. Whoever shares the catalogue reloads it afterwards.
type Editor struct {
	Changes *survey.Changes
	Catalog func() *survey.Catalog // as of now
	Random  io.Reader              // for the codes of points
}

func (e *Editor) today() survey.Date { return survey.DateOf(e.Changes.Now()) }

// unit is a change of a unit of revision seen.
func unit(actor survey.Actor, action survey.Action, id survey.UnitID, seen int64, do func(*survey.Unit) error) survey.Edit[survey.Unit] {
	return survey.Edit[survey.Unit]{Collection: survey.Units, ID: string(id), Seen: seen, Actor: actor, Action: action, Do: do}
}

// sector is a change of a sector of revision seen.
func sector(actor survey.Actor, action survey.Action, id survey.SectorID, seen int64, do func(*survey.Sector) error) survey.Edit[survey.Sector] {
	return survey.Edit[survey.Sector]{Collection: survey.Sectors, ID: string(id), Seen: seen, Actor: actor, Action: action, Do: do}
}

// point is a change of a point of revision seen.
func point(actor survey.Actor, action survey.Action, code survey.PointCode, seen int64, do func(*survey.Point) error) survey.Edit[survey.Point] {
	return survey.Edit[survey.Point]{Collection: survey.Points, ID: string(code), Seen: seen, Actor: actor, Action: action, Do: do}
}
