package staff

import (
	"hailong/survey"
	"hailong/web/page"
)

// GrantChoices are the units and schools that a scope can name.
type GrantChoices struct {
	Units, Schools []page.Choice
}

// GrantChoices lists the units that exist today. Schools have a list of their
// own, because there are many.
func (p *Pages) GrantChoices(lang survey.Lang) GrantChoices {
	var choices GrantChoices
	catalog := p.Catalog()
	for _, kind := range survey.UnitKinds {
		for i := range catalog.Units {
			unit := &catalog.Units[i]
			if unit.Kind != kind || !unit.Valid.Contains(p.Today()) {
				continue
			}
			o := page.Choice{Value: string(unit.ID), Label: unit.Name.In(lang)}
			if kind == survey.School {
				choices.Schools = append(choices.Schools, o)
			} else {
				choices.Units = append(choices.Units, o)
			}
		}
	}
	return choices
}

// Roles are the choices of a role.
func (GrantChoices) Roles() []page.Choice { return RoleChoices() }

// Families are the choices of questionnaire families.
func (GrantChoices) Families() []page.Choice {
	options := make([]page.Choice, len(survey.Families))
	for i, f := range survey.Families {
		options[i] = page.Choice{Value: string(f), Label: "family." + string(f)}
	}
	return options
}

// RoleChoices are the choices of roles.
func RoleChoices() []page.Choice {
	options := make([]page.Choice, len(survey.Roles))
	for i, r := range survey.Roles {
		options[i] = page.Choice{Value: string(r), Label: "role." + string(r)}
	}
	return options
}
