package catalog_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/catalog"
	"hailong/survey/surveytest"
)

func TestFirstStart(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	done, err := surveytest.NewSeed(t, "2026-03-02").Apply(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	want := catalog.Seeded{First: true, Added: map[survey.Collection]int{
		survey.Units: 53, survey.Sectors: 46, survey.Questionnaires: 8, survey.Targets: 5,
	}}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("first start (-want +got):\n%s", diff)
	}
	c := surveytest.Loaded(t, store)

	campaigns := map[survey.CampaignID]survey.Method{}
	for _, campaign := range c.Campaigns {
		campaigns[campaign.ID] = campaign.Method
		if err := campaign.Takes("2026-03-02"); err != nil {
			t.Errorf("campaign %s takes no responses: %v", campaign.ID, err)
		}
		if last, due := campaign.EditionDue("2026-03-02"); due {
			t.Errorf("campaign %s is to publish what was answered until %s, before there was a server", campaign.ID, last)
		}
	}
	method := func(p survey.Pooling) survey.Method {
		return survey.Method{Formula: survey.Top2, Pooling: p, Version: survey.MethodVersion, Confidence: 0.95, MinN: 30}
	}
	if diff := cmp.Diff(map[survey.CampaignID]survey.Method{
		"tthc-2026": method(survey.PoolOverall), "edu-2026": method(survey.PoolFactors), "sipas-2026": method(survey.PoolFactors),
	}, campaigns); diff != "" {
		t.Errorf("campaigns (-want +got):\n%s", diff)
	}

	perForm := map[survey.FormCode]int{}
	for i := range c.Points {
		p := &c.Points[i]
		perForm[p.Form]++
		if _, err := survey.ParsePointCode(string(p.Code)); err != nil {
			t.Errorf("point %s: %v", p.Code, err)
		}
		if u := c.Unit(p.Unit); u == nil || !u.Valid.Contains("2026-03-02") {
			t.Errorf("point %s is at %q, which is not in force", p.Code, p.Unit)
		}
		if _, _, err := c.CampaignFor(p, "2026-03-02"); err != nil {
			t.Errorf("no campaign for point %s of form %s: %v", p.Code, p.Form, err)
		}
	}
	if diff := cmp.Diff(map[survey.FormCode]int{
		"tthc-quick": 8, "tthc-dossier": 7, "sipas-resident": 7, "edu-preschool-parent": 7, "edu-primary-parent": 7,
		"edu-secondary-parent": 7, "edu-secondary-student": 7, "edu-continuing-learner": 7,
	}, perForm); diff != "" {
		t.Errorf("points of each form (-want +got):\n%s", diff)
	}
	if land := c.Points[1]; land.Sector != survey.LandSector || land.Label.In(survey.English) != "Land counter" {
		t.Errorf("the second point is %+v, want the counter for land", land)
	}
}

func TestStartingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	store, before := surveytest.FirstStart(t, "2026-03-02")

	// Staff switch a point off and edit a target; a year later a binary with
	// other random codes starts on the same store.
	off := before.Points[0]
	off.Off, off.Rev = true, 2
	if err := (survey.Documents[survey.Point]{Store: store, Collection: survey.Points}).Replace(t.Context(), 1, off); err != nil {
		t.Fatal(err)
	}
	target := before.Targets[0]
	target.Title, target.Rev = survey.Text{"vi": "Khác", "en": "Other"}, 2
	if err := (survey.Documents[survey.Target]{Store: store, Collection: survey.Targets}).Replace(t.Context(), 1, target); err != nil {
		t.Fatal(err)
	}
	again := surveytest.NewSeed(t, "2027-01-05")
	again.Random = rand.NewChaCha8([32]byte{2})
	done, err := again.Apply(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(catalog.Seeded{Added: map[survey.Collection]int{}}, done); diff != "" {
		t.Errorf("second start (-want +got):\n%s", diff)
	}
	after := surveytest.Loaded(t, store)
	if len(after.Points) != len(before.Points) || len(after.Campaigns) != 3 || !after.Point(off.Code).Off || after.Targets[0].Title["en"] != "Other" {
		t.Error("the second start changed what staff had done, or made points or campaigns again")
	}
}

func TestNewerCatalogue(t *testing.T) {
	t.Parallel()
	store, _ := surveytest.FirstStart(t, "2026-03-02")
	newer := surveytest.NewSeed(t, "2026-03-03")
	v2 := *newer.Catalog.Latest("tthc-quick")
	v2.Version = 2
	v2.ID = v2.Ref().ID()
	newer.Catalog.Questionnaires = append(newer.Catalog.Questionnaires, v2)
	newer.Catalog.Targets[2].Title = survey.Text{"vi": "Câu chữ mới", "en": "New words"}
	newer.Catalog.Index()

	done, err := newer.Apply(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	want := catalog.Seeded{
		Added: map[survey.Collection]int{survey.Questionnaires: 1},
		Kept:  []string{"targets/EDU"},
	}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("start with a newer catalogue (-want +got):\n%s", diff)
	}
	c := surveytest.Loaded(t, store)
	if got := c.Latest("tthc-quick").Version; got != 2 {
		t.Errorf("newest version in the store is %d, want 2", got)
	}
	if ref, _ := c.Campaign("tthc-2026").Form("tthc-quick"); ref.Version != 1 {
		t.Errorf("the running campaign asks version %d: a campaign keeps the version it opened with", ref.Version)
	}
	if got := c.Targets[2].Title.In(survey.English); got == "New words" {
		t.Error("a stored target was changed silently")
	}
}

// In a store that is in use, what a newer catalogue brings is one act in the
// audit log.
func TestNewerCatalogueIsRecorded(t *testing.T) {
	t.Parallel()
	store, _ := surveytest.FirstStart(t, "2026-03-02")
	now := func() time.Time { return survey.Date("2026-03-03").Time() }
	log := audit.New(store, now)
	newer := surveytest.NewSeed(t, "2026-03-03")
	newer.Changes = survey.NewChanges(store, log, now)
	newer.Catalog.Sectors = append(newer.Catalog.Sectors, survey.Sector{ID: "water", Rev: 1, Name: survey.Text{"vi": "Cấp nước", "en": "Water"}, Order: 47})
	newer.Catalog.Index()
	for i, want := range []map[survey.Collection]int{{survey.Sectors: 1}, {}} {
		done, err := newer.Apply(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, done.Added); diff != "" {
			t.Errorf("start %d added (-want +got):\n%s", i+1, diff)
		}
	}
	if surveytest.Loaded(t, store).Sector("water") == nil {
		t.Error("the new sector is not in the store")
	}
	var actions []survey.Action
	if err := log.Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		actions = append(actions, e.Action)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]survey.Action{"catalog.add"}, actions); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// A demonstration has a year to show on any day, but none before the units of
// today existed.
func TestDemonstrationHasAYear(t *testing.T) {
	t.Parallel()
	for today, want := range map[survey.Date]survey.Date{"2026-03-02": "2025-07-01", "2026-06-30": "2025-07-01", "2026-07-01": "2025-07-02", "2028-03-01": "2027-03-02"} {
		seed := surveytest.NewSeed(t, today)
		seed.Demo = true
		for _, c := range seed.Campaigns() {
			if c.Period.From != want {
				t.Errorf("on %s campaign %s begins on %s, want %s", today, c.ID, c.Period.From, want)
			}
			if _, due := c.EditionDue(today); due != (c.Rhythm != survey.Once) {
				t.Errorf("on %s an edition of %s is due: %v", today, c.ID, due)
			}
			if !c.Demo {
				t.Errorf("campaign %s does not say that its responses are invented", c.ID)
			}
		}
	}
}

// Without randomness there are no codes, so nothing is promised.
func TestFirstStartWithoutRandomness(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	seed := surveytest.NewSeed(t, "2026-03-02")
	seed.Random = iotest.ErrReader(errPower)
	if _, err := seed.Apply(t.Context(), store); !errors.Is(err, errPower) {
		t.Errorf("error %v, want %v", err, errPower)
	}
	if c := surveytest.Loaded(t, store); len(c.Points)+len(c.Campaigns) != 0 {
		t.Errorf("%d points and %d campaigns, want none", len(c.Points), len(c.Campaigns))
	}
	done, err := surveytest.NewSeed(t, "2026-03-02").Apply(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	if !done.First {
		t.Error("the next start is not the first one")
	}
}

// failing lets a number of inserts through and then fails, as when the power
// goes during a start.
type failing struct {
	survey.Store
	left int
}

var errPower = errors.New("power cut")

func (f *failing) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if f.left == 0 {
		return nil, errPower
	}
	f.left--
	return f.Store.Insert(ctx, c, docs...)
}

func TestInterruptedStartGoesOn(t *testing.T) {
	t.Parallel()
	for inserts := range 7 { // units, sectors, questionnaires, targets, the plan, campaigns, points
		store := surveytest.Store(t)
		if _, err := surveytest.NewSeed(t, "2026-03-02").Apply(t.Context(), &failing{Store: store, left: inserts}); !errors.Is(err, errPower) {
			t.Fatalf("after %d inserts: error %v, want the power cut", inserts, err)
		}
		next := surveytest.NewSeed(t, "2026-03-02")
		next.Random = rand.NewChaCha8([32]byte{byte(inserts + 2)})
		if _, err := next.Apply(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		if c := surveytest.Loaded(t, store); len(c.Points) != 57 || len(c.Campaigns) != 3 || len(c.Units) != 53 {
			t.Errorf("after %d inserts and a new start: %d points, %d campaigns, %d units", inserts, len(c.Points), len(c.Campaigns), len(c.Units))
		}
	}
}

func TestStartingManyAtOnce(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	first := 0
	for i := range 8 {
		s := surveytest.NewSeed(t, "2026-03-02")
		s.Random = rand.NewChaCha8([32]byte{byte(i)})
		all.Go(func() {
			done, err := s.Apply(t.Context(), store)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if done.First {
				first++
			}
		})
	}
	all.Wait()
	if c := surveytest.Loaded(t, store); len(c.Points) != 57 || first != 1 {
		t.Errorf("%d points and %d first starts, want 57 and 1", len(c.Points), first)
	}
}
