package campaigns

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/web/page"
)

// figuresWaiting is how many responses of a unit wait for a later release.
type figuresWaiting struct {
	Name   string
	Path   string // to the figures of the unit; empty: it has none of its own
	Number int
	Enough bool // some of them enter the next release
}

// waitingUnits are the units whose responses wait, those where most do first.
func (h *Handlers) waitingUnits(campaign *survey.Campaign, waiting results.WaitingByUnit, l *page.Locale) []figuresWaiting {
	catalog, fewest := h.Catalog(), releases.FewestNew(campaign.Family)
	var units []figuresWaiting
	for id, n := range waiting {
		w := figuresWaiting{Name: string(id), Number: n.Total(), Enough: n.Enter(fewest)}
		if u := catalog.Unit(id); u != nil {
			w.Name = u.Name.In(l.Lang)
			if u.Kind == survey.School && campaign.Family == survey.Education {
				w.Path = figuresPath(campaign.ID, url.Values{"school": {string(id)}})
			}
		}
		units = append(units, w)
	}
	slices.SortFunc(units, func(a, b figuresWaiting) int {
		return cmp.Or(b.Number-a.Number, strings.Compare(a.Name, b.Name))
	})
	return units
}
