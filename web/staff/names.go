package staff

import (
	"context"
	"slices"
	"strings"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/web/page"
)

// UnitNames are the names of units; one that is gone shows its id.
func UnitNames(catalog *survey.Catalog, ids []survey.UnitID) []survey.Text {
	names := make([]survey.Text, 0, len(ids))
	for _, id := range ids {
		if unit := catalog.Unit(id); unit != nil {
			names = append(names, unit.Name)
		} else {
			names = append(names, survey.Text{survey.Vietnamese: string(id)})
		}
	}
	return names
}

// NamesOf returns what people are called; whoever is gone is called by the
// login, and the empty login has no name.
func (p *Pages) NamesOf(ctx context.Context) (func(survey.Login) string, error) {
	all, err := p.Accounts.People(ctx)
	if err != nil {
		return nil, err
	}
	names := map[survey.Login]string{}
	for _, u := range all {
		names[u.Login] = strings.TrimSpace(u.Name)
	}
	return func(login survey.Login) string {
		if name := names[login]; name != "" {
			return name
		}
		return string(login)
	}, nil
}

// Surveyors are the people to whom forms and visits can be given, and whoever
// has them now.
func (p *Pages) Surveyors(ctx context.Context, now ...survey.Login) ([]people.User, error) {
	all, err := p.Accounts.People(ctx)
	return slices.DeleteFunc(all, func(u people.User) bool {
		return (u.Grant.Role != survey.Surveyor || u.Disabled) && !slices.Contains(now, u.Login)
	}), err
}

// SurveyorChoices are Surveyors to choose from, each with the login.
func (p *Pages) SurveyorChoices(ctx context.Context, now ...survey.Login) ([]page.Choice, error) {
	surveyors, err := p.Surveyors(ctx, now...)
	var options []page.Choice
	for _, u := range surveyors {
		options = append(options, page.Choice{Value: string(u.Login), Label: u.Name + " (" + string(u.Login) + ")"})
	}
	return options, err
}

// BatchReach is how far a batch reaches: the unit of its point, and the family of its
// campaign.
func BatchReach(catalog *survey.Catalog, batch *paper.Batch) survey.Reach {
	var unit survey.UnitID
	var family survey.Family
	if point := catalog.Point(batch.Point); point != nil {
		unit = point.Unit
	}
	if campaign := catalog.Campaign(batch.Campaign); campaign != nil {
		family = campaign.Family
	}
	return survey.OfUnit(unit).In(family)
}

// WalkUnits visits the units from the top of the tree, those below one by kind
// and name. Units whose parent ended before a day lie below its successor.
func WalkUnits(c *survey.Catalog, on survey.Date, visit func(u *survey.Unit, depth int)) {
	seen := map[survey.UnitID]bool{}
	var walk func(parent survey.UnitID, depth int)
	walk = func(parent survey.UnitID, depth int) {
		children := slices.Clone(c.ChildrenOn(parent, on))
		slices.SortStableFunc(children, func(a, b *survey.Unit) int {
			if d := slices.Index(survey.UnitKinds, a.Kind) - slices.Index(survey.UnitKinds, b.Kind); d != 0 {
				return d
			}
			return strings.Compare(survey.Fold(a.Name.In(survey.Vietnamese)), survey.Fold(b.Name.In(survey.Vietnamese)))
		})
		for _, u := range children {
			if !seen[u.ID] { // a ring in the data must not hang a page
				seen[u.ID] = true
				visit(u, depth)
				walk(u.ID, depth+1)
			}
		}
	}
	walk("", 0)
	for i := range c.Units { // whose parent is missing
		if u := &c.Units[i]; !seen[u.ID] && c.Unit(u.Parent) == nil {
			seen[u.ID] = true
			visit(u, 0)
			walk(u.ID, 1)
		}
	}
}

// PointName tells points of a unit apart: unit, what the counter is called or is
// about, and form.
func (p *Pages) PointName(point *survey.Point, lang survey.Lang) string {
	catalog := p.Catalog()
	name := p.PlaceOf(point.Code).In(lang)
	if label := point.Label.In(lang); label != "" {
		name += " · " + label
	} else if sector := catalog.Sector(point.Sector); sector != nil {
		name += " · " + sector.Name.In(lang)
	}
	if form := catalog.Latest(point.Form); form != nil {
		name += " – " + form.Title.In(lang)
	}
	return name
}
