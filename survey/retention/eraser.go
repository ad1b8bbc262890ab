package retention

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
)

// ResponsePart is a part of responses that is kept for a while only.
type ResponsePart string

// The parts.
const (
	Sensitive ResponsePart = "sensitive"
	Texts     ResponsePart = "texts"
)

// Record says what was erased of a campaign's responses. It is a document of
// Settings.
type Record struct {
	ID       string            `bson:"_id" json:"-"`
	Rev      int64             `bson:"rev" json:"-"`
	Campaign survey.CampaignID `bson:"campaign" json:"campaign"`
	Erased   []Erasure         `bson:"erased" json:"erased"` // the first one first
}

// Erasure is one part that was erased.
type Erasure struct {
	Part      ResponsePart `bson:"part" json:"part"`
	Day       survey.Date  `bson:"day" json:"day"`
	Responses int          `bson:"responses" json:"responses"` // that held something of it

	// Total is of how many responses of the campaign a part was erased by then, by whatever
	// run, also by one that was killed before it said so. A check holds the responses
	// against it. 0: an older version, which did not count.
	Total int `bson:"total,omitempty" json:"total,omitempty"`
}

// RecordID is the id of a campaign's record.
func RecordID(id survey.CampaignID) string { return "retention." + string(id) }

// Eraser erases what is kept no longer. One value serves a process.
type Eraser struct {
	changes *survey.Changes
	catalog func() *survey.Catalog
	now     func() time.Time

	// Erased is called after responses lost something, so that figures are made anew
	// and the file is compacted; nil: nobody is told.
	Erased func()

	mu   sync.Mutex
	done map[due]bool // since the start of the process
}

// due is a part of a campaign whose time has come.
type due struct {
	campaign survey.CampaignID
	part     ResponsePart
}

// New returns the eraser of a store.
func New(changes *survey.Changes, catalog func() *survey.Catalog) *Eraser {
	return &Eraser{changes: changes, catalog: catalog, now: changes.Now, done: map[due]bool{}}
}

// EraseDue erases what is due and returns what it erased, by campaign. What was
// erased before is looked through once after each start: a restored backup, or a
// form that was entered late, may have brought some back. The actor answers for it in
// the audit log.
func (e *Eraser) EraseDue(ctx context.Context, actor survey.Actor) (map[survey.CampaignID][]Erasure, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	catalog, today := e.catalog(), survey.DateOf(e.now())
	wanted := map[due]*atomic.Int64{}
	for i := range catalog.Campaigns {
		c := &catalog.Campaigns[i]
		for _, part := range []ResponsePart{Sensitive, Texts} {
			on := DueOn(&catalog.Privacy, c, part)
			if d := (due{c.ID, part}); on != "" && on <= today && !e.done[d] {
				wanted[d] = new(atomic.Int64)
			}
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	totals, err := e.eraseAll(ctx, catalog, wanted)
	if err != nil {
		return nil, err
	}
	erased := map[survey.CampaignID][]Erasure{}
	for d, n := range wanted {
		if responses := int(n.Load()); responses > 0 {
			erased[d.campaign] = append(erased[d.campaign], Erasure{Part: d.part, Day: today, Responses: responses})
		}
	}
	if len(erased) > 0 && e.Erased != nil {
		e.Erased()
	}
	for id, total := range totals {
		if err := e.record(ctx, actor, id, erased[id], int(total.Load())); err != nil {
			return erased, err
		}
	}
	for d := range wanted {
		e.done[d] = true
	}
	return erased, nil
}

// eraseWorkers share the responses, so that the store writes several at once.
const eraseWorkers = 64

// eraseAll reads all responses once and erases what is wanted of them. It returns of how
// many responses of each campaign a part is erased then.
func (e *Eraser) eraseAll(ctx context.Context, catalog *survey.Catalog, wanted map[due]*atomic.Int64) (map[survey.CampaignID]*atomic.Int64, error) {
	totals := map[survey.CampaignID]*atomic.Int64{}
	for d := range wanted {
		totals[d.campaign] = new(atomic.Int64)
	}
	sensitive := map[survey.FormRef]map[string]bool{}
	for i := range catalog.Questionnaires {
		q := &catalog.Questionnaires[i]
		sensitive[q.Ref()] = SensitiveItems(q)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(eraseWorkers)
	err := e.changes.Store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		campaign := survey.CampaignID(survey.DocumentText(doc, "campaign"))
		want := map[ResponsePart]*atomic.Int64{}
		for _, part := range []ResponsePart{Sensitive, Texts} {
			if n := wanted[due{campaign, part}]; n != nil {
				want[part] = n
			}
		}
		if len(want) == 0 || survey.IsTakenBack(doc) {
			return nil
		}
		if survey.IsPartErased(doc) {
			totals[campaign].Add(1)
		}
		kept := bytes.Clone(doc)
		group.Go(func() error { return e.eraseOne(ctx, kept, sensitive, want, totals[campaign]) })
		return nil
	})
	if failed := group.Wait(); failed != nil {
		return totals, failed
	}
	return totals, err
}

// eraseOne erases what is wanted of one response, and counts what it held of it.
func (e *Eraser) eraseOne(ctx context.Context, doc bson.Raw, sensitive map[survey.FormRef]map[string]bool, want map[ResponsePart]*atomic.Int64, total *atomic.Int64) error {
	left, held, err := without(doc, sensitive, want[Sensitive] != nil, want[Texts] != nil)
	if err != nil || left == nil {
		return err
	}
	switch err := e.changes.Store.Replace(ctx, survey.Responses, survey.DocumentRev(doc), left); {
	case err == nil:
		for _, part := range held {
			want[part].Add(1)
		}
		if survey.IsPartErased(left) && !survey.IsPartErased(doc) {
			total.Add(1)
		}
	case !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound): // its sender, or another server, was faster
		return err
	}
	return nil
}

// record notes what was erased, with its entry in the audit log. Where a run that was
// killed erased something and did not say so, it says how much that is by now.
func (e *Eraser) record(ctx context.Context, actor survey.Actor, id survey.CampaignID, parts []Erasure, total int) error {
	today := survey.DateOf(e.now())
	for {
		records := survey.Documents[Record]{Store: e.changes.Store, Collection: survey.Settings}
		stored, err := records.Get(ctx, RecordID(id))
		if err != nil && !survey.Is(err, survey.NotFound) {
			return err
		}
		said := slices.Clone(parts)
		if len(said) == 0 && total > Total(stored.Erased) {
			said = []Erasure{{Part: Sensitive, Day: today}}
		}
		if len(said) == 0 {
			return nil
		}
		for i := range said {
			said[i].Total = total
		}
		_, err = survey.Change(ctx, e.changes, survey.Edit[Record]{
			Collection: survey.Settings, ID: RecordID(id), Seen: stored.Rev, Actor: actor, Action: EraseAction, Subject: "campaigns/" + string(id),
			Do: func(r *Record) error {
				r.ID, r.Campaign = RecordID(id), id
				r.Erased = append(r.Erased, said...)
				return nil
			},
			Show: func(*Record) any { return said },
		})
		if !survey.Is(err, survey.Conflict) {
			return err
		}
	}
}

// EraseAction is what the audit log calls it. The entry is about "campaigns/ID", and tells
// each Erasure.
const EraseAction survey.Action = "retention.erase"

// Total is of how many responses a part was erased, at most, by what was said of it.
func Total(said []Erasure) (n int) {
	for _, e := range said {
		if e.Total == 0 { // of an older version
			n += e.Responses
		}
	}
	for _, e := range said {
		n = max(n, e.Total)
	}
	return n
}
