package web

import (
	"io"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/campaigns"
	"hailong/survey/catalog"
	"hailong/survey/intake"
	"hailong/survey/links"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/questions"
	"hailong/survey/registry"
	"hailong/survey/sampling"
)

// The world of these tests: one unit, one form that has every type of item,
// and points of every kind.
const (
	pointOpen   survey.PointCode = "open"   // the form asks the sector
	pointLand   survey.PointCode = "land"   // the point fixes the sector
	pointClosed survey.PointCode = "closed" // its campaign has ended
	pointOff    survey.PointCode = "off"    // taken out of use
)

var testNow = time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)

func vien(vi, en string) survey.Text { return survey.Text{"vi": vi, "en": en} }

// code turns the name of a test point into a real code.
func code(p survey.PointCode) survey.PointCode {
	codes := map[survey.PointCode]string{pointOpen: "HA1L0N", pointLand: "DATDA1", pointClosed: "CXSEDD", pointOff: "0FF0FF"}
	for _, check := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
		if c, err := survey.ParsePointCode(codes[p] + string(check)); err == nil {
			return c
		}
	}
	panic("no check character fits " + p)
}

func testForm() survey.Questionnaire {
	return survey.Questionnaire{
		ID: "quick@2", Code: "quick", Version: 2, Family: survey.Procedures,
		Title: vien("Phiếu nhanh", "Quick form"), Intro: vien("Trả lời là tự nguyện.", "Answering is voluntary."),
		Scales: []survey.Scale{{ID: "satisfaction5", Satisfied: []int{4, 5}, Points: []survey.Option{
			{Code: 1, Label: vien("Rất không hài lòng", "Very dissatisfied")},
			{Code: 2, Label: vien("Không hài lòng", "Dissatisfied")},
			{Code: 3, Label: vien("Bình thường", "Neutral")},
			{Code: 4, Label: vien("Hài lòng", "Satisfied")},
			{Code: 5, Label: vien("Rất hài lòng", "Very satisfied")},
		}}},
		Sections: []survey.Section{
			{Code: "a", Title: vien("Lần phục vụ này", "This visit"), Items: []survey.Item{
				{Code: "sector", Type: survey.SectorItem, Label: vien("Việc gì?", "What about?"), Required: true},
				{Code: "overall", Type: survey.ScaleItem, Scale: "satisfaction5", Label: vien("Ông/Bà có hài lòng không?", "Are you satisfied?"), Required: true, Overall: true},
				{
					Code: "bad", Type: survey.MultipleItem, Max: 2, Label: vien("Điều gì chưa tốt?", "What was not good?"),
					ShowIf:  []survey.When{{Item: "overall", In: []int{1, 2, 3}}},
					Options: []survey.Option{{Code: 1, Label: vien("Chờ lâu", "Long wait")}, {Code: 2, Label: vien("Thái độ", "Manners")}, {Code: 9, Label: vien("Khác", "Other"), Write: true}},
				},
				{Code: "polite", Type: survey.ScaleItem, Scale: "satisfaction5", Label: vien("Thái độ", "Manners"), NA: vien("Không biết", "Don't know")},
			}},
			{Code: "b", Title: vien("Thêm", "More"), Items: []survey.Item{
				{Code: "visits", Type: survey.NumberItem, Min: 1, Max: 20, Label: vien("Mấy lần đến?", "How many visits?")},
				{Code: "consent", Type: survey.ConsentItem, Label: vien("Tôi đồng ý cho biết dân tộc", "I agree to give my ethnicity")},
				{
					Code: "ethnicity", Type: survey.SingleItem, Sensitive: true, Label: vien("Dân tộc", "Ethnicity"),
					ShowIf:  []survey.When{{Item: "consent", In: []int{1}}},
					Options: []survey.Option{{Code: 1, Label: vien("La Hủ", "La Hu")}, {Code: 2, Label: vien("Thái", "Thai")}},
				},
				{Code: "words", Type: survey.TextItem, Label: vien("Góp ý", "Comment")},
			}},
		},
	}
}

func testCatalog() *survey.Catalog {
	form := testForm()
	method := survey.Method{Formula: survey.Top2, Pooling: survey.PoolOverall, Version: "1", Confidence: 0.95, MinN: 30}
	return (&survey.Catalog{
		Units: []survey.Unit{
			{ID: "xa", Kind: survey.Commune, Name: vien("Xã Bum Tở", "Bum To commune")},
			{ID: "motcua", Parent: "xa", Kind: survey.OneStop, Name: vien("Trung tâm Phục vụ hành chính công xã Bum Tở", "Bum To one-stop shop")},
			{ID: "cu", Kind: survey.OneStop, Name: vien("Bộ phận Một cửa cũ", "Former one-stop shop")},
		},
		Sectors: []survey.Sector{
			{ID: "land", Name: vien("Đất đai", "Land"), Group: survey.LandBuildInvest, Short: true, Order: 1},
			{ID: "civil", Name: vien("Hộ tịch", "Civil status"), Short: true, Order: 2},
			{ID: "forestry", Name: vien("Lâm nghiệp", "Forestry"), Order: 3},
			{ID: survey.OtherSector, Name: vien("Việc khác", "Something else"), Short: true, Order: 4},
		},
		Questionnaires: []survey.Questionnaire{form},
		Campaigns: []survey.Campaign{
			{ID: "tthc-2026", Title: vien("Đợt 2026", "2026"), Family: survey.Procedures, Forms: []survey.FormRef{form.Ref()}, Units: []survey.UnitID{"xa"}, Period: survey.Span{From: "2026-01-01", To: "2026-12-31"}, State: survey.Open, Method: method},
			{ID: "tthc-2025", Title: vien("Đợt 2025", "2025"), Family: survey.Procedures, Forms: []survey.FormRef{form.Ref()}, Units: []survey.UnitID{"cu"}, Period: survey.Span{From: "2025-01-01", To: "2025-06-30"}, State: survey.Open, Method: method},
		},
		Points: []survey.Point{
			{Code: code(pointOpen), Unit: "motcua", Form: "quick", Channel: survey.ChannelQR},
			{Code: code(pointLand), Unit: "motcua", Form: "quick", Sector: "land", Channel: survey.ChannelQR, Label: vien("Quầy đất đai", "Land counter")},
			{Code: code(pointClosed), Unit: "cu", Form: "quick", Channel: survey.ChannelQR},
			{Code: code(pointOff), Unit: "motcua", Form: "quick", Channel: survey.ChannelQR, Off: true},
		},
	}).Index()
}

func newTestLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// openStore opens an empty store that is closed with the test.
func openStore(t testing.TB) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// plantStore opens a store as a first start leaves it, with the shipped
// catalogue.
func plantStore(t testing.TB) *bolt.Store {
	t.Helper()
	store := openStore(t)
	shipped, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	seed := catalog.Seed{Catalog: shipped, Today: survey.DateOf(testNow), Random: rand.NewChaCha8([32]byte{1})}
	if _, err := seed.Apply(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	return store
}

// newTestServer serves the world of these tests over a real store.
func newTestServer(t testing.TB, change ...func(*Config)) *Server {
	t.Helper()
	return newServerOn(t, openStore(t), testCatalog(), change...)
}

func newServerOn(t testing.TB, store survey.Store, catalog *survey.Catalog, change ...func(*Config)) *Server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	now := func() time.Time { return testNow }
	get := func() *survey.Catalog { return catalog }
	config := Config{Catalog: get, PublicURL: "https://hailong.example", Now: now, Log: log}
	for _, f := range change {
		f(&config)
	}
	services := newServices(store, config.Catalog, config.Now, log)
	s, err := New(config, services)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newPlantedServer serves the shipped catalogue as a first start leaves it.
func newPlantedServer(t testing.TB, change ...func(*Config)) (*Server, *survey.Catalog) {
	t.Helper()
	store := plantStore(t)
	planted, err := survey.LoadCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	return newServerOn(t, store, planted, change...), planted
}

// pointsByForm returns a point of each questionnaire.
func pointsByForm(c *survey.Catalog) map[survey.FormCode]survey.PointCode {
	points := map[survey.FormCode]survey.PointCode{}
	for _, p := range c.Points {
		if _, known := points[p.Form]; !known {
			points[p.Form] = p.Code
		}
	}
	return points
}

// newServices builds the services of a store as the binary does.
func newServices(store survey.Store, catalog func() *survey.Catalog, now func() time.Time, log *slog.Logger) Services {
	chain := audit.New(store, now)
	changes := survey.NewChanges(store, chain, now)
	live := results.NewLive(store, catalog, log)
	in := &intake.Intake{Store: store, Catalog: catalog, Now: now, Log: log, Stored: live.Add}
	work := campaigns.New(changes, catalog)
	samples := sampling.New(changes, catalog)
	work.GuardDiscard(samples.KeepWhatWasDrawn)
	batches := paper.NewBatches(in, changes)
	batches.Voided = live.Void
	return Services{
		Store: store, Intake: in, Audit: chain,
		Published: results.NewPublished(live, work),
		Accounts:  people.NewAccounts(changes),
		Editor:    &registry.Editor{Changes: changes, Catalog: catalog, Random: rand.NewChaCha8([32]byte{2})},
		Drafts:    &questions.Drafts{Changes: changes, Catalog: catalog},
		Campaigns: work, Samples: samples, Batches: batches,
		Rechecks: paper.NewRechecks(changes, catalog),
		Links:    links.New(changes, catalog),
	}
}
