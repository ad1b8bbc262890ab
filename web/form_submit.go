package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
)

const (
	// formBodyLimit has room for a hundred texts at their longest: a Vietnamese
	// letter takes up to nine bytes, percent-encoded.
	formBodyLimit = 1 << 20
	// lateDays is how long a phone may have been without network: within it the
	// day that the phone gives counts, beyond it the day of arrival.
	lateDays = 14
)

// formSubmit stores what a person answered and leads to the receipt. Whatever
// prevents it, the form comes back with everything typed.
func (s *Server) formSubmit(c *fiber.Ctx) error {
	catalog := s.Catalog()
	point, err := s.point(c, catalog)
	if err != nil {
		return s.pointFailed(c, err)
	}
	submission := submissionOf(c, s.Now())
	submission.Point = point.Code
	receipt, err := s.config.Intake.Submit(c.UserContext(), submission)
	if err == nil {
		view := viewOf(c)
		view.Lang = submission.Lang
		page := Page{View: view}
		thanks := "/s/" + string(point.Code) + "/thanks/" + string(receipt.Response.ID)
		if receipt.Differs {
			thanks += "?" + asQuery(receiptFirst, "1")
		}
		return c.Redirect(page.Link(thanks), fiber.StatusSeeOther)
	}
	switch survey.KindOf(err) {
	case survey.Closed:
		return s.closedShow(c, catalog, point, err)
	case survey.Invalid, survey.Unavailable, survey.Internal, survey.Conflict, survey.RateLimited:
		return s.formAgain(c, catalog, point, submission, err)
	case survey.NotFound, survey.Unauthenticated, survey.Forbidden:
	}
	return err
}

// submissionOf reads the body. What it keeps is copied: the request's bytes are
// used again after the handler returns.
func submissionOf(c *fiber.Ctx, now time.Time) intake.Submission {
	submission := intake.Submission{
		Lang:  viewOf(c).Lang,
		Given: survey.Given{Codes: map[string][]string{}, Texts: map[string]string{}},
	}
	c.Request().PostArgs().VisitAll(func(k, v []byte) {
		key, value := string(k), string(v)
		switch {
		case strings.HasPrefix(key, "a."):
			submission.Given.Codes[key[2:]] = append(submission.Given.Codes[key[2:]], value)
		case strings.HasPrefix(key, "t."):
			// An item with several options to write beside has several fields.
			if submission.Given.Texts[key[2:]] == "" {
				submission.Given.Texts[key[2:]] = value
			}
		case key == "id":
			submission.ID = value
		case key == "form":
			submission.Form = parseFormRef(value)
		case key == "lang":
			submission.Lang = langOf(value)
		case key == "day":
			submission.Day = lateDay(survey.Date(value), now)
		}
	})
	return submission
}

// parseFormRef reads "quick@2"; anything else is the zero reference.
func parseFormRef(s string) survey.FormRef {
	code, version, found := strings.Cut(s, "@")
	n, err := strconv.Atoi(version)
	if !found || err != nil || n < 1 {
		return survey.FormRef{}
	}
	return survey.FormRef{Code: survey.FormCode(code), Version: n}
}

// lateDay returns the day on which a phone says it was answered, if it may be
// believed, and otherwise none.
func lateDay(day survey.Date, now time.Time) survey.Date {
	earliest := survey.DateOf(now.Add(-lateDays * 24 * time.Hour))
	if !day.Valid() || day < earliest || day > survey.DateOf(now) {
		return ""
	}
	return day
}

// formAgain shows the form with everything typed and what is wrong.
func (s *Server) formAgain(c *fiber.Ctx, catalog *survey.Catalog, point *survey.Point, submission intake.Submission, err error) error {
	f := failureOf(err, requestID(c))
	campaign, ref, closed := catalog.CampaignFor(point, s.today())
	if closed != nil {
		return s.closedShow(c, catalog, point, closed)
	}
	if submission.Form.Code == ref.Code && catalog.Questionnaire(submission.Form) != nil {
		ref = submission.Form
	}
	base := s.page(c)
	base.View, base.langs = base.within(campaign, submission.Lang), offered(campaign)
	page := newFormPage(s.today(), base, catalog, point, ref, submission.Given, f.Fields)
	page.Note = &f.Message
	if f.Kind != survey.Invalid && f.Kind != survey.Conflict {
		page.Note, page.Request = &survey.Message{Key: "form.not_stored"}, f.Request
		s.Log.Error("response not stored", "request", f.Request, "kind", f.Kind.String(), "error", err)
		c.Set(fiber.HeaderRetryAfter, "10")
	}
	id, bad := survey.ParseResponseID(submission.ID)
	if bad != nil || f.Kind == survey.Conflict { // the id is another response's
		if id, err = survey.NewResponseID(); err != nil {
			return err
		}
	}
	page.ID = string(id)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentSecurityPolicy, page.Rules.Policy)
	return s.render(c, f.Status, "form", page)
}
