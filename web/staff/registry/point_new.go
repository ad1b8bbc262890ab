package registry

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

// pointNewPage makes points, for many units at once.
type pointNewPage struct {
	staff.BasePage
	Form    page.Form
	Groups  []page.Choice // all units of a kind
	Kinds   []unitChoices
	forms   []page.Choice
	catalog *survey.Catalog
}

// unitChoices are the units of one kind to choose from.
type unitChoices struct {
	Kind    survey.UnitKind
	Options []page.Choice
	Open    bool // one of them is chosen
}

// unitChoices lists the units in force that a person has to do with, by kind.
func (h *Handlers) unitChoices(who *staff.SignedIn, lang survey.Lang, chosen []string) []unitChoices {
	catalog := h.Catalog()
	var kinds []unitChoices
	for _, kind := range survey.UnitKinds {
		choices := unitChoices{Kind: kind}
		for i := range catalog.Units {
			u := &catalog.Units[i]
			if u.Kind == kind && u.Valid.Contains(h.Today()) && who.CoversUnit(catalog, u.ID) {
				choices.Options = append(choices.Options, page.Choice{Value: string(u.ID), Label: u.Name.In(lang)})
				choices.Open = choices.Open || slices.Contains(chosen, string(u.ID))
			}
		}
		if len(choices.Options) > 0 {
			kinds = append(kinds, choices)
		}
	}
	return kinds
}

// groupKinds are the kinds of unit whose units get points all at once.
var groupKinds = []survey.UnitKind{survey.OneStop, survey.Commune, survey.School}

func (h *Handlers) pointNew(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormWith("channel", string(survey.ChannelQR))
	if unit := h.Page(c).Query.Get("unit"); unit != "" {
		typed.Typed.Set("units", unit)
	}
	return h.pointNewShow(c, who, fiber.StatusOK, typed)
}

func (h *Handlers) pointNewShow(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form) error {
	view := pointNewPage{BasePage: h.NewPage(c, who, "point.new", "/staff/points", "point.list"), Form: typed, catalog: h.Catalog()}
	if status != fiber.StatusOK {
		view.URLPath = "/staff/points/new"
	}
	l := h.Views.Locales[view.Lang]
	view.Kinds = h.unitChoices(who, view.Lang, typed.Values("units"))
	for _, choices := range view.Kinds {
		if slices.Contains(groupKinds, choices.Kind) {
			view.Groups = append(view.Groups, page.Choice{
				Value: string(choices.Kind), Label: l.T("point.all_of", l.T("unit.kind."+string(choices.Kind)), len(choices.Options)),
			})
		}
	}
	view.forms = who.FormChoices(view.catalog, view.Lang)
	return h.Render(c, status, "staff/point_new", view)
}

// Forms are the questionnaires to choose from.
func (p pointNewPage) Forms() []page.Choice { return p.forms }

// Channels are the ways in to choose from.
func (pointNewPage) Channels() []page.Choice { return staff.ChannelChoices() }

// Sectors are the sectors that the points can fix.
func (p pointNewPage) Sectors() []page.Choice {
	return append([]page.Choice{staff.Blank("point.asks_sector")}, staff.SectorChoices(p.catalog, p.Lang)...)
}

// pointMadePage says what was made.
type pointMadePage struct {
	staff.BasePage
	Made   registry.NewPoints
	Points []pointRow
	Print  string // query that chooses them
}

func (h *Handlers) pointCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	plan := registry.PointPlan{
		Sector: survey.SectorID(typed.Value("sector")), Channel: survey.Channel(typed.Value("channel")),
		Label: typed.Words("label"), Again: typed.Value("again") != "",
	}
	for _, choices := range h.unitChoices(who, survey.Vietnamese, nil) {
		whole := slices.Contains(typed.Values("groups"), string(choices.Kind)) && slices.Contains(groupKinds, choices.Kind)
		for _, o := range choices.Options {
			if whole || slices.Contains(typed.Values("units"), o.Value) {
				plan.Units = append(plan.Units, survey.UnitID(o.Value))
			}
		}
	}
	for _, o := range who.FormChoices(h.Catalog(), survey.Vietnamese) {
		if slices.Contains(typed.Values("forms"), o.Value) {
			plan.Forms = append(plan.Forms, survey.FormCode(o.Value))
		}
	}
	made, err := h.editor.MakePoints(c.UserContext(), who.Actor(), plan)
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.pointNewShow(c, who, fiber.StatusUnprocessableEntity, wrong)
		}
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	view := pointMadePage{BasePage: h.NewPage(c, who, "point.made", "/staff/points", "point.list"), Made: made}
	view.URLPath = "/staff/points"
	var codes []string
	for i := range made.Made {
		view.Points = append(view.Points, h.pointRow(h.Catalog(), &made.Made[i], pointActivity{}))
		codes = append(codes, page.AsQuery("point", string(made.Made[i].Code)))
	}
	view.Print = strings.Join(codes, "&")
	return h.Render(c, fiber.StatusOK, "staff/point_made", view)
}
