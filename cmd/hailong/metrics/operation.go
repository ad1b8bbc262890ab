package metrics

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/health"
	"hailong/survey/ledger"
	"hailong/survey/mongo"
)

// scrapeWait bounds what a scrape asks of the store.
const scrapeWait = 5 * time.Second

// Watched is what is looked up when somebody asks for it.
type Watched struct {
	Well     *health.Health
	Entered  *ledger.Ledger
	Others   *ledger.Follower
	Released *results.Released
	Store    survey.Store
}

// WatchOperation answers numbers about the state of a server.
func (m *Metrics) WatchOperation(o Watched) { m.Registry.MustRegister(&operationMetrics{o}) }

// operationMetrics makes numbers of what is watched.
type operationMetrics struct{ Watched }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("hailong_"+name, help, labels, nil)
}

// The numbers. Zero of a moment means never, or not since the start.
var (
	faultDesc       = describe("fault", "1 while the server is not ready for this reason, which /readyz says too, otherwise 0.", "fault")
	figuresDesc     = describe("figures_loaded_responses", "Responses that figures in memory are made of.")
	figureBytesDesc = describe("figures_memory_bytes", "Memory that they take.")
	backupDesc      = describe("backup_last_success_timestamp_seconds", "When a backup was last found whole, in seconds since 1970; 0: never.")
	backupSizeDesc  = describe("backup_last_size_bytes", "Size of the file of that backup; 0: not known.")
	diskDesc        = describe("store_disk_free_bytes", "Room that is left on the disk of the store.")
	behindDesc      = describe("clock_behind_seconds", "How much older than the newest stored document the clock is; 0: it is not.")
	jumpedDesc      = describe("clock_jumped_seconds", "How far the clock was set since the start; 0: it was not, or was put right.")
	doubtfulDesc    = describe("clock_doubtful", "1 while responses are held back because the clock may be wrong, otherwise 0.")
	enteringDesc    = describe("ledger_waiting_writes", "Submissions that wait to be entered into the ledger.")
	followDesc      = describe("follow_lag_seconds", "How long ago this server knew of all responses that others had stored.")
	pendingDesc     = describe("follow_pending_responses", "Responses of others that this server knows of and has not read.")
	fileDesc        = describe("store_file_bytes", "Size of the store's file.")
	freeDesc        = describe("store_free_bytes", "Of the store's file, in pages that are used before it grows.")
	queuedDesc      = describe("store_queued_writes", "Writes that wait for the writer.")
	poolDesc        = describe("mongodb_connections", "Connections to MongoDB, by whether a question is under way on them.", "use")
)

// Describe implements prometheus.Collector.
func (m *operationMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		faultDesc, figuresDesc, figureBytesDesc, backupDesc, backupSizeDesc, diskDesc, behindDesc, jumpedDesc, doubtfulDesc, enteringDesc, followDesc, pendingDesc, fileDesc, freeDesc, queuedDesc, poolDesc,
	} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (m *operationMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeWait)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	o := m.Well.Operation(ctx)
	for _, fault := range health.Faults {
		gauge(faultDesc, oneIf(slices.Contains(o.Faults, fault)), string(fault))
	}
	responses, bytes := m.Released.Memory()
	gauge(figuresDesc, float64(responses))
	gauge(figureBytesDesc, float64(bytes))
	backup := 0.0
	if !o.LastBackup.IsZero() {
		backup = float64(o.LastBackup.Unix())
	}
	gauge(backupDesc, backup)
	gauge(backupSizeDesc, float64(o.BackupSize))
	if o.DiskFree >= 0 {
		gauge(diskDesc, float64(o.DiskFree))
	}
	gauge(behindDesc, o.Clock.Behind.Seconds())
	gauge(jumpedDesc, o.Clock.Jumped.Seconds())
	gauge(doubtfulDesc, oneIf(o.Clock.Doubtful()))
	gauge(enteringDesc, float64(m.Entered.Waiting()))
	lag, pending := m.Others.Lag()
	gauge(followDesc, lag.Seconds())
	gauge(pendingDesc, float64(pending))
	if s, ok := m.Store.(*mongo.Store); ok {
		pool := s.Pool()
		gauge(poolDesc, float64(pool.InUse), "busy")
		gauge(poolDesc, float64(pool.Open-pool.InUse), "idle")
	}
	if s, ok := m.Store.(*bolt.Store); ok {
		size := s.Size()
		gauge(fileDesc, float64(size.Bytes))
		gauge(freeDesc, float64(size.Free))
		gauge(queuedDesc, float64(s.Queued()))
	}
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
