package web

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/gofiber/fiber/v2"
)

// openAPISource describes the interface for programs. It is written in YAML for
// people and served as JSON for programs.
//
//go:embed openapi.yaml
var openAPISource []byte

var openAPI = sync.OnceValues(func() ([]byte, error) {
	var document map[string]any
	if err := yaml.Unmarshal(openAPISource, &document); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	return json.Marshal(document)
})

// openAPIShow needs no token: who writes a program reads it first.
func (s *Server) openAPIShow(c *fiber.Ctx) error {
	document, err := openAPI()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	return c.Send(document)
}
