package staff

import (
	"hailong/survey"
	"hailong/web/page"
)

// GrantChoices are the parts of the world a scope can name.
type GrantChoices struct {
	Units, Schools []page.Option
}

// GrantChoices lists the units that exist today; schools, of which there are
// many, apart.
func (p *Pages) GrantChoices(lang survey.Lang) GrantChoices {
	var choices GrantChoices
	catalog := p.Catalog()
	for _, kind := range survey.UnitKinds {
		for i := range catalog.Units {
			unit := &catalog.Units[i]
			if unit.Kind != kind || !unit.Valid.Contains(p.Today()) {
				continue
			}
			o := page.Option{Value: string(unit.ID), Label: unit.Name.In(lang)}
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
func (GrantChoices) Roles() []page.Option { return RoleOptions() }

// Families are the choices of questionnaire families.
func (GrantChoices) Families() []page.Option {
	options := make([]page.Option, len(survey.Families))
	for i, f := range survey.Families {
		options[i] = page.Option{Value: string(f), Label: "family." + string(f)}
	}
	return options
}

func RoleOptions() []page.Option {
	options := make([]page.Option, len(survey.Roles))
	for i, r := range survey.Roles {
		options[i] = page.Option{Value: string(r), Label: "role." + string(r)}
	}
	return options
}
