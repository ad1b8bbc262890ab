package api

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/goccy/go-yaml"
	"github.com/gofiber/fiber/v2"
)

// source describes the interface. It is written in YAML for people and served
// as JSON for programs.
//
//go:embed openapi.yaml
var source []byte

// document is the description, as it is served and as requests are held to it.
type document struct {
	json []byte
	spec *openapi3.T
}

func loadDocument() (document, error) {
	var tree map[string]any
	if err := yaml.Unmarshal(source, &tree); err != nil {
		return document{}, fmt.Errorf("openapi.yaml: %w", err)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return document{}, fmt.Errorf("openapi.yaml: %w", err)
	}
	spec, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return document{}, fmt.Errorf("openapi.yaml: %w", err)
	}
	return document{text, spec}, nil
}

// operation is the description of what a route does; nil where there is none.
func (d document) operation(method, path string) *openapi3.Operation {
	item := d.spec.Paths.Value(path)
	if item == nil {
		return nil
	}
	return item.GetOperation(method)
}

// most is how many items a list in a schema may have.
func (d document) most(schema, list string) (int, error) {
	s := d.spec.Components.Schemas[schema]
	if s == nil || s.Value.Properties[list] == nil || s.Value.Properties[list].Value.MaxItems == nil {
		return 0, fmt.Errorf("openapi.yaml: %s.%s has no maxItems", schema, list)
	}
	return int(*s.Value.Properties[list].Value.MaxItems), nil //nolint:gosec // a few thousand
}

// show needs no token: who writes a program reads it first.
func (d document) show(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	return c.Send(d.json)
}
