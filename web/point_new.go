package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
)

// pointNewPage makes points, for many units at once.
type pointNewPage struct {
	StaffPage
	Form    form
	Groups  []option // all units of a kind
	Kinds   []unitChoices
	forms   []option
	catalog *survey.Catalog
}

// unitChoices are the units of one kind to choose from.
type unitChoices struct {
	Kind    survey.UnitKind
	Options []option
	Open    bool // one of them is chosen
}

// unitChoices lists the units in force that a person has to do with, by kind.
func (s *Server) unitChoices(who *signedIn, lang survey.Lang, chosen []string) []unitChoices {
	catalog := s.Catalog()
	var kinds []unitChoices
	for _, kind := range survey.UnitKinds {
		choices := unitChoices{Kind: kind}
		for i := range catalog.Units {
			u := &catalog.Units[i]
			if u.Kind == kind && u.Valid.Contains(s.today()) && who.Covers(catalog, u.ID, "") {
				choices.Options = append(choices.Options, option{Value: string(u.ID), Label: u.Name.In(lang)})
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

func (s *Server) pointNew(c *fiber.Ctx, who *signedIn) error {
	typed := formWith("channel", string(survey.ChannelQR))
	if unit := s.page(c).query.Get("unit"); unit != "" {
		typed.values.Set("units", unit)
	}
	return s.pointNewShow(c, who, fiber.StatusOK, typed)
}

func (s *Server) pointNewShow(c *fiber.Ctx, who *signedIn, status int, typed form) error {
	page := pointNewPage{StaffPage: s.staffPage(c, who, "point.new", "/staff/points", "point.list"), Form: typed, catalog: s.Catalog()}
	if status != fiber.StatusOK {
		page.path = "/staff/points/new"
	}
	l := s.Views.locales[page.Lang]
	page.Kinds = s.unitChoices(who, page.Lang, typed.Values("units"))
	for _, choices := range page.Kinds {
		if slices.Contains(groupKinds, choices.Kind) {
			page.Groups = append(page.Groups, option{
				Value: string(choices.Kind), Label: l.T("point.all_of", l.T("unit.kind."+string(choices.Kind)), len(choices.Options)),
			})
		}
	}
	page.forms = who.formOptions(page.catalog, page.Lang)
	return s.render(c, status, "staff/point_new", page)
}

// Forms are the questionnaires to choose from.
func (p pointNewPage) Forms() []option { return p.forms }

// Channels are the ways in to choose from.
func (pointNewPage) Channels() []option { return channelOptions() }

// Sectors are the sectors that the points can fix.
func (p pointNewPage) Sectors() []option {
	return append([]option{blank("point.asks_sector")}, sectorOptions(p.catalog, p.Lang)...)
}

// pointMadePage says what was made.
type pointMadePage struct {
	StaffPage
	Made   registry.NewPoints
	Points []pointRow
	Print  string // query that chooses them
}

func (s *Server) pointCreate(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	plan := registry.PointPlan{
		Sector: survey.SectorID(typed.Value("sector")), Channel: survey.Channel(typed.Value("channel")),
		Label: typed.Words("label"), Again: typed.Value("again") != "",
	}
	for _, choices := range s.unitChoices(who, survey.Vietnamese, nil) {
		whole := slices.Contains(typed.Values("groups"), string(choices.Kind)) && slices.Contains(groupKinds, choices.Kind)
		for _, o := range choices.Options {
			if whole || slices.Contains(typed.Values("units"), o.Value) {
				plan.Units = append(plan.Units, survey.UnitID(o.Value))
			}
		}
	}
	for _, o := range who.formOptions(s.Catalog(), survey.Vietnamese) {
		if slices.Contains(typed.Values("forms"), o.Value) {
			plan.Forms = append(plan.Forms, survey.FormCode(o.Value))
		}
	}
	made, err := s.editor().MakePoints(c.UserContext(), who.Actor(), plan)
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.pointNewShow(c, who, fiber.StatusUnprocessableEntity, wrong)
		}
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	page := pointMadePage{StaffPage: s.staffPage(c, who, "point.made", "/staff/points", "point.list"), Made: made}
	page.path = "/staff/points"
	var codes []string
	for i := range made.Made {
		page.Points = append(page.Points, s.pointRow(s.Catalog(), &made.Made[i], pointPulses{}))
		codes = append(codes, asQuery("point", string(made.Made[i].Code)))
	}
	page.Print = strings.Join(codes, "&")
	return s.render(c, fiber.StatusOK, "staff/point_made", page)
}
