package servertest

import (
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/editions"
	"hailong/survey/health"
	"hailong/survey/intake"
	"hailong/survey/keys"
	"hailong/survey/ledger"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/proof"
	"hailong/survey/quarantine"
	"hailong/survey/questions"
	"hailong/survey/registry"
	"hailong/survey/releases"
	"hailong/survey/sampling"
	"hailong/survey/slips"
	"hailong/survey/surveytest"
	"hailong/survey/takeback"
	"hailong/survey/traffic"
	"hailong/survey/transactions"
	"hailong/survey/treelog"
	"hailong/web"
	"hailong/web/page"
)

// Server is a server with the services behind its pages.
type Server struct {
	*web.Server
	web.Services
}

// NewWithBatch serves Catalog with a paper point, a batch of lan's with one form,
// and everybody who has to do with it.
func NewWithBatch(t *testing.T, change ...func(*web.Config)) *Server {
	t.Helper()
	catalog := AddPaperPoint(Catalog())
	s := New(t, append(change, func(c *web.Config) {
		get := func() *survey.Catalog { return catalog }
		c.Catalog = get
	})...)
	for login, role := range map[survey.Login]survey.Role{
		"lan": survey.Surveyor, "hoa": survey.Surveyor, "noi-vu": survey.HomeAffairs, "mat-tran": survey.Supervisor,
	} {
		AddUser(t, s, login, survey.Grant{Role: role})
	}
	AddBatch(t, s, "lan")
	return s
}

// Serve runs a server on a free port until the test ends and returns its
// address.
func Serve(t testing.TB, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

// NewEditable serves the shipped catalogue out of a store, so that what
// staff change is in force at the next request.
func NewEditable(t testing.TB, change ...func(*web.Config)) (*Server, *survey.CatalogCache) {
	t.Helper()
	store := OpenShippedStore(t)
	current, err := survey.OpenCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	s := NewOn(t, store, current.Catalog(), append(change, func(c *web.Config) {
		c.Catalog, c.Reload = current.Catalog, current.Reload
	})...)
	return s, current
}

// NewWithTargets serves Catalog with the two targets of procedures.
func NewWithTargets(t testing.TB, change ...func(*web.Config)) *Server {
	t.Helper()
	return NewOn(t, surveytest.Store(t), CatalogWithTargets(t), change...)
}

// PlainHTTP serves at the address that a request came to, so that a browser keeps
// the cookie of a session.
func PlainHTTP(c *web.Config) { c.PublicURL, c.LAN = "", true }

// Clock is a clock that stands still.
func Clock() time.Time { return Now }

// NewWithAdministrator is a server with an administrator who is signed in.
func NewWithAdministrator(t *testing.T) (*Server, *Client) {
	t.Helper()
	s := New(t)
	AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	return s, SignIn(t, s, "boss")
}

// NewLog writes a server's log where a test reads it.
func NewLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// New serves Catalog over a real store.
func New(t testing.TB, change ...func(*web.Config)) *Server {
	t.Helper()
	return NewOn(t, surveytest.Store(t), Catalog(), change...)
}

// Views are the pages of every server of the tests: to parse them takes longer
// than most tests do, and nothing changes them.
func Views(t testing.TB) *page.Views {
	t.Helper()
	v, err := views()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var views = sync.OnceValues(web.LoadViews)

// NewOn serves a catalogue over a store; change alters what it is configured with.
func NewOn(t testing.TB, store survey.Store, catalog *survey.Catalog, change ...func(*web.Config)) *Server {
	t.Helper()
	return newServer(t, store, surveytest.Keys(t), catalog, change...)
}

// NewReplicas are two servers of Catalog on one store, with the same keys.
func NewReplicas(t testing.TB) (one, other *Server) {
	t.Helper()
	store, secrets := surveytest.Store(t), surveytest.Keys(t)
	return newServer(t, store, secrets, Catalog()), newServer(t, store, secrets, Catalog())
}

func newServer(t testing.TB, store survey.Store, secrets *keys.Keys, catalog *survey.Catalog, change ...func(*web.Config)) *Server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	now := func() time.Time { return Now }
	get := func() *survey.Catalog { return catalog }
	config := web.Config{Catalog: get, Views: Views(t), PublicURL: "https://hailong.example", Hosts: []string{"example.com"}, Now: now, Log: log} // where requests of tests go
	for _, f := range change {
		f(&config)
	}
	services := NewServices(store, secrets, config.Catalog, config.Now, log)
	s, err := web.New(config, services)
	if err != nil {
		t.Fatal(err)
	}
	return &Server{s, services}
}

// NewShipped serves the shipped catalogue as a first start leaves it.
func NewShipped(t testing.TB, change ...func(*web.Config)) (*Server, *survey.Catalog) {
	t.Helper()
	store := OpenShippedStore(t)
	shipped, err := survey.LoadCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	return NewOn(t, store, shipped, change...), shipped
}

// FixedKeys are known keys, the same for every server of the tests, so that one that is
// started again knows what the last one gave out.
type FixedKeys struct{}

// Key returns the key of a name.
func (FixedKeys) Key(_ context.Context, name string) ([]byte, error) {
	sum := sha256.Sum256([]byte(name))
	return sum[:], nil
}

// Destroy does nothing: they are known.
func (FixedKeys) Destroy(context.Context, string) error { return nil }

// NewServices builds the services of a store as the binary does.
func NewServices(store survey.Store, secrets *keys.Keys, catalog func() *survey.Catalog, now func() time.Time, log *slog.Logger) web.Services {
	chain := audit.New(store, now)
	changes := survey.NewChanges(store, chain, now)
	released := results.NewReleased(store, catalog, log)
	held := quarantine.New(changes, log)
	served := transactions.New(changes, catalog)
	held.Stated, held.Vouched, served.Stated = served.Since, served.Vouched, held.StatedAnew
	accounts := people.NewAccounts(changes, secrets)
	held.Deciders = func(ctx context.Context) (int, error) { return accounts.HowMany(ctx, survey.PublishCampaigns) }
	in := &intake.Intake{Store: store, Ledger: ledger.New(store, now), Catalog: catalog, Now: now, Stored: func(r survey.Response) {
		held.Arrived(r)
		released.Add(r)
	}, From: held.ArrivedFrom}
	work := campaigns.New(changes, catalog)
	samples := sampling.New(changes, catalog, secrets)
	work.GuardDiscard(samples.KeepWhatWasDrawn)
	receipts := takeback.New(changes, catalog, secrets)
	work.GuardPublication(held.GuardPublication)
	signed := treelog.New(changes, secrets)
	work.NameHead(signed.ForEdition(in.Ledger))
	batches := paper.NewBatches(in, changes, FixedKeys{})
	codes := slips.New(changes, catalog, FixedKeys{})
	codes.Transactions = served
	proofs := proof.New(changes, FixedKeys{})
	served.Provers = []func(context.Context, survey.Date) (transactions.Provers, error){proofs.Provers, codes.Provers}
	served.TokenMakers, served.Received = accounts.TokenMakers, held.Received
	published := results.NewPublished(released, work, releases.New(changes, catalog))
	published.Stated = served.Since
	return web.Services{
		Changes: changes, Store: store, Health: health.New(store, now, log), Intake: in, Audit: chain,
		Published: published,
		Accounts:  accounts,
		Editor:    &registry.Editor{Changes: changes, Catalog: catalog, Random: rand.NewChaCha8([32]byte{2})},
		Drafts:    &questions.Drafts{Changes: changes, Catalog: catalog},
		Campaigns: work, Samples: samples, Batches: batches,
		Rechecks: paper.NewRechecks(changes, catalog, FixedKeys{}),
		Slips:    codes,
		Proofs:   proofs,
		Receipts: receipts, Log: signed, Quarantine: held, Transactions: served,
		Traffic: traffic.New(store, FixedKeys{}, traffic.UsualLimits, now, log),
	}
}

// Release cuts the releases of all campaigns, as the server does once a day.
func Release(t testing.TB, s *Server) {
	t.Helper()
	if _, err := s.Published.CutReleases(t.Context(), survey.Actor{Shell: "test"}); err != nil {
		t.Fatal(err)
	}
}

// Publish publishes the next edition of a campaign, of a server whose catalogue does
// not change otherwise. The campaign goes on, as one that publishes by month.
func Publish(t testing.TB, s *Server, id survey.CampaignID) {
	t.Helper()
	campaign := s.Editor.Catalog().Campaign(id)
	edition := survey.Edition{Number: len(campaign.Editions) + 1, Published: Now, By: "test", Through: "2026-03-31"}
	content, counts, err := s.Published.NewEdition(t.Context(), survey.Actor{Shell: "test"}, campaign, edition)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := editions.NewSnapshot(id, edition.Number, edition.Published, content)
	if err != nil {
		t.Fatal(err)
	}
	snapshot.Counts, edition.Hash = counts, snapshot.Hash
	if err := (survey.Documents[editions.Snapshot]{Store: s.Store, Collection: survey.Snapshots}).Insert(t.Context(), snapshot); err != nil {
		t.Fatal(err)
	}
	campaign.Rhythm, campaign.Editions = survey.Monthly, append(campaign.Editions, edition)
}
