package survey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"

	"go.mongodb.org/mongo-driver/bson"
)

// Seed is what a store starts with: the shipped catalogue, a campaign of the
// year for each family, and a point wherever people are served.
type Seed struct {
	Catalog *Catalog // units, sectors, questionnaires, targets
	Today   Date
	Random  io.Reader // for the codes of points
	Demo    bool      // the campaigns will hold invented responses
}

// Planted tells what Plant found to do.
type Planted struct {
	First bool               // the store had not been planted before
	Added map[Collection]int // documents of the catalogue that were not there yet
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
	ID        string     `bson:"_id"`
	Rev       int64      `bson:"rev"`
	Done      bool       `bson:"done"`
	Campaigns []Campaign `bson:"campaigns,omitempty"`
	Points    []Point    `bson:"points,omitempty"`
}

const firstStartID = "first_start"

// Plant brings a store up to the seed. It may run at every start, in several
// processes, and after an interruption: what is there is never changed, what a
// newer catalogue brings is added, and campaigns and points are made once in
// the life of a store.
func (s Seed) Plant(ctx context.Context, store Store) (Planted, error) {
	done := Planted{Added: map[Collection]int{}}
	for _, part := range []func() error{
		func() error { return plant(ctx, store, Units, s.Catalog.Units, &done) },
		func() error { return plant(ctx, store, Sectors, s.Catalog.Sectors, &done) },
		func() error { return plant(ctx, store, Questionnaires, s.Catalog.Questionnaires, &done) },
		func() error { return plant(ctx, store, Targets, s.Catalog.Targets, &done) },
		func() error { return s.start(ctx, store, &done) },
	} {
		if err := part(); err != nil {
			return done, fmt.Errorf("load the catalogue into the store: %w", err)
		}
	}
	return done, nil
}

// plant inserts the documents that the store does not hold.
func plant[T any](ctx context.Context, store Store, c Collection, shipped []T, done *Planted) error {
	have := map[string]bson.M{}
	revs := map[string]int64{}
	err := store.Scan(ctx, c, "", "", func(raw bson.Raw) error {
		id, content, err := decodeDocument(raw)
		have[id], revs[id] = content, DocumentRev(raw)
		return err
	})
	if err != nil {
		return err
	}
	var missing []T
	for _, v := range shipped {
		raw, err := bson.Marshal(v)
		if err != nil {
			return NewError(Internal, "encode "+string(c), err)
		}
		id, content, err := decodeDocument(raw)
		switch {
		case err != nil:
			return err
		case have[id] == nil:
			missing = append(missing, v)
		case revs[id] <= DocumentRev(raw) && !reflect.DeepEqual(have[id], content):
			done.Kept = append(done.Kept, string(c)+"/"+id)
		}
	}
	fresh, err := insertAll(ctx, store, c, missing)
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
	id, err := DocumentID(raw)
	if err != nil {
		return "", nil, err
	}
	var content bson.M
	if err := bson.Unmarshal(raw, &content); err != nil {
		return "", nil, NewError(Internal, "decode document "+id, err)
	}
	return id, content, nil
}

// start makes the campaigns and points of a first start.
func (s Seed) start(ctx context.Context, store Store, done *Planted) error {
	settings := Table[firstStart]{store, Settings}
	plan, err := settings.Get(ctx, firstStartID)
	if KindOf(err) == NotFound {
		if plan, err = s.plan(); err != nil {
			return err
		}
		err = settings.Insert(ctx, plan)
		done.First = err == nil
		if KindOf(err) == Conflict { // another process was first: follow its plan
			plan, err = settings.Get(ctx, firstStartID)
		}
	}
	if err != nil || plan.Done {
		return err
	}
	if _, err := insertAll(ctx, store, Campaigns, plan.Campaigns); err != nil {
		return err
	}
	if _, err := insertAll(ctx, store, Points, plan.Points); err != nil {
		return err
	}
	err = settings.Replace(ctx, plan.Rev, firstStart{ID: firstStartID, Rev: plan.Rev + 1, Done: true})
	if KindOf(err) == Conflict { // another process finished it
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

// insertAll stores those of the documents whose id is not taken, and tells which.
func insertAll[T any](ctx context.Context, store Store, c Collection, all []T) ([]bool, error) {
	if len(all) == 0 {
		return nil, nil
	}
	docs := make([]bson.Raw, len(all))
	for i, v := range all {
		raw, err := bson.Marshal(v)
		if err != nil {
			return nil, NewError(Internal, "encode "+string(c), err)
		}
		docs[i] = raw
	}
	return store.Insert(ctx, c, docs...)
}

// MethodVersion names the definition of formulas and poolings in force, as
// printed beside figures.
const MethodVersion = "1"

// Campaigns returns an open campaign of today's year for each family.
func (s Seed) Campaigns() []Campaign {
	year := s.Today.Year()
	titles := map[Family]Text{
		Procedures: {Vietnamese: "Mức độ hài lòng về giải quyết thủ tục hành chính năm " + year, English: "Satisfaction with administrative procedures, " + year},
		Education:  {Vietnamese: "Mức độ hài lòng về dịch vụ giáo dục công lập năm " + year, English: "Satisfaction with public education, " + year},
		Residents:  {Vietnamese: "Khảo sát mức độ hài lòng của người dân năm " + year, English: "Survey of residents’ satisfaction, " + year},
	}
	// Procedures are judged by the one overall question that every form of the
	// family asks; the two surveys by the mean of their factors.
	pooling := map[Family]Pooling{Procedures: PoolOverall, Education: PoolFactors, Residents: PoolFactors}
	var campaigns []Campaign
	for _, family := range Families {
		campaigns = append(campaigns, Campaign{
			ID: CampaignID(string(family) + "-" + year), Rev: 1, Title: titles[family], Family: family,
			Forms:  s.forms(family),
			Period: Span{From: s.from(), To: Date(year + "-12-31")},
			State:  Open, Frame: s.Today,
			Method: Method{Formula: Top2, Pooling: pooling[family], Version: MethodVersion, Confidence: 0.95, MinN: 30},
			Demo:   s.Demo,
		})
	}
	return campaigns
}

// from returns the first day of the campaigns: of the year or, in a
// demonstration, a year ago, so that it has a year to show on any day; but not
// before the units of today existed.
func (s Seed) from() Date {
	if !s.Demo {
		return Date(s.Today.Year() + "-01-01")
	}
	from := DateOf(s.Today.Time().AddDate(-1, 0, 1))
	for _, u := range s.Catalog.Units {
		if u.Valid.Contains(s.Today) {
			from = max(from, u.Valid.From)
		}
	}
	return from
}

// forms returns the newest version of each questionnaire of a family.
func (s Seed) forms(family Family) []FormRef {
	var refs []FormRef
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
func (s Seed) Points() ([]Point, error) {
	var points []Point
	seen := map[PointCode]bool{}
	var failed error
	add := func(p Point) {
		code, err := drawCode(s.Random, func(c PointCode) bool { return seen[c] })
		failed = errors.Join(failed, err)
		seen[code] = true
		p.Code, p.Rev, p.Channel, p.Order = code, 1, ChannelQR, len(points)+1
		points = append(points, p)
	}
	for _, u := range s.Catalog.Units {
		if u.Kind != OneStop || !u.Valid.Contains(s.Today) {
			continue
		}
		for _, form := range s.forms(Procedures) {
			add(Point{Unit: u.ID, Form: form.Code})
			if len(points) == 1 && s.Catalog.Sector(LandSector) != nil {
				add(Point{Unit: u.ID, Form: form.Code, Sector: LandSector, Label: Text{Vietnamese: "Quầy đất đai", English: "Land counter"}})
			}
		}
	}
	for _, u := range s.Catalog.Units {
		if u.Kind != Commune || !u.Valid.Contains(s.Today) {
			continue
		}
		for _, family := range []Family{Education, Residents} {
			for _, form := range s.forms(family) {
				add(Point{Unit: u.ID, Form: form.Code})
			}
		}
	}
	return points, failed
}

// drawCode draws a code that is not taken.
func drawCode(random io.Reader, taken func(PointCode) bool) (PointCode, error) {
	for range 100 {
		code, err := NewPointCode(random)
		if err != nil || !taken(code) {
			return code, err
		}
	}
	return "", NewError(Internal, "draw a point code", errors.New("every code drawn is taken: the source of randomness is broken"))
}
