package staff

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
	"hailong/web/page"
)

// Pages is what every staff page needs of the server.
type Pages struct {
	*page.Site
	Accounts      *people.Accounts
	Audit         *audit.Log
	Store         survey.Store
	ReloadCatalog func(context.Context) error // reads the catalogue again; nil where it cannot change
}

// BasePage is what every staff page knows; page structs embed it in the place of
// page.Page.
type BasePage struct {
	page.Page
	Me     *SignedIn
	Title  string // key of the heading, or the heading itself where it is a name
	Crumbs []crumb
	Done   string // key of a sentence that says what the last request did
	CSRF   string

	catalog *survey.Catalog
}

// crumb is a page above this one.
type crumb struct{ Path, Label string }

// NewPage returns what every staff page knows. title is a key, or a name;
// crumbs are pairs of a path and a key or name, from the top.
func (p *Pages) NewPage(c *fiber.Ctx, who *SignedIn, title string, crumbs ...string) BasePage {
	known := BasePage{Page: p.Page(c), Me: who, Title: title, CSRF: who.csrf, catalog: p.Catalog()}
	for i := 0; i+1 < len(crumbs); i += 2 {
		known.Crumbs = append(known.Crumbs, crumb{crumbs[i], crumbs[i+1]})
	}
	p.showDone(&known)
	return known
}

// AddCrumb adds a page between those above this one and this one.
func (b *BasePage) AddCrumb(path, label string) { b.Crumbs = append(b.Crumbs, crumb{path, label}) }

// showDone shows what the last request did. Only a sentence of ours can be made
// to appear.
func (p *Pages) showDone(known *BasePage) {
	if done := known.Query.Get("done"); done != "" {
		if _, ok := p.Views.Locales[known.Lang].Messages["done."+done]; ok {
			known.Done = "done." + done
		}
		known.Query.Del("done")
	}
}

// outsidePage is a staff page for somebody who is not signed in.
func (p *Pages) outsidePage(c *fiber.Ctx, title string) BasePage {
	known := BasePage{Page: p.Page(c), Title: title, CSRF: p.FormToken(c)}
	p.showDone(&known)
	return known
}

// Done leads to a page after something was changed, which then says so with
// the sentence "done.WHAT".
func (p *Pages) Done(c *fiber.Ctx, path, what string) error {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return c.Redirect(p.Page(c).Link(path+separator+page.AsQuery("done", what)), fiber.StatusSeeOther)
}

// navItem is a line of the navigation.
type navItem struct {
	Path, Key string
	Here      bool // this page or one below it
}

// staffNav is the navigation in its order. A person sees what their role may.
func staffNav() []struct {
	path, key  string
	permission survey.Permission
} {
	return []struct {
		path, key  string
		permission survey.Permission
	}{
		{"/staff", "staff.nav.home", survey.SeeOwnAccount},
		{"/staff/campaigns", "campaign.list", survey.SeeProgress},
		{"/staff/visits", "visit.list", survey.VisitSample},
		{"/staff/batches", "batch.list", survey.SeeBatches},
		{"/staff/rechecks", "recheck.list", survey.Recheck},
		{"/staff/points", "point.list", survey.SeeCatalog},
		{"/staff/devices", "device.list", survey.EditPoints},
		{"/staff/units", "unit.list", survey.SeeCatalog},
		{"/staff/schools", "school.list", survey.SeeCatalog},
		{"/staff/sectors", "sector.list", survey.SeeCatalog},
		{"/staff/questionnaires", "questionnaire.list", survey.SeeCatalog},
		{"/staff/slips", "slip.title", survey.IssueSlips},
		{"/staff/users", "user.list", survey.ManageUsers},
		{"/staff/tokens", "token.list", survey.ManageUsers},
		{"/staff/security", "security.title", survey.ManageUsers},
		{"/staff/privacy", "privacy.rules.title", survey.EditPrivacy},
		{"/staff/audit", "audit.title", survey.ReadAudit},
		{"/staff/help", "help.title", survey.SeeOwnAccount},
		{"/staff/account", "account.title", survey.SeeOwnAccount},
	}
}

// Nav is the navigation as this person sees it.
func (p BasePage) Nav() []navItem {
	var items []navItem
	for _, item := range staffNav() {
		if p.Me.May(item.permission) {
			here := p.URLPath == item.path || (item.path != StaffPrefix && strings.HasPrefix(p.URLPath, item.path+"/"))
			items = append(items, navItem{Path: item.path, Key: item.key, Here: here})
		}
	}
	return items
}

// ViewFields are the hidden fields with which a form that searches keeps
// language and text size.
func (p BasePage) ViewFields() map[string]string {
	query := url.Values{}
	p.View.Set(query)
	fields := map[string]string{}
	for name := range query {
		fields[name] = query.Get(name)
	}
	return fields
}

// May reports whether to offer something.
func (p BasePage) May(permission string) bool { return p.Me.May(survey.Permission(permission)) }

// MayEverywhere reports whether to offer something that concerns every unit.
func (p BasePage) MayEverywhere(permission string) bool {
	return p.May(permission) && p.Me.Covers(p.catalog, survey.Everywhere())
}

// MayOn reports whether to offer something that concerns a whole campaign.
func (p BasePage) MayOn(permission string, id survey.CampaignID) bool {
	campaign := p.catalog.Campaign(id)
	return p.May(permission) && campaign != nil && p.Me.Covers(p.catalog, campaign.Reach())
}

// Confirmation asks before something that is hard to undo.
type Confirmation struct {
	BasePage
	Text     survey.Message
	Facts    []survey.Message // what will follow from it
	Action   string           // where the form is posted to
	Button   string           // key
	Danger   bool
	Cancel   string // path to go back to
	Fields   map[string]string
	Warnings []Warning // what has to be looked at first; a tick says that it was
	Form     page.Form // with what is wrong with the tick

	Conflict *Conflict // somebody else was first
}

// Warning is something that speaks against a step, with where to see it.
type Warning struct {
	Text  survey.Message
	Links []WarningLink
}

// WarningLink leads to what a warning is about.
type WarningLink struct {
	Path  string
	Label survey.Message
}

// Seen is the tick.
func (p Confirmation) Seen() page.Field {
	return p.Form.Checks("seen", "warning.seen", []page.Choice{{Value: "1", Label: "warning.seen.tick"}})
}

// Confirm shows a confirmation; the form it shows posts to Action.
func (p *Pages) Confirm(c *fiber.Ctx, page Confirmation) error {
	return p.Render(c, fiber.StatusOK, "staff/confirm", page)
}
