package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/spf13/cobra"

	"hailong/analysis/results"
	"hailong/cmd/hailong/metrics"
	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/catalog"
	"hailong/survey/keys"
	"hailong/survey/ledger"
	"hailong/survey/people"
	"hailong/survey/tempdir"
	"hailong/web"
	"hailong/web/staff"
)

// serveOptions are the settings of a server; the flags are their only table.
type serveOptions struct {
	addr          string
	store         *shell.StoreOption
	keys          *shell.KeysOption
	publicURL     string
	lan           bool
	hosts         []string
	metricsAddr   string
	adminPassword string
	apiToken      string
	logFormat     string
	segments      string

	addrAsked    bool // addr was chosen, and is not the default
	metricsAsked bool // metricsAddr was chosen, and is not the default

	tlsCert, tlsKey string
	trustedProxies  []string
	oidc            staff.OIDC
	oidcClaim       string // of older versions, passed over with a notice
}

// addServeFlags gives cmd the settings that every command that serves has.
func addServeFlags(cmd *cobra.Command, o *serveOptions, metricsAddr string) {
	f := cmd.Flags()
	f.StringVar(&o.addr, "addr", usualAddr, "địa chỉ máy chủ mở; :8080 để nhận kết nối từ máy khác / address to listen on; :8080 takes connections of other machines")
	f.StringVar(&o.publicURL, "public-url", "", "địa chỉ mà mã QR dẫn đến, https://…; không ghi thì không in mã, không mời ai / address that QR codes lead to, https://…; without it nothing is printed and nobody invited")
	f.BoolVar(&o.lan, "lan", false, "chạy thử trong mạng nội bộ, không mã hóa; mọi trang đều ghi rõ / a trial in the local network, without encryption; every page says so")
	f.StringSliceVar(&o.hosts, "hosts", nil, "tên máy khác mà máy chủ cũng trả lời, ngoài --public-url / further host names that the server answers to, beside --public-url")
	f.StringVar(&o.metricsAddr, "metrics-addr", metricsAddr, "địa chỉ của /metrics cho Prometheus; để trống: không mở / address of /metrics for Prometheus; empty: none")
	f.StringVar(&o.apiToken, "api-token", "", "mã truy cập được đọc giao diện JSON / token that may read the JSON interface")
	f.StringVar(&o.adminPassword, "admin-password", "", "mật khẩu của quản trị viên đầu tiên; không ghi thì máy tạo và in ra một lần / password of the first administrator; without it one is made and printed once")
	f.StringVar(&o.logFormat, "log-format", "text", "dạng nhật ký vận hành: text hoặc json / format of the log: text or json")
	f.StringVar(&o.tlsCert, "tls-cert", "", "tệp chứng thư, để dùng HTTPS không qua proxy; được đọc lại khi gia hạn / file of a certificate, to speak HTTPS without a proxy; read again when renewed")
	f.StringVar(&o.tlsKey, "tls-key", "", "tệp khóa của chứng thư / file of the certificate's key")
	f.StringSliceVar(&o.trustedProxies, "trusted-proxies", nil, "địa chỉ hoặc mạng của các proxy được tin về X-Forwarded, 127.0.0.1,172.16.0.0/12 / addresses or networks of proxies whose X-Forwarded headers are believed, 127.0.0.1,172.16.0.0/12")
	f.StringVar(&o.oidc.Issuer, "oidc-issuer", "", "địa chỉ nhà cung cấp OpenID Connect mà cán bộ dùng để đăng nhập; địa chỉ chuyển hướng tại đây là /staff/login/oidc/callback / address of an OpenID Connect provider that staff may sign in with; its redirect address here is /staff/login/oidc/callback")
	f.StringVar(&o.oidc.ClientID, "oidc-client-id", "", "mã của máy chủ này ở nhà cung cấp / id of this server at the provider")
	f.StringVar(&o.oidc.ClientSecret, "oidc-client-secret", "", "khóa bí mật giữa nhà cung cấp và máy chủ này / secret between the provider and this server")
	f.StringVar(&o.oidcClaim, "oidc-claim", "", "không còn dùng: mỗi người tự gắn ở trang tài khoản, hoặc dùng hailong user link / no longer used: people link their accounts themselves, or use hailong user link")
	f.StringVar(&o.oidc.Name, "oidc-name", "", "tên nhà cung cấp trên trang đăng nhập; để trống: tên máy của họ / what the provider is called on the sign-in page; empty: its host")
}

func newServeCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Chạy máy chủ (mặc định) / serves; what hailong does without a command",
		Args:  shell.Exactly(0),
	}
	o.add(cmd)
	return cmd
}

// add makes cmd the command that serves. The root command serves too, so that
// starting the program with no word does what most people want.
func (o *serveOptions) add(cmd *cobra.Command) {
	addServeFlags(cmd, o, "127.0.0.1:9464")
	o.store = shell.AddStoreFlag(cmd)
	o.keys = shell.AddKeysFlag(cmd)
	cmd.Flags().StringVar(&o.segments, "segments", "", "thư mục các đoạn cột, để khởi động nhanh; làm lại được từ phiếu; không ghi thì nằm cạnh tệp bbolt, còn với MongoDB thì không có / directory of column segments, for a fast start; made anew from responses at will; without it beside the bbolt file, and none with MongoDB")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o.addrAsked = cmd.Flags().Changed("addr")
		if err := o.check(); err != nil {
			return err
		}
		o.metricsAsked = cmd.Flags().Changed("metrics-addr")
		log := o.logger(cmd.ErrOrStderr())
		if o.oidcClaim != "" {
			log.Warn("--oidc-claim is no longer used: people link their accounts at /staff/account, or by hailong user link")
		}
		// Whatever can be refused is asked for before the store is touched.
		listeners, err := o.listen(cmd.Context(), log)
		if err != nil {
			return err
		}
		defer listeners.close()
		if err := o.keys.CheckEmptied(o.store); err != nil {
			return shell.Explained(err)
		}
		secrets, err := o.keys.Open(o.store)
		if err != nil {
			return err
		}
		if o.segments, err = o.segmentsPath(); err != nil {
			return err
		}
		store, err := o.store.Own(cmd.Context(), log)
		if err != nil {
			return err
		}
		cleanLeftovers(o.store, log)
		err = prepareStore(cmd.Context(), store, log)
		if err == nil {
			spareProcessor()
			respectMemoryLimit(log)
			err = serve(cmd.Context(), o, listeners, store, secrets, false, log, cmd.OutOrStdout())
		}
		return errors.Join(err, store.Close())
	}
}

// cleanLeftovers removes what killed commands left beside the store and where the system
// has temporary files: copies of data that nobody knows of any more.
func cleanLeftovers(store *shell.StoreOption, log *slog.Logger) {
	places := []string{os.TempDir()}
	if path, err := store.BoltPath(); err == nil && path != "" {
		places = append(places, filepath.Dir(path))
	}
	for _, place := range places {
		if err := tempdir.Clean(place, time.Now()); err != nil {
			log.Warn("what a killed command left behind is not removed yet", "error", err)
		}
	}
}

// spareProcessor lets one goroutine more run than there are processors. The one
// that writes the store mostly waits for the disk in a system call. The runtime
// takes its place from it only after a while, and makes it queue behind all
// requests when the disk is done. On two processors a spare place gave a tenth
// more responses a second. Whoever sets GOMAXPROCS has decided already.
func spareProcessor() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}

// respectMemoryLimit lets the garbage collector work harder before a container's
// limit of memory is reached, rather than the kernel end the server there. A tenth
// is left for what the runtime does not count, such as the pages of the store.
// Whoever sets GOMEMLIMIT has decided already.
func respectMemoryLimit(log *slog.Logger) {
	if _, err := memlimit.Set(memlimit.WithProvider(memlimit.FromCgroup), memlimit.WithRatio(0.9)); err != nil {
		log.Warn("the limit of memory of this container is not known; set GOMEMLIMIT", "error", err)
	}
}

// listeners are the addresses a server listens on.
type listeners struct {
	scheme  string
	public  net.Listener
	metrics net.Listener // nil: no metrics
}

// listen takes the addresses of the settings. Metrics on an address that
// nobody chose are no reason not to serve.
func (o *serveOptions) listen(ctx context.Context, log *slog.Logger) (d listeners, err error) {
	d.scheme = "http"
	d.public, err = (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return d, fmt.Errorf("không mở được %[1]s; có chương trình khác ở đó? xin chọn địa chỉ khác bằng --addr / cannot listen on %[1]s; is another program there? choose another address with --addr: %[2]w", o.addr, err)
	}
	if o.tlsCert != "" {
		certificate, err := openCertificate(o.tlsCert, o.tlsKey)
		if err != nil {
			d.close()
			return d, err
		}
		d.scheme, d.public = "https", certificate.listen(d.public)
	}
	if err := o.openLAN(d, localAddresses()); err != nil {
		d.close()
		return d, err
	}
	if o.metricsAddr == "" {
		return d, nil
	}
	d.metrics, err = (&net.ListenConfig{}).Listen(ctx, "tcp", o.metricsAddr)
	if err != nil {
		err = fmt.Errorf("không mở được /metrics tại %[1]s; xin chọn địa chỉ khác bằng --metrics-addr hoặc để trống / cannot serve metrics on %[1]s; choose another address with --metrics-addr, or none: %[2]w", o.metricsAddr, err)
		if o.metricsAsked {
			d.close()
			return d, err
		}
		d.metrics = nil
		log.Warn("serving without metrics", "error", err)
	}
	return d, nil
}

// close gives the addresses back; after the servers on them have ended there
// is nothing left to do.
func (d listeners) close() {
	for _, l := range []net.Listener{d.public, d.metrics} {
		if l != nil {
			_ = l.Close()
		}
	}
}

// prepareStore finishes what an earlier process left to do, and brings a store
// up to the catalogue of this program.
func prepareStore(ctx context.Context, store survey.Store, log *slog.Logger) error {
	shipped, err := catalog.Load()
	if err != nil {
		return err
	}
	changes, _ := shell.ChangesOf(store)
	acts, entries, err := changes.Recover(ctx)
	if err != nil {
		return err
	}
	if acts+entries > 0 {
		log.Warn("the last run ended in the middle of changes; they are finished now", "acts", acts, "audit_entries", entries)
	}
	seeded, err := catalog.Seed{Catalog: shipped, Today: survey.DateOf(time.Now()), Random: rand.Reader, Changes: changes}.Apply(ctx, store)
	for _, kept := range seeded.Kept {
		log.Warn("a document of the catalogue is older than this program's and was left as it is", "document", kept)
	}
	return err
}

// check reports every setting that cannot be.
func (o *serveOptions) check() error {
	var problems []error
	if o.lan && !o.addrAsked {
		o.addr = ":8080"
	}
	if _, _, err := net.SplitHostPort(o.addr); err != nil {
		problems = append(problems, fmt.Errorf("--addr phải là máy:cổng hoặc :cổng / must be host:port or :port: %w", err))
	}
	problems = append(problems, o.exposureProblems()...)
	if (o.oidc.Issuer == "") != (o.oidc.ClientID == "") {
		problems = append(problems, errors.New("--oidc-issuer và --oidc-client-id phải đi cùng nhau / go together"))
	}
	if o.oidc.Issuer != "" && o.publicURL == "" {
		problems = append(problems, errors.New("--oidc-issuer cần --public-url / needs --public-url"))
	}
	if (o.tlsCert == "") != (o.tlsKey == "") {
		problems = append(problems, errors.New("--tls-cert và --tls-key phải đi cùng nhau / go together"))
	}
	for _, proxy := range o.trustedProxies {
		if !isNetwork(strings.TrimSpace(proxy)) {
			problems = append(problems, fmt.Errorf("--trusted-proxies %q: phải là địa chỉ hoặc mạng / a trusted proxy is an address or a network, 10.0.0.5 or 172.16.0.0/12", proxy))
		}
	}
	if o.adminPassword != "" && utf8.RuneCountInString(o.adminPassword) < people.MinPassword {
		problems = append(problems, fmt.Errorf("--admin-password phải có ít nhất %[1]d ký tự / --admin-password must have at least %[1]d characters", people.MinPassword))
	}
	if o.apiToken != "" && len(o.apiToken) < minAPIToken {
		problems = append(problems, fmt.Errorf("--api-token phải có ít nhất %[1]d ký tự, kẻo người khác đoán được / --api-token must have at least %[1]d characters, or others guess it", minAPIToken))
	}
	if o.logFormat != "text" && o.logFormat != "json" {
		problems = append(problems, errors.New("--log-format phải là text hoặc json / --log-format must be text or json"))
	}
	if len(problems) > 0 {
		return shell.Misused(errors.Join(problems...))
	}
	return nil
}

// minAPIToken is the least number of characters of --api-token, which opens
// without a name beside it.
const minAPIToken = 16

func isNetwork(s string) bool {
	_, notAddress := netip.ParseAddr(s)
	_, notPrefix := netip.ParsePrefix(s)
	return notAddress == nil || notPrefix == nil
}

// logger writes everything as JSON, for a program that sorts it, and as text,
// for a person, what they should know: not a line for each request.
func (o *serveOptions) logger(w io.Writer) *slog.Logger {
	if o.logFormat == "json" {
		return slog.New(newRepeated(slog.NewJSONHandler(w, nil)))
	}
	return slog.New(newRepeated(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn})))
}

// shutdownWait is how long requests under way have to end.
const shutdownWait = 15 * time.Second

// serve answers requests from a store after its first start until ctx ends. The address it
// listens on and what to do next are written to out. The first administrator
// is made when nothing but serving is left to do: a password that is shown
// once must not belong to a start that fails.
func serve(ctx context.Context, o *serveOptions, d listeners, store shell.OpenStore, secrets *keys.Keys, demo bool, log *slog.Logger, out io.Writer) error {
	changes, auditLog := shell.ChangesOf(store)
	if err := auditLog.Baseline(ctx, survey.Actor{Shell: "serve"}); err != nil {
		return err
	}
	current, err := survey.OpenCatalog(ctx, store)
	if err != nil {
		return err
	}
	released := results.NewReleased(store, current.Catalog, log)
	segments := openSegments(o.segments, released, log)
	defer segments.close()
	watch := metrics.New(currentVersion())
	well, err := newHealth(ctx, store, auditLog, released, log)
	if err != nil {
		return err
	}
	stored := func(r survey.Response) {
		released.Add(r)
		watch.Stored(r)
		well.Clock.Seen(r.Received)
	}
	entered := ledger.New(store, time.Now)
	defer sealLedger(ctx, entered, log)
	services := newServices(changes, entered, auditLog, current.Catalog, released, stored, well, secrets, log)
	erased := newCompaction(store)
	services.Samples.Erased = erased.wake // a response that is taken back waits for the daily compaction
	if err := sealContacts(ctx, services.Samples, log); err != nil {
		return err
	}
	if err := services.Slips.RetireLinks(ctx, survey.Actor{Shell: "serve"}); err != nil {
		return err
	}
	server, err := web.New(web.Config{
		Catalog:   current.Catalog,
		Reload:    current.Reload,
		APIToken:  o.apiToken,
		Proxies:   o.trustedProxies,
		OIDC:      o.oidc,
		PublicURL: o.publicURL,
		Hosts:     o.hosts,
		LAN:       o.lan,
		Demo:      demo,
		Observe:   watch.Observe,
		Log:       log,
	}, services)
	if err != nil {
		return err
	}
	others, stop, err := followOthers(ctx, store, entered, released, services, log)
	if err != nil {
		return err
	}
	defer stop()
	services.Campaigns.GuardPublication(knowsAll(others))

	password, err := people.EnsureAdministrator(ctx, changes, o.adminPassword)
	if err != nil {
		return err
	}
	work := background{
		changes: changes, current: current, released: released, services: services, store: store, entered: entered, others: others,
		well: well, watch: watch, segments: segments, erased: erased, demo: demo, log: log,
	}
	defer work.start(ctx, d.metrics)()

	warnOfClock(out, well.Clock.State(), time.Now())
	welcome(out, localURL(d.scheme, d.public), o, current.Catalog(), password, demo)
	return serveUntil(ctx, server, d.public, log)
}

// serveUntil answers requests until ctx ends, and then those under way.
func serveUntil(ctx context.Context, server *web.Server, public net.Listener, log *slog.Logger) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(public) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWait)
	defer cancel()
	return server.Shutdown(bounded)
}
