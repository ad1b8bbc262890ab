package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/semaphore"

	"hailong/analysis/results"
	"hailong/survey"
)

// Config is everything a Server needs, as plain values.
type Config struct {
	Catalog   func() *survey.Catalog      // as of now; never nil
	Intake    *survey.Intake              // takes responses in
	Results   *results.Live               // figures that Intake and other writers feed; nil: the server keeps its own
	APIToken  string                      // a token that may read all figures, beside those that were issued; empty: none
	Reload    func(context.Context) error // reads the catalogue again after a change; nil where it cannot change
	PublicURL string                      // "https://hailong.example.vn", printed in codes; empty: the address a request came to
	Demo      bool                        // every page says that the data are invented
	// Observe is told of every answered request, with the pattern of its route;
	// nil: nobody is.
	Observe func(method, route string, status int, took time.Duration)
	// Proxies are the addresses and networks whose X-Forwarded headers are
	// believed; nobody else's are.
	Proxies []string
	OIDC    OIDC             // identity provider of staff
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: nothing is logged
}

// Limits of a request. They are wide enough for a slow phone on 2G and bound
// what a single connection can hold.
const (
	readTimeout    = 60 * time.Second
	writeTimeout   = 60 * time.Second
	idleTimeout    = 75 * time.Second
	requestTimeout = 20 * time.Second
	headerLimit    = 8 << 10
	bodyLimit      = 16 << 20 // of any request; routes set narrower ones with limitBody
)

// Server answers HTTP.
type Server struct {
	config Config
	app    *fiber.App
	assets *assets
	views  *views
	forms  *formCache

	results *results.Live

	proxies  proxies
	provider *provider
	rates    rates
	accounts *survey.Accounts
	audit    *survey.AuditLog
	recent   recentPulses
	printing *semaphore.Weighted // pieces of all documents being printed

	fieldwork *survey.Fieldwork
	published published
	links     *survey.Links
	batches   *survey.Batches
	rechecks  *survey.Rechecks
	kiosk     kioskTimes
}

// New makes a server. An error is a fault in an embedded template, locale or
// file, or in the configuration.
func New(config Config) (*Server, error) { return newServer(config, staffRoutes()) }

func newServer(config Config, staff []staffRoute) (*Server, error) {
	if config.Catalog == nil || config.Intake == nil {
		return nil, errors.New("web: Catalog and Intake must be given")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	config.PublicURL = strings.TrimRight(config.PublicURL, "/")

	proxies, err := parseProxies(config.Proxies)
	if err != nil {
		return nil, fmt.Errorf("web: a trusted proxy is an address or a network, 10.0.0.5 or 172.16.0.0/12: %w", err)
	}
	provider, err := newProvider(config.OIDC, config.Now)
	if err != nil {
		return nil, err
	}
	locales, err := loadLocales()
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	assets, err := loadAssets()
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	views, err := loadViews(locales, assets)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s := &Server{
		config:   config,
		assets:   assets,
		views:    views,
		forms:    newFormCache(),
		audit:    survey.NewAuditLog(config.Intake.Store, config.Now),
		proxies:  proxies,
		provider: provider,
		rates:    newRates(config.Now),
		printing: semaphore.NewWeighted(pointPrintLimit),
	}
	s.results = figuresOf(&s.config)
	s.accounts = survey.NewAccounts(config.Intake.Store, s.audit, config.Now)
	s.fieldwork = survey.NewFieldwork(config.Intake.Store, s.audit, config.Catalog, config.Now)
	s.kiosk = usualKioskTimes
	s.batches = survey.NewBatches(s.config.Intake, s.audit, config.Now)
	s.batches.Voided = s.results.Void
	s.rechecks = survey.NewRechecks(config.Intake.Store, s.audit, config.Catalog, config.Now)
	s.links = survey.NewLinks(config.Intake.Store, s.audit, config.Catalog, config.Now)
	s.app = fiber.New(fiber.Config{
		AppName:               "Hài Lòng",
		ErrorHandler:          s.answerError,
		DisableStartupMessage: true,
		CaseSensitive:         true,
		ReadTimeout:           readTimeout,
		WriteTimeout:          writeTimeout,
		IdleTimeout:           idleTimeout,
		ReadBufferSize:        headerLimit,
		BodyLimit:             bodyLimit,

		// Without the check Fiber believes X-Forwarded-Host and -Proto of anybody.
		EnableTrustedProxyCheck: true,
		TrustedProxies:          config.Proxies,
	})
	s.routes()
	if err := s.mountAPI(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if err := s.mountStaff(staff); err != nil {
		return nil, err
	}
	return s, nil
}

// Serve answers requests on a listener until Shutdown, and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	if err := s.app.Listener(l); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Shutdown takes no more connections and waits for the requests under way
// until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	return s.app.ShutdownWithContext(ctx)
}

// Test answers one request without a listener.
func (s *Server) Test(r *http.Request) (*http.Response, error) {
	return s.app.Test(r, -1)
}

// publicURL is the address that codes lead to.
func (s *Server) publicURL(c *fiber.Ctx) string {
	if s.config.PublicURL != "" {
		return s.config.PublicURL
	}
	return strings.Clone(c.BaseURL())
}

func (s *Server) today() survey.Date { return survey.DateOf(s.config.Now()) }
