package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/web/page"
)

// Limits of one request that brings responses.
const (
	responsesBodyLimit = 8 << 20
	responsesLimit     = 1000
)

// apiSubmissions is the body of POST /responses. Each response is read by
// itself, so that one that is written wrongly costs no other.
type apiSubmissions struct {
	Responses []json.RawMessage `json:"responses"`
}

type apiSubmission struct {
	ID      string             `json:"id"`
	Point   survey.PointCode   `json:"point"`
	Form    survey.FormRef     `json:"form"`
	Channel survey.Channel     `json:"channel"`
	Lang    survey.Lang        `json:"lang"`
	Day     survey.Date        `json:"day"`
	Sector  survey.SectorID    `json:"sector"`
	Answers map[string]apiCode `json:"answers"`
	Texts   map[string]string  `json:"texts"`
}

// apiCode is the answer to an item: a code, a number, "na", or a list of codes.
type apiCode []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *apiCode) UnmarshalJSON(data []byte) error {
	var many []json.RawMessage
	if json.Unmarshal(data, &many) != nil {
		many = []json.RawMessage{data}
	}
	*a = nil
	for _, one := range many {
		var text string
		var number json.Number
		switch {
		case bytes.Equal(one, []byte("null")):
			continue
		case json.Unmarshal(one, &text) == nil:
			*a = append(*a, text)
		case json.Unmarshal(one, &number) == nil:
			*a = append(*a, number.String())
		default:
			return fmt.Errorf("an answer is a code, a number, %q or a list of codes, not %s", survey.NA, one)
		}
	}
	return nil
}

// apiOutcomes tells of each response what became of it, in their order.
type apiOutcomes struct {
	apiCounts
	Outcomes []apiOutcome `json:"outcomes"`
}

// apiCounts is what became of a whole request.
type apiCounts struct {
	Stored    int `json:"stored"`
	Duplicate int `json:"duplicate"`
	Invalid   int `json:"invalid"`
}

type apiOutcome struct {
	ID      string         `json:"id"`
	Outcome string         `json:"outcome"` // stored, duplicate, invalid
	Key     string         `json:"key,omitempty"`
	Detail  string         `json:"detail,omitempty"`
	Errors  []problemField `json:"errors,omitempty"`
}

// apiResponses takes many responses at once. Those that are valid are stored in
// one durable write, whatever the others are; sending all of them again is
// harmless.
func (s *Server) apiResponses(c *fiber.Ctx) error {
	var body apiSubmissions
	switch err := decodeJSON(c.Body(), &body); {
	case err != nil:
		return err
	case len(body.Responses) == 0:
		return &survey.Error{Kind: survey.Invalid, Op: "take responses", Key: "api.no_responses"}
	case len(body.Responses) > responsesLimit:
		return &survey.Error{Kind: survey.Invalid, Op: "take responses", Key: "api.too_many", Args: []any{responsesLimit}}
	}
	answer := apiOutcomes{Outcomes: make([]apiOutcome, len(body.Responses))}
	var valid []survey.Response
	var at []int
	for i, row := range body.Responses {
		var sent apiSubmission
		var response survey.Response
		err := decodeJSON(row, &sent)
		if err == nil {
			response, err = s.prepare(c, &sent)
		} else {
			sent.ID = idOf(row)
		}
		answer.Outcomes[i].ID = sent.ID
		if err != nil {
			if survey.KindOf(err) == survey.Internal {
				return err
			}
			s.invalid(c, &answer.Outcomes[i], err)
			answer.Invalid++
			continue
		}
		valid, at = append(valid, response), append(at, i)
	}
	if len(valid) > 0 {
		receipts, err := s.services.Intake.Keep(c.UserContext(), valid...)
		if err != nil {
			return err
		}
		for k, r := range receipts {
			outcome := &answer.Outcomes[at[k]]
			if r.Fresh {
				outcome.Outcome = "stored"
				answer.Stored++
				continue
			}
			_, err := s.services.Intake.Compare(c.UserContext(), r.Response)
			switch {
			case err == nil:
				outcome.Outcome = "duplicate"
				answer.Duplicate++
			case survey.KindOf(err) == survey.Conflict:
				s.invalid(c, outcome, err)
				answer.Invalid++
			default:
				return err
			}
		}
	}
	// One entry a request: how many came, never what was answered.
	if err := s.Audit.Record(c.UserContext(), bearer(c).Actor(), "response.deliver", "responses", nil, answer.apiCounts); err != nil {
		return err
	}
	return sendJSON(c, answer)
}

// decodeJSON reads exactly one value of the contract. The error is Invalid and
// names the field where it can.
func decodeJSON(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF { //nolint:errorlint // Token returns io.EOF itself
			err = errors.New("something follows the body")
		}
	}
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typed) && typed.Field != "":
		m := survey.Message{Key: "api.bad_type", Args: []any{typed.Field, typed.Value}}
		return &survey.Error{
			Kind: survey.Invalid, Op: "read JSON", Key: m.Key, Args: m.Args, Err: err,
			Fields: map[string]survey.Message{typed.Field: m},
		}
	}
	return &survey.Error{Kind: survey.Invalid, Op: "read JSON", Key: "api.bad_json", Args: []any{strings.TrimPrefix(err.Error(), "json: ")}, Err: err}
}

// idOf is the id of a response that is written wrongly, empty if that is what
// is wrong.
func idOf(row []byte) string {
	var named struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(row, &named) != nil {
		return ""
	}
	return named.ID
}

func (s *Server) prepare(c *fiber.Ctx, a *apiSubmission) (survey.Response, error) {
	if a.Channel != "" && !slices.Contains(survey.Channels, a.Channel) {
		return survey.Response{}, &survey.Error{
			Kind: survey.Invalid, Op: "take response", Key: "api.bad_channel", Args: []any{string(a.Channel)},
			Fields: map[string]survey.Message{"channel": {Key: "answer.unknown_choice"}},
		}
	}
	submission := a.submission()
	if point := s.Catalog().Point(submission.Point); point != nil && !s.coversPoint(c, point.Code) {
		return survey.Response{}, &survey.Error{Kind: survey.NotFound, Op: "take response", Key: "point.unknown"}
	}
	return s.services.Intake.Prepare(submission)
}

func (a *apiSubmission) submission() intake.Submission {
	given := survey.Given{Codes: map[string][]string{}, Texts: a.Texts}
	for item, codes := range a.Answers {
		given.Codes[item] = codes
	}
	sub := intake.Submission{
		ID: a.ID, Point: a.Point, Form: a.Form, Lang: page.LangOf(string(a.Lang)), Channel: a.Channel,
		Day: a.Day, Sector: a.Sector, Given: given,
	}
	if code, err := survey.ParsePointCode(string(a.Point)); err == nil {
		sub.Point = code
	}
	if sub.Channel == "" {
		sub.Channel = survey.ChannelAPI
	}
	return sub
}

func (s *Server) invalid(c *fiber.Ctx, o *apiOutcome, err error) {
	l := s.Views.Locales[page.ViewOf(c).Lang]
	f := page.FailureOf(err, page.RequestID(c))
	o.Outcome, o.Key = "invalid", f.Message.Key
	if f.Message.Key != "" {
		o.Detail = l.T(f.Message.Key, f.Message.Args...)
	}
	for _, field := range slices.Sorted(maps.Keys(f.Fields)) {
		m := f.Fields[field]
		o.Errors = append(o.Errors, problemField{field, m.Key, l.T(m.Key, m.Args...)})
	}
}
