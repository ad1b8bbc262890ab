package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/health"
	"hailong/survey/intake"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/proof"
	"hailong/survey/quarantine"
	"hailong/survey/questions"
	"hailong/survey/registry"
	"hailong/survey/sampling"
	"hailong/survey/slips"
	"hailong/survey/takeback"
	"hailong/survey/traffic"
	"hailong/survey/transactions"
	"hailong/survey/treelog"
	"hailong/web/api"
	"hailong/web/page"
	"hailong/web/public"
	"hailong/web/staff"
)

// Services are what the pages call. They are built once by who starts the
// server; none is nil.
type Services struct {
	Changes      *survey.Changes
	Store        survey.Store
	Health       *health.Health // what readiness means
	Intake       *intake.Intake
	Published    *results.Published
	Audit        *audit.Log
	Accounts     *people.Accounts
	Editor       *registry.Editor
	Drafts       *questions.Drafts
	Campaigns    *campaigns.Campaigns
	Samples      *sampling.Samples
	Batches      *paper.Batches
	Rechecks     *paper.Rechecks
	Slips        *slips.Slips
	Proofs       *proof.Proofs
	Receipts     *takeback.Receipts
	Log          *treelog.SignedLog
	Quarantine   *quarantine.Quarantine
	Transactions *transactions.Transactions
	Traffic      *traffic.Traffic
}

// Config is everything a Server needs besides, as plain values.
type Config struct {
	Catalog   func() *survey.Catalog      // as of now; never nil
	APIToken  string                      // a token that may read all figures, beside those that were issued; empty: none
	Reload    func(context.Context) error // reads the catalogue again after a change; nil where it cannot change
	Views     *page.Views                 // what LoadViews returned, which servers may share; nil: loaded for this one
	PublicURL string                      // "https://hailong.example.vn", printed in codes; empty: nothing is printed or handed out, but for Demo and LAN
	Hosts     []string                    // further names that the server answers to, beside that of PublicURL
	Demo      bool                        // every page says that the data are invented
	LAN       bool                        // a trial over plain HTTP in a local network: every page says so
	Kiosk     public.KioskTimes           // how a kiosk paces itself; zero: as usual
	// Observe is told of every answered request, with the pattern of its route;
	// nil: nobody is.
	Observe func(method, route string, status int, took time.Duration)
	// Proxies are the addresses and networks whose X-Forwarded headers are
	// believed; nobody else's are.
	Proxies []string
	OIDC    staff.OIDC       // identity provider of staff
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: nothing is logged
}

// Limits of a request. They are wide enough for a slow phone on 2G and bound
// what a single connection can hold.
const (
	writeTimeout   = 60 * time.Second
	idleTimeout    = 75 * time.Second
	requestTimeout = 20 * time.Second
	headerLimit    = 8 << 10

	// maxConnections can be open at once, each of which holds about 20 KiB.
	maxConnections = 16_384
)

// Server answers HTTP.
type Server struct {
	config   Config
	services Services
	app      *fiber.App
	unused   unused
	bodies   *bodyBudget
	networks *networks
	hosts    hosts
	*staff.Pages
	public *public.Handlers
	api    *api.Handlers
	area   *staff.Area
	rooms  []staffRoom
}

// New makes a server. An error is a fault in an embedded template, locale or
// file, or in the configuration.
func New(config Config, services Services) (*Server, error) { return newServer(config, services, nil) }

// newServer is New for tests: change, if it is not nil, is given the routes of
// staff and returns those to mount.
func newServer(config Config, services Services, change func([]staff.Route) []staff.Route) (*Server, error) {
	if config.Catalog == nil || services.Intake == nil {
		return nil, errors.New("web: Catalog and Intake must be given")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	config.PublicURL = strings.TrimRight(config.PublicURL, "/")

	pages, err := newPages(&config, &services)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s := &Server{config: config, services: services, Pages: pages, bodies: newBodyBudget(), hosts: newHosts(config.PublicURL, config.Hosts)}
	s.networks = &networks{unbounded: func(a netip.Addr) bool { return a.IsLoopback() || pages.Proxies.Contains(a) }}
	s.app = newApp(&config, s.answerError)
	if err := s.newHandlers(); err != nil {
		return nil, err
	}
	if err := s.routes(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	routes := s.staffRoutes()
	if change != nil {
		routes = change(routes)
	}
	if err := s.area.Mount(s.app, routes); err != nil {
		return nil, err
	}
	return s, nil
}

// newHandlers makes the handlers of all rooms.
func (s *Server) newHandlers() (err error) {
	s.public = public.New(s.Site, s.services.Intake, s.services.Slips, s.services.Published, s.services.Proofs, s.services.Receipts, s.services.Log, s.services.Traffic, cmp.Or(s.config.Kiosk, public.UsualKioskTimes))
	s.api, err = api.New(s.Site, api.Services{
		Accounts: s.services.Accounts, Intake: s.services.Intake, Slips: s.services.Slips, Transactions: s.services.Transactions, Published: s.services.Published, Audit: s.services.Audit,
	}, s.config.APIToken)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	s.area, err = staff.New(s.Pages, s.config.OIDC, s.newRooms())
	return err
}

// newApp makes what speaks HTTP, without any route.
func newApp(config *Config, answerError fiber.ErrorHandler) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:               "Hài Lòng",
		ErrorHandler:          answerError,
		DisableStartupMessage: true,
		CaseSensitive:         true,
		ReadTimeout:           headTime,
		WriteTimeout:          writeTimeout,
		IdleTimeout:           idleTimeout,
		ReadBufferSize:        headerLimit,
		Concurrency:           maxConnections,

		// Bodies are left to guardBody, which sets their bounds.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		BodyLimit:                    largeBody,

		// Without the check Fiber believes X-Forwarded-Host and -Proto of anybody.
		EnableTrustedProxyCheck: true,
		TrustedProxies:          config.Proxies,
	})
	app.Server().HeaderReceived = headerReceived
	app.Server().SecureErrorLogMessage = true // a head holds cookies and tokens
	return app
}

// Serve answers requests on a listener until Shutdown, and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	if err := s.app.Listener(s.unused.listen(l, s.networks)); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Shutdown takes no more connections and waits for the requests under way
// until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.unused.close()
	return s.app.ShutdownWithContext(ctx)
}

// Test answers one request without a listener.
func (s *Server) Test(r *http.Request) (*http.Response, error) {
	return s.app.Test(r, -1)
}
