package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"hailong/survey"
)

// mostValues is how many values a body may hold, of which each costs a hundred bytes and
// more. The most responses of one request, with all that a questionnaire asks, have
// fewer than half as many.
const mostValues = 300_000

// countValues returns how many values a body holds, if it is JSON at all.
func countValues(data []byte) int {
	n, quoted := 1, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == '[' || c == '{'):
			n++
		}
	}
	return n
}

// decode reads exactly one value that openapi.yaml describes. The error is
// Invalid and names the field where it can.
func decode(data []byte, v any) error {
	if n := countValues(data); n > mostValues {
		return &survey.Error{Kind: survey.Invalid, Op: "read JSON", Key: "api.many_values", Args: []any{n, mostValues}}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF { // Token returns io.EOF itself
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
			Fields: survey.Fields{typed.Field: m},
		}
	}
	return &survey.Error{Kind: survey.Invalid, Op: "read JSON", Key: "api.bad_json", Args: []any{strings.TrimPrefix(err.Error(), "json: ")}, Err: err}
}

// row is one response of a request, read by itself, so that one that is written
// wrongly costs no other.
type row = json.RawMessage

// codes is the answer to an item: a code, a number, "na", or a list of codes.
type codes []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *codes) UnmarshalJSON(data []byte) error {
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
