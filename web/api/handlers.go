package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
)

// Prefix is where the interface is mounted.
const Prefix = "/api/v1"

// Figures answers which figures a program may see.
type Figures interface {
	// Table answers a query from a source; empty: from the publication where
	// that holds the table, and otherwise from the responses of now. The edition
	// is nil for figures of now. Errors: those of the query, and NotFound if
	// what was published does not hold the table.
	Table(ctx context.Context, q results.Query, from Source) (results.Table, *survey.Edition, error)
	// Verdicts judges every milestone of every target on a day.
	Verdicts(ctx context.Context, on survey.Date) ([]results.Verdict, error)
}

// Words says things in the language of a request.
type Words interface {
	Lang(c *fiber.Ctx) survey.Lang
	Say(lang survey.Lang, m survey.Message) string
	// GroupNames names the groups of a table.
	GroupNames(lang survey.Lang, t *results.Table) func(results.Group) string
}

// Config is what the handlers use. All of it must be given.
type Config struct {
	Catalog   func() *survey.Catalog
	Intake    *survey.Intake
	Links     *survey.Links
	Audit     *survey.AuditLog
	Figures   Figures
	Words     Words
	Token     func(ctx context.Context, secret string) (survey.Token, error) // Unauthenticated for an unknown secret
	Limit     func(c *fiber.Ctx, token string) error                         // RateLimited for too many requests of a token
	PublicURL func(c *fiber.Ctx) string                                      // that addresses in answers begin with
	LinkPath  func(secret string) string                                     // of the form behind a one-time link
	Now       func() time.Time
}

// Handlers answers programs. It implements ServerInterface.
type Handlers struct {
	Config
	mostResponses int // in one request
}

var _ ServerInterface = (*Handlers)(nil)

// Mount adds the interface to a router. An error is a fault in openapi.yaml, or
// an operation in it that has no rule here.
func Mount(router fiber.Router, config Config) error {
	d, err := loadDocument()
	if err != nil {
		return err
	}
	h := &Handlers{Config: config}
	if h.mostResponses, err = d.most("Submissions", "responses"); err != nil {
		return err
	}
	router.Get(Prefix+"/openapi.json", d.show)
	guarded := guardedRouter{Router: router.Group(Prefix), handlers: h, document: d}
	RegisterHandlers(&guarded, h)
	return errors.Join(guarded.faults...)
}

// rule is what openapi.yaml does not say of an operation.
type rule struct {
	need survey.Permission
	body int // most bytes of a body, 0: it takes none
}

var rules = map[string]rule{
	"getResults":    {need: survey.SeeResults},
	"getTargets":    {need: survey.SeeResults},
	"getCampaigns":  {need: survey.SeeResults},
	"getPoints":     {need: survey.SeeResults},
	"postLinks":     {need: survey.IssueLinks, body: 4 << 10},
	"postResponses": {need: survey.WriteResponses, body: 8 << 20},
}

// guardedRouter puts what every operation asks of a request in front of its
// handler: a token that allows it, parameters that openapi.yaml knows, and a
// body that is not too long.
type guardedRouter struct {
	fiber.Router
	handlers *Handlers
	document document
	faults   []error
}

// Get implements fiber.Router.
func (g *guardedRouter) Get(path string, handlers ...fiber.Handler) fiber.Router {
	return g.Router.Get(path, append(g.before(fiber.MethodGet, path), handlers...)...)
}

// Post implements fiber.Router.
func (g *guardedRouter) Post(path string, handlers ...fiber.Handler) fiber.Router {
	return g.Router.Post(path, append(g.before(fiber.MethodPost, path), handlers...)...)
}

func (g *guardedRouter) before(method, path string) []fiber.Handler {
	operation := g.document.operation(method, path)
	if operation == nil {
		g.faults = append(g.faults, fmt.Errorf("openapi.yaml has no %s %s", method, path))
		return nil
	}
	r, ok := rules[operation.OperationID]
	if !ok {
		g.faults = append(g.faults, fmt.Errorf("nobody says who may %s", operation.OperationID))
		return nil
	}
	return []fiber.Handler{g.handlers.admit(r.need), checkParameters(operation), limitBody(r.body)}
}

// limitBody refuses longer bodies than an operation can have use for.
func limitBody(most int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if most > 0 && len(c.Request().Body()) > most {
			return fiber.ErrRequestEntityTooLarge
		}
		return c.Next()
	}
}

// send answers a program. Letters stay letters: "Bum Tở", not escapes.
func send(c *fiber.Ctx, v any) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	e := json.NewEncoder(c.Response().BodyWriter())
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (h *Handlers) today() survey.Date { return survey.DateOf(h.Now()) }
