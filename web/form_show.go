package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// closedPage says since or until when a survey takes no opinions.
type closedPage struct {
	Page
	Place   survey.Text
	Message survey.Message
}

// formShow shows the form of a point.
func (s *Server) formShow(c *fiber.Ctx) error {
	catalog := s.Catalog()
	point, err := s.point(c, catalog)
	if err != nil {
		return s.pointFailed(c, err)
	}
	if string(point.Code) != c.Params("code") { // as people type it
		return c.Redirect(s.page(c).Link("/s/"+string(point.Code)), fiber.StatusSeeOther)
	}
	campaign, ref, err := catalog.CampaignFor(point, s.today())
	if err != nil {
		return s.closedShow(c, catalog, point, err)
	}
	id, err := survey.NewResponseID()
	if err != nil {
		return err
	}
	view, place := viewFor(c, campaign), point.Unit
	if unit := catalog.UnitOn(place, s.today()); unit != nil {
		place = unit.ID
	}
	page, err := s.forms.get(catalog, formKey{point.Code, ref, place, view}, func() (*splicedPage, error) {
		// The page must not depend on anything else of this request.
		page := newFormPage(s.today(), Page{View: view, Demo: s.Demo, path: "/s/" + string(point.Code), langs: offered(campaign)}, catalog, point, ref, survey.Given{}, nil)
		page.ID, page.Fresh = idGap, true
		rendered, err := s.renderBytes("form", page)
		if err != nil {
			return nil, err
		}
		return newSplicedPage(rendered, page.Rules.Policy)
	})
	if err != nil {
		return err
	}
	return page.send(c, id)
}

// point returns the point whose code is in the path. The error is Invalid for
// a mistyped code and NotFound for one that no point has.
func (s *Server) point(c *fiber.Ctx, catalog *survey.Catalog) (*survey.Point, error) {
	typed, err := url.PathUnescape(c.Params("code"))
	if err != nil {
		typed = c.Params("code")
	}
	code, err := survey.ParsePointCode(typed)
	if err != nil {
		return nil, err
	}
	point := catalog.Point(code)
	if point == nil {
		return nil, &survey.Error{Kind: survey.NotFound, Op: "find point", Key: "point.unknown"}
	}
	if unit := catalog.UnitOn(point.Unit, s.today()); point.Off && unit != nil {
		// Where the new code is, not which: the old one may have leaked.
		key := "point.switched_off"
		if point.Successor != "" {
			key = "point.replaced"
		}
		return nil, &survey.Error{Kind: survey.NotFound, Op: "find point", Key: key, Args: []any{unit.Name}}
	}
	if point.Off {
		return nil, &survey.Error{Kind: survey.NotFound, Op: "find point", Key: "point.unknown"}
	}
	if point.Channel == survey.ChannelPaper { // a form counts by its serial number, once
		return nil, &survey.Error{Kind: survey.NotFound, Op: "find point", Key: "point.paper"}
	}
	return point, nil
}

// pointFailed answers a code that leads nowhere with a field to type it again.
func (s *Server) pointFailed(c *fiber.Ctx, err error) error {
	typed, unescaped := url.PathUnescape(c.Params("code"))
	if unescaped != nil {
		typed = c.Params("code")
	}
	return s.codeAgain(c, typed, err)
}

func (s *Server) closedShow(c *fiber.Ctx, catalog *survey.Catalog, point *survey.Point, err error) error {
	f := failureOf(err, requestID(c))
	page := closedPage{Page: s.page(c), Message: f.Message}
	if unit := catalog.UnitOn(point.Unit, s.today()); unit != nil {
		page.Place = unit.Name
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.render(c, f.Status, "closed", page)
}

// formPage puts a form together with what was given and what is wrong with it.
func newFormPage(today survey.Date, page Page, catalog *survey.Catalog, point *survey.Point, ref survey.FormRef, given survey.Given, fields map[string]survey.Message) formPage {
	form := catalog.Questionnaire(ref)
	builder := formBuilder{catalog: catalog, form: form, given: given, problems: fields, fixed: point.Sector}
	p := formPage{
		Page: page, Code: point.Code, Service: point.Label, Form: form,
		Sections: builder.sections(), Problems: problemsOf(form, fields),
	}
	p.Rules = newShowRules(form, func(item string) bool { return builder.numbers[item] != "" })
	if unit := catalog.UnitOn(point.Unit, today); unit != nil {
		p.Place = unit.Name
	}
	if sector := catalog.Sector(point.Sector); sector != nil && len(p.Service) == 0 {
		p.Service = sector.Name
	}
	return p
}
