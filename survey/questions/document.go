package questions

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/goccy/go-yaml"

	"hailong/survey"
	"hailong/survey/source"
)

// WriteForm writes a questionnaire as a file of the catalogue, with its scales
// so that it can be read anywhere.
func WriteForm(q *survey.Questionnaire) ([]byte, error) {
	b, err := yaml.MarshalWithOptions(q, yaml.OmitEmpty(), yaml.IndentSequence(true), yaml.CustomMarshaler(quoted))
	if err != nil {
		return nil, fmt.Errorf("write questionnaire %s: %w", q.ID, err)
	}
	return b, nil
}

// quoted writes words between quotes. Without them the library cannot read
// again all that it writes: a text that begins with a question mark, a tab.
func quoted(s string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b) // YAML's double quotes are those of JSON
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return bytes.TrimSpace(b.Bytes()), err
}

// ReadForm reads a questionnaire from a file as WriteForm writes it or as the
// catalogue holds it; scales that it does not carry are taken from known. The
// error is Problems, with the lines of all mistakes: where the file cannot be
// decoded there is one and the questionnaire is empty, otherwise it is as it
// stands in the file.
func ReadForm(name string, content []byte, known []survey.Scale) (survey.Questionnaire, error) {
	var q survey.Questionnaire
	f := source.NewFile(name)
	if !f.Decode(content, &q) {
		return survey.Questionnaire{}, f.Problems()
	}
	CheckScales(f, q.Scales)
	scales := q.Scales
	for _, s := range known {
		if !hasScale(scales, s.ID) {
			scales = append(scales, s)
		}
	}
	q.Scales = nil
	checker := FormChecker{alone: true, Scales: scales}
	checker.Check(f, &q)
	q.ID, q.Rev = q.Ref().ID(), 1
	if problems := f.Problems(); len(problems) > 0 {
		return q, problems
	}
	return q, nil
}

func hasScale(scales []survey.Scale, id string) bool {
	for _, s := range scales {
		if s.ID == id {
			return true
		}
	}
	return false
}

// CheckForm checks a questionnaire against the rules of the catalogue, and its
// items against those of the others in its family: one code has one meaning.
// Each problem names the path of what is wrong.
func CheckForm(q survey.Questionnaire, others []survey.Questionnaire) source.Problems {
	c := FormChecker{alone: true, ids: map[string]string{}, orders: map[int]survey.FormCode{}, shapes: map[string]shape{}, Scales: q.Scales}
	for i := range others {
		if o := &others[i]; o.Code != q.Code {
			c.orders[o.Order] = o.Code
			for _, it := range o.Items() {
				c.shapes[string(o.Family)+" "+it.Code] = shape{describe(it), string(o.Code)}
			}
		}
	}
	f := source.NewFile(q.ID)
	CheckScales(f, q.Scales)
	q.Scales = nil
	c.Check(f, &q)
	return f.Problems()
}
