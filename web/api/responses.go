package api

import (
	"encoding/json"
	"errors"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/web/page"
)

// PostResponses implements ServerInterface. It takes many responses at once;
// each has an outcome of its own.
func (h *Handlers) PostResponses(c *fiber.Ctx) error {
	var body Submissions
	switch err := decode(page.Body(c), &body); {
	case err != nil:
		return err
	case len(body.Responses) == 0:
		return &survey.Error{Kind: survey.Invalid, Op: "take responses", Key: "api.no_responses"}
	case len(body.Responses) > h.mostResponses:
		return &survey.Error{Kind: survey.Invalid, Op: "take responses", Key: "api.too_many", Args: []any{h.mostResponses}}
	}
	d := delivery{handlers: h, c: c, answer: Outcomes{Outcomes: make([]Outcome, len(body.Responses))}}
	for i, r := range body.Responses {
		if err := d.read(i, r); err != nil {
			return err
		}
	}
	if err := d.keep(); err != nil {
		return err
	}
	// One entry a request: how many came, never what was answered.
	counts := struct {
		Stored    int64 `json:"stored"`
		Duplicate int64 `json:"duplicate"`
		Invalid   int64 `json:"invalid"`
	}{d.answer.Stored, d.answer.Duplicate, d.answer.Invalid}
	if err := h.services.Audit.Record(c.UserContext(), tokenOf(c).Actor(), "response.deliver", "responses", nil, counts); err != nil {
		return err
	}
	return send(c, d.answer)
}

// delivery is the responses of one request on their way into the store.
type delivery struct {
	handlers *Handlers
	c        *fiber.Ctx
	answer   Outcomes
	valid    []survey.Response
	at       []int // place of each valid one among those that came
}

// read checks a response. An error is a fault of ours, not of the response.
func (d *delivery) read(i int, r row) error {
	var sent Submission
	var response survey.Response
	err := decode(r, &sent)
	if err == nil {
		response, err = d.handlers.prepare(d.c, &sent)
	} else {
		sent.ID = idOf(r)
	}
	d.answer.Outcomes[i].ID = sent.ID
	if err != nil {
		return d.refuse(i, err)
	}
	d.valid, d.at = append(d.valid, response), append(d.at, i)
	return nil
}

// keep stores what is valid and says of each whether it was there before.
func (d *delivery) keep() error {
	if len(d.valid) == 0 {
		return nil
	}
	receipts, err := d.handlers.services.Intake.Keep(d.c.UserContext(), d.valid...)
	if err != nil {
		return err
	}
	for k, receipt := range receipts {
		outcome := &d.answer.Outcomes[d.at[k]]
		if receipt.Fresh {
			outcome.Outcome = OutcomeOutcomeStored
			d.answer.Stored++
			continue
		}
		_, err := d.handlers.services.Intake.Compare(d.c.UserContext(), receipt.Response)
		switch {
		case err == nil:
			outcome.Outcome = OutcomeOutcomeDuplicate
			d.answer.Duplicate++
		case survey.Is(err, survey.Conflict):
			if err := d.refuse(d.at[k], err); err != nil {
				return err
			}
		default:
			return err
		}
	}
	return nil
}

// refuse says what is wrong with a response. It returns an error that is not
// the sender's fault.
func (d *delivery) refuse(i int, err error) error {
	var domain *survey.Error
	if !errors.As(err, &domain) || domain.Kind == survey.Internal {
		return err
	}
	l := d.handlers.Views.Locales[page.ViewOf(d.c).Lang]
	outcome := &d.answer.Outcomes[i]
	outcome.Outcome, outcome.Key = OutcomeOutcomeInvalid, domain.Key
	if domain.Key != "" {
		outcome.Detail = l.T(domain.Key, domain.Args...)
	}
	outcome.Errors = fieldProblems(domain.Fields, l)
	d.answer.Invalid++
	return nil
}

// idOf is the id of a response that is written wrongly, empty if that is what
// is wrong.
func idOf(r row) string {
	var named struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(r, &named) != nil {
		return ""
	}
	return named.ID
}

func (h *Handlers) prepare(c *fiber.Ctx, sent *Submission) (survey.Response, error) {
	if sent.Channel != "" && !sent.Channel.Valid() {
		return survey.Response{}, &survey.Error{
			Kind: survey.Invalid, Op: "take response", Key: "api.bad_channel", Args: []any{string(sent.Channel)},
			Fields: survey.Fields{"channel": {Key: "answer.unknown_choice"}},
		}
	}
	submission := sent.submission()
	if point := h.Catalog().Point(submission.Point); point != nil && !h.coversPoint(c, point.Code) {
		return survey.Response{}, &survey.Error{Kind: survey.NotFound, Op: "take response", Key: "point.unknown"}
	}
	return h.services.Intake.Prepare(submission)
}

// submission is what a program sent, as intake takes it. Its channel is that of
// programs, whatever it names: a response that says by itself that it came from a
// kiosk would be counted and published among those of kiosks.
func (s *Submission) submission() intake.Submission {
	given := survey.Given{Codes: map[string][]string{}, Texts: s.Texts}
	for item, answer := range s.Answers {
		given.Codes[item] = answer
	}
	sub := intake.Submission{
		ID: s.ID, Point: survey.PointCode(s.Point), Form: survey.FormRef{Code: survey.FormCode(s.Form.Code), Version: int(s.Form.Version)},
		Lang: page.LangOf(string(s.Lang)), Channel: survey.ChannelAPI, Day: s.Day, Sector: survey.SectorID(s.Sector), Given: given,
	}
	if code, err := survey.ParsePointCode(s.Point); err == nil {
		sub.Point = code
	}
	return sub
}
