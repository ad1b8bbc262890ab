package web

import (
	"fmt"
	"slices"

	"hailong/web/page"
	"hailong/web/public"
	"hailong/web/staff"
	"hailong/web/staff/auditlog"
	"hailong/web/staff/campaigns"
	"hailong/web/staff/devices"
	"hailong/web/staff/help"
	"hailong/web/staff/paper"
	"hailong/web/staff/people"
	"hailong/web/staff/privacy"
	"hailong/web/staff/questions"
	"hailong/web/staff/registry"
	"hailong/web/staff/sampling"
	"hailong/web/staff/slips"
	"hailong/web/staff/suspects"
)

// staffRoom is the pages about one noun.
type staffRoom interface{ Routes() []staff.Route }

// newRooms makes the rooms of staff, in the order of the table of routes, and
// returns where their first page gets what it shows. The package comment lists
// what else a new noun touches.
func (s *Server) newRooms() staff.HomeSources {
	v := &s.services
	registry := registry.New(s.Pages, v.Editor, v.Transactions)
	privacy := privacy.New(s.Pages, v.Changes)
	paper := paper.New(s.Pages, v.Batches, v.Rechecks, v.Editor)
	suspects := suspects.New(s.Pages, v.Quarantine, v.Transactions, v.Published)
	s.rooms = []staffRoom{
		auditlog.New(s.Pages),
		help.New(s.Pages),
		people.New(s.Pages),
		registry,
		questions.New(s.Pages, v.Drafts),
		campaigns.New(s.Pages, v.Campaigns, v.Published, v.Batches, v.Rechecks, v.Quarantine, v.Transactions),
		sampling.New(s.Pages, v.Samples, v.Campaigns),
		paper,
		slips.New(s.Pages, v.Slips),
		devices.New(s.Pages, v.Proofs),
		suspects,
		privacy,
	}
	return staff.HomeSources{Health: v.Health, Points: registry.PointSummary, Tasks: []staff.TaskSource{privacy.Tasks, suspects.Tasks, paper.Tasks}}
}

// templates are those of every room.
func templates() []page.Room {
	return []page.Room{
		public.Templates(), staff.Templates(), people.Templates(), registry.Templates(), questions.Templates(),
		campaigns.Templates(), sampling.Templates(), paper.Templates(), slips.Templates(), devices.Templates(),
		suspects.Templates(), privacy.Templates(), auditlog.Templates(), help.Templates(),
	}
}

// staffRoutes is what lies behind the login, room by room, with what each
// request needs. The server refuses to start with a line that names no
// permission.
func (s *Server) staffRoutes() []staff.Route {
	routes := s.area.Routes()
	for _, room := range s.rooms {
		routes = slices.Concat(routes, room.Routes())
	}
	return routes
}

// LoadViews parses the pages of every room. An error is a fault in an embedded
// template, locale or file.
func LoadViews() (*page.Views, error) {
	locales, err := page.LoadLocales()
	if err != nil {
		return nil, err
	}
	assets, err := page.LoadAssets()
	if err != nil {
		return nil, err
	}
	return page.LoadViews(locales, assets, templates()...)
}

// newPages is what every page needs.
func newPages(config *Config, services *Services) (*staff.Pages, error) {
	proxies, err := page.ParseProxies(config.Proxies)
	if err != nil {
		return nil, fmt.Errorf("a trusted proxy is an address or a network, 10.0.0.5 or 172.16.0.0/12: %w", err)
	}
	views := config.Views
	if views == nil {
		if views, err = LoadViews(); err != nil {
			return nil, err
		}
	}
	return &staff.Pages{
		Site: &page.Site{
			Catalog: config.Catalog, Now: config.Now, Log: config.Log, PublicURL: config.PublicURL, Demo: config.Demo, LAN: config.LAN,
			Views: views, Assets: views.Assets, Rates: page.NewRates(config.Now), Proxies: proxies,
		},
		Accounts: services.Accounts, Audit: services.Audit, Store: services.Store, ReloadCatalog: config.Reload,
	}, nil
}
