package api

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// checkParameters holds the query of a request to its operation in
// openapi.yaml, before the generated code reads it. A parameter that is not
// known there is refused, and so is one that is given twice: a filter that is
// mistyped must not answer with everything. A parameter without a value is as
// good as not given. A header that it names is given once.
func checkParameters(operation *openapi3.Operation) fiber.Handler {
	known, names, headers := parametersOf(operation)
	return func(c *fiber.Ctx) error {
		query, err := url.ParseQuery(string(c.Request().URI().QueryString()))
		if err != nil {
			return invalid("api.bad_query", nil)
		}
		for _, name := range slices.Sorted(maps.Keys(query)) {
			p := known[name]
			switch {
			case p == nil:
				return invalid("api.unknown_parameter", nil, name, strings.Join(names, ", "))
			case len(query[name]) > 1:
				return invalid("api.repeated_parameter", nil, name)
			}
			if query[name][0] = tidy(p, query[name][0]); query[name][0] == "" {
				delete(query, name)
			}
		}
		if err := checkHeaders(c, headers); err != nil {
			return err
		}
		for _, name := range names {
			if err := checkParameter(c, known[name], query); err != nil {
				return err
			}
		}
		c.Request().URI().SetQueryString(query.Encode())
		return c.Next()
	}
}

// parametersOf returns the parameters of the query by name, their names in order, and
// the headers that a request must have.
func parametersOf(operation *openapi3.Operation) (known map[string]*openapi3.Parameter, names, headers []string) {
	known = map[string]*openapi3.Parameter{}
	for _, p := range operation.Parameters {
		if p.Value.In == openapi3.ParameterInHeader {
			headers = append(headers, p.Value.Name)
			continue
		}
		known[p.Value.Name] = p.Value
		names = append(names, p.Value.Name)
	}
	return known, names, headers
}

func checkHeaders(c *fiber.Ctx, headers []string) error {
	for _, name := range headers {
		if len(c.Request().Header.PeekAll(name)) != 1 {
			return invalid("api.header_needed", nil, name)
		}
	}
	return nil
}

// tidy takes spaces and empty places out of a list: "unit, month,".
func tidy(p *openapi3.Parameter, value string) string {
	if p.Schema.Value.Type.Is(openapi3.TypeArray) {
		var parts []string
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
		return strings.Join(parts, ",")
	}
	return value
}

func checkParameter(c *fiber.Ctx, p *openapi3.Parameter, query url.Values) error {
	err := openapi3filter.ValidateParameter(c.UserContext(), &openapi3filter.RequestValidationInput{
		QueryParams: query,
		Options:     &openapi3filter.Options{SkipSettingDefaults: true},
	}, p)
	if err == nil {
		return nil
	}
	value, takes := query.Get(p.Name), ""
	var broken *openapi3.SchemaError
	if errors.As(err, &broken) {
		value, takes = fmt.Sprint(broken.Value), list(broken.Schema.Enum)
		if broken.SchemaField == "maxItems" {
			return invalid("results.too_many", err)
		}
	}
	if key, ok := refusals[p.Name]; ok {
		return invalid(key, err, value, takes)
	}
	return invalid("api.bad_parameter", err, p.Name, value)
}

// refusals are the sentences for a parameter that is missing or has a value it
// does not take, where there is a better one than the general: {0} is the
// value, {1} what it takes.
var refusals = map[string]string{
	"campaign": "api.campaign_needed",
	"by":       "results.unknown_dimension",
	"formula":  "results.unknown_formula",
	"pooling":  "results.unknown_pooling",
	"source":   "api.bad_source",
	"on":       "api.bad_date",
}

func list(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}

func invalid(key string, cause error, args ...any) error {
	return &survey.Error{Kind: survey.Invalid, Op: "read parameters", Key: key, Args: args, Err: cause}
}
