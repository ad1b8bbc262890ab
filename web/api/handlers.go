package api

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/intake"
	"hailong/survey/people"
	"hailong/survey/slips"
	"hailong/survey/transactions"
	"hailong/web/page"
)

// Prefix is where the interface is mounted.
const Prefix = "/api/v1"

// Services are what the handlers call; none is nil.
type Services struct {
	Accounts     *people.Accounts
	Intake       *intake.Intake
	Slips        *slips.Slips
	Published    *results.Published
	Audit        *audit.Log
	Transactions *transactions.Transactions
}

// Handlers answers programs. It implements ServerInterface.
type Handlers struct {
	*page.Site
	services         Services
	ownToken         string // of the settings; empty: none
	document         document
	mostResponses    int // in one request
	mostTransactions int
}

var _ ServerInterface = (*Handlers)(nil)

// New returns the handlers of these services. ownToken may read all figures,
// beside the tokens that were issued; empty: there is none. An error is a fault
// in openapi.yaml.
func New(site *page.Site, services Services, ownToken string) (*Handlers, error) {
	d, err := loadDocument()
	if err != nil {
		return nil, err
	}
	most, err := d.most("Submissions", "responses")
	if err != nil {
		return nil, err
	}
	counts, err := d.most("TransactionCounts", "transactions")
	if err != nil {
		return nil, err
	}
	return &Handlers{Site: site, services: services, ownToken: ownToken, document: d, mostResponses: most, mostTransactions: counts}, nil
}

// Mount adds the interface to a router. An error is an operation in
// openapi.yaml that has no rule here.
func (h *Handlers) Mount(router fiber.Router) error {
	router.Get(Prefix+"/openapi.json", h.document.show)
	guarded := guardedRouter{Router: router.Group(Prefix), handlers: h}
	RegisterHandlers(&guarded, h)
	return errors.Join(guarded.faults...)
}

// rule is what openapi.yaml does not say of an operation.
type rule struct {
	need survey.Permission
	body int // most bytes of a body; 0: it takes none
}

var rules = map[string]rule{
	"getResults":       {need: survey.SeeResults},
	"getTargets":       {need: survey.SeeResults},
	"getCampaigns":     {need: survey.SeeResults},
	"getPoints":        {need: survey.SeeResults},
	"postLinks":        {need: survey.IssueSlips, body: 4 << 10},
	"postSlips":        {need: survey.IssueSlips, body: 64 << 10},
	"postResponses":    {need: survey.WriteResponses, body: 8 << 20},
	"postTransactions": {need: survey.EditPoints, body: 1 << 20},
}

// guardedRouter puts what every operation asks of a request in front of its
// handler: a token that allows it, parameters that openapi.yaml knows, and a
// body that is not too long.
type guardedRouter struct {
	fiber.Router
	handlers *Handlers
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
	operation := g.handlers.document.operation(method, path)
	if operation == nil {
		g.faults = append(g.faults, fmt.Errorf("openapi.yaml has no %s %s", method, path))
		return nil
	}
	r, ok := rules[operation.OperationID]
	if !ok {
		g.faults = append(g.faults, fmt.Errorf("nobody says who may %s", operation.OperationID))
		return nil
	}
	before := []fiber.Handler{g.handlers.admit(r.need), checkParameters(operation)}
	if r.body > 0 {
		before = append(before, page.LimitBody(r.body))
	}
	return before
}

// send answers a program. Letters stay letters: "Bum Tở", not escapes.
func send(c *fiber.Ctx, v any) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	e := json.NewEncoder(c.Response().BodyWriter())
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
