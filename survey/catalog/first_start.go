package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Seed is what a store starts with: the shipped catalogue, a campaign of the
// year for each family, and a point wherever people are served.
type Seed struct {
	Catalog *survey.Catalog // units, sectors, questionnaires, targets
	Today   survey.Date
	Random  io.Reader // for the codes of points
	Demo    bool      // the campaigns will hold invented responses

	// Changes records what a newer catalogue brings to a store that is in use;
	// nil: the log begins later.
	Changes *survey.Changes
}

// Seeded says what Apply found to do.
type Seeded struct {
	First bool                      // this was the first start
	Added map[survey.Collection]int // documents of the catalogue that were not there yet
	// Kept lists shipped documents ("targets/TTHC") that stand in the store with
	// another content, and that nobody edited there: the store holds an older
	// edition of the catalogue. They stay as they are.
	Kept []string
}

// firstStart is the plan of a first start: which campaigns and points it makes.
// It is stored before they are, and only once, so that a start that was
// interrupted goes on where it stopped, and of several that run at once all
// follow the same plan.
type firstStart struct {
	ID        string            `bson:"_id"`
	Rev       int64             `bson:"rev"`
	Done      bool              `bson:"done"`
	Campaigns []survey.Campaign `bson:"campaigns,omitempty"`
	Points    []survey.Point    `bson:"points,omitempty"`
}

const firstStartID = "first_start"

// Apply brings a store up to the seed. It may run at every start, in several
// processes, and after an interruption: what is there is never changed, what a
// newer catalogue brings is added, and campaigns and points are made once in
// the life of a store.
func (s Seed) Apply(ctx context.Context, store survey.Store) (Seeded, error) {
	done := Seeded{Added: map[survey.Collection]int{}}
	err := s.load(ctx, store, &done)
	for survey.Is(err, survey.Conflict) { // another process adds the same
		err = s.load(ctx, store, &done)
	}
	if err == nil {
		err = s.start(ctx, store, &done)
	}
	if err != nil {
		return done, fmt.Errorf("load the catalogue into the store: %w", err)
	}
	return done, nil
}

// load adds what the store does not hold of the catalogue.
func (s Seed) load(ctx context.Context, store survey.Store, done *Seeded) error {
	*done = Seeded{Added: map[survey.Collection]int{}}
	var act *survey.Act
	if s.Changes != nil {
		act = s.Changes.Begin(survey.Actor{Shell: "serve"}).Entry("catalog.add", "catalog", nil, nil)
	}
	if err := errors.Join(
		insertMissing(ctx, store, act, survey.Units, s.Catalog.Units, done),
		insertMissing(ctx, store, act, survey.Sectors, s.Catalog.Sectors, done),
		insertMissing(ctx, store, act, survey.Questionnaires, s.Catalog.Questionnaires, done),
		insertMissing(ctx, store, act, survey.Targets, s.Catalog.Targets, done),
	); err != nil || act == nil || len(done.Added) == 0 {
		return err
	}
	return act.Do(ctx)
}

// insertMissing inserts the documents that the store does not hold, or adds them
// to an act.
func insertMissing[T any](ctx context.Context, store survey.Store, act *survey.Act, c survey.Collection, shipped []T, done *Seeded) error {
	have := map[string]bson.M{}
	revs := map[string]int64{}
	err := store.Scan(ctx, c, "", "", func(raw bson.Raw) error {
		id, content, err := decodeDocument(raw)
		have[id], revs[id] = content, survey.DocumentRev(raw)
		return err
	})
	if err != nil {
		return err
	}
	var missing []T
	for _, v := range shipped {
		raw, err := bson.Marshal(v)
		if err != nil {
			return survey.NewError(survey.Internal, "encode "+string(c), err)
		}
		id, content, err := decodeDocument(raw)
		switch {
		case err != nil:
			return err
		case have[id] == nil:
			missing = append(missing, v)
		case revs[id] <= survey.DocumentRev(raw) && !reflect.DeepEqual(have[id], content):
			done.Kept = append(done.Kept, string(c)+"/"+id)
		}
	}
	if act != nil && len(missing) > 0 {
		survey.Create(act, c, missing...)
		done.Added[c] = len(missing)
		return nil
	}
	fresh, err := survey.InsertAll(ctx, store, c, missing)
	for _, isNew := range fresh {
		if isNew {
			done.Added[c]++
		}
	}
	return err
}

// decodeDocument reads a document so that two can be compared: the texts in it
// are maps, whose order in the bytes means nothing.
func decodeDocument(raw bson.Raw) (string, bson.M, error) {
	id, err := survey.DocumentID(raw)
	if err != nil {
		return "", nil, err
	}
	var content bson.M
	if err := bson.Unmarshal(raw, &content); err != nil {
		return "", nil, survey.NewError(survey.Internal, "decode document "+id, err)
	}
	delete(content, "change") // how it came to be so
	return id, content, nil
}

// start makes the campaigns and points of a first start.
func (s Seed) start(ctx context.Context, store survey.Store, done *Seeded) error {
	settings := survey.Documents[firstStart]{Store: store, Collection: survey.Settings}
	plan, err := settings.Get(ctx, firstStartID)
	if survey.Is(err, survey.NotFound) {
		if plan, err = s.plan(); err != nil {
			return err
		}
		err = settings.Insert(ctx, plan)
		done.First = err == nil
		if survey.Is(err, survey.Conflict) { // another process was first: follow its plan
			plan, err = settings.Get(ctx, firstStartID)
		}
	}
	if err != nil || plan.Done {
		return err
	}
	if _, err := survey.InsertAll(ctx, store, survey.Campaigns, plan.Campaigns); err != nil {
		return err
	}
	if _, err := survey.InsertAll(ctx, store, survey.Points, plan.Points); err != nil {
		return err
	}
	err = settings.Replace(ctx, plan.Rev, firstStart{ID: firstStartID, Rev: plan.Rev + 1, Done: true})
	if survey.Is(err, survey.Conflict) { // another process finished it
		return nil
	}
	return err
}

func (s Seed) plan() (firstStart, error) {
	points, err := s.Points()
	if err != nil {
		return firstStart{}, err
	}
	return firstStart{ID: firstStartID, Rev: 1, Campaigns: s.Campaigns(), Points: points}, nil
}

// Campaigns returns an open campaign of today's year for each family.
func (s Seed) Campaigns() []survey.Campaign {
	year := s.Today.Year()
	titles := map[survey.Family]survey.Text{
		survey.Procedures: {survey.Vietnamese: "Mức độ hài lòng về giải quyết thủ tục hành chính năm " + year, survey.English: "Satisfaction with administrative procedures, " + year},
		survey.Education:  {survey.Vietnamese: "Mức độ hài lòng về dịch vụ giáo dục công lập năm " + year, survey.English: "Satisfaction with public education, " + year},
		survey.Residents:  {survey.Vietnamese: "Khảo sát mức độ hài lòng của người dân năm " + year, survey.English: "Survey of residents’ satisfaction, " + year},
	}
	// Procedures are judged by the one overall question that every form of the
	// family asks; the two surveys by the mean of their factors.
	pooling := map[survey.Family]survey.Pooling{survey.Procedures: survey.PoolOverall, survey.Education: survey.PoolFactors, survey.Residents: survey.PoolFactors}
	var campaigns []survey.Campaign
	for _, family := range survey.Families {
		rhythm := survey.Once
		if family == survey.Procedures || s.Demo { // counters are open all year
			rhythm = survey.Monthly
		}
		campaigns = append(campaigns, survey.Campaign{
			ID: survey.CampaignID(string(family) + "-" + year), Rev: 1, Title: titles[family], Family: family,
			Forms:  s.forms(family),
			Period: survey.Span{From: s.from(), To: survey.Date(year + "-12-31")},
			State:  survey.Open, Frame: s.Today, Rhythm: rhythm, Opened: s.opened(),
			Method: survey.Method{Formula: survey.Top2, Pooling: pooling[family], Version: survey.MethodVersion, Confidence: 0.95, MinN: 30},
			Demo:   s.Demo,
		})
	}
	return campaigns
}

// opened returns the day on which the campaigns are opened; of a demonstration none,
// whose year was answered before.
func (s Seed) opened() survey.Date {
	if s.Demo {
		return ""
	}
	return s.Today
}

// from returns the first day of the campaigns: of the year or, in a
// demonstration, a year ago, so that it has a year to show on any day; but not
// before the units of today existed.
func (s Seed) from() survey.Date {
	if !s.Demo {
		return survey.Date(s.Today.Year() + "-01-01")
	}
	from := survey.DateOf(s.Today.Time().AddDate(-1, 0, 1))
	for _, u := range s.Catalog.Units {
		if u.Valid.Contains(s.Today) {
			from = max(from, u.Valid.From)
		}
	}
	return from
}

// forms returns the newest version of each questionnaire of a family.
func (s Seed) forms(family survey.Family) []survey.FormRef {
	var refs []survey.FormRef
	for _, q := range s.Catalog.Questionnaires {
		if q.Family == family && s.Catalog.Latest(q.Code).Version == q.Version {
			refs = append(refs, q.Ref())
		}
	}
	return refs
}

// Points returns the points of a first start, for the units in force today: at
// each one-stop shop one for each form about procedures, at the first of them
// also a counter for land; in each commune one for each form about education,
// until schools are imported, and one for the residents' survey.
func (s Seed) Points() ([]survey.Point, error) {
	var points []survey.Point
	seen := map[survey.PointCode]bool{}
	var failed error
	add := func(p survey.Point) {
		code, err := survey.DrawCode(s.Random, func(c survey.PointCode) bool { return seen[c] })
		failed = errors.Join(failed, err)
		seen[code] = true
		p.Code, p.Rev, p.Channel, p.Order = code, 1, survey.ChannelQR, len(points)+1
		points = append(points, p)
	}
	for _, u := range s.Catalog.Units {
		if u.Kind != survey.OneStop || !u.Valid.Contains(s.Today) {
			continue
		}
		for _, form := range s.forms(survey.Procedures) {
			add(survey.Point{Unit: u.ID, Form: form.Code})
			if len(points) == 1 && s.Catalog.Sector(survey.LandSector) != nil {
				add(survey.Point{Unit: u.ID, Form: form.Code, Sector: survey.LandSector, Label: survey.Text{survey.Vietnamese: "Quầy đất đai", survey.English: "Land counter"}})
			}
		}
	}
	for _, u := range s.Catalog.Units {
		if u.Kind != survey.Commune || !u.Valid.Contains(s.Today) {
			continue
		}
		for _, family := range []survey.Family{survey.Education, survey.Residents} {
			for _, form := range s.forms(family) {
				add(survey.Point{Unit: u.ID, Form: form.Code})
			}
		}
	}
	return points, failed
}
