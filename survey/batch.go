package survey

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
)

// BatchID identifies a batch of paper forms: "sipas-2026-007". It is short
// enough to be written on the pile.
type BatchID string

// Batch is a pile of paper forms about one unit, numbered from 1, that one
// surveyor hands out, collects and keys in.
type Batch struct {
	ID       BatchID    `bson:"_id" json:"id"`
	Rev      int64      `bson:"rev" json:"-"`
	Campaign CampaignID `bson:"campaign" json:"campaign"`
	Title    string     `bson:"title" json:"title"`
	Point    PointCode  `bson:"point" json:"point"` // of its unit and form; a paper point
	Surveyor Login      `bson:"surveyor" json:"surveyor"`
	Forms    int        `bson:"forms" json:"forms"` // handed out; serial numbers go up to it
	Closed   bool       `bson:"closed,omitempty" json:"closed,omitempty"`
	Created  time.Time  `bson:"created" json:"created"`
	// Space is the part that the ids of the batch's responses share; see
	// entryID. It is drawn by lot, so that nobody outside can take an id first.
	Space string `bson:"space" json:"-"`
	// Making is the page that it was made on, so that a second press of its
	// button finds it.
	Making string `bson:"making,omitempty" json:"-"`
}

// again reports whether a batch was made on the same page as another, for the
// same forms and surveyor.
func (b *Batch) again(other *Batch) bool {
	return b.Making != "" && b.Making == other.Making && b.Point == other.Point && b.Surveyor == other.Surveyor && b.Forms == other.Forms
}

// Limits of batches.
const (
	MaxBatchForms = 5000
	MaxNewBatches = 500 // made at once
	maxBatchTitle = 120 // characters
)

// Batches hands out paper forms and takes in what surveyors key in of them.
// Every change by staff is recorded; a keyed-in form is a response, which says
// itself who keyed it in.
type Batches struct {
	store   Store
	audit   *AuditLog
	catalog func() *Catalog
	intake  *Intake
	now     func() time.Time

	// Voided is called after a response was voided, so that figures of this
	// process leave it out at the next read. nil: nobody asks.
	Voided func(context.Context, Void) error
}

// NewBatches returns the batches of an intake's store.
func NewBatches(intake *Intake, audit *AuditLog, now func() time.Time) *Batches {
	return &Batches{store: intake.Store, audit: audit, catalog: intake.Catalog, intake: intake, now: now}
}

func (b *Batches) batches() Table[Batch] { return Table[Batch]{b.store, PaperBatches} }

// Get returns a batch, or NotFound.
func (b *Batches) Get(ctx context.Context, id BatchID) (Batch, error) {
	return b.batches().Get(ctx, string(id))
}

// All returns every batch, in the order of their ids.
func (b *Batches) All(ctx context.Context) ([]Batch, error) { return b.batches().All(ctx) }

// BatchPlan is batches to be made: one for each point and surveyor.
type BatchPlan struct {
	Campaign  CampaignID
	Points    []PointCode // paper points
	Surveyors []Login
	Forms     int    // of each
	Making    string // drawn for the page it was made on; making it twice makes it once. Empty: no page
}

// Check returns Invalid, with its Fields, if a plan cannot be carried out.
func (b *Batches) Check(ctx context.Context, plan BatchPlan) error {
	_, err := b.planned(ctx, plan)
	return err
}

// Make makes the batches of a plan, but for those that the same page made
// before, and returns all of them. Errors: Invalid with its Fields.
func (b *Batches) Make(ctx context.Context, actor Actor, plan BatchPlan) ([]Batch, error) {
	made, err := b.planned(ctx, plan)
	if err != nil {
		return nil, err
	}
	fresh, err := b.insert(ctx, made)
	if err != nil || len(fresh) == 0 {
		return made, err
	}
	return made, b.audit.Record(ctx, actor, "batch.create", "batches", nil, fresh)
}

// planned is the batches of a plan, without numbers.
func (b *Batches) planned(ctx context.Context, plan BatchPlan) ([]Batch, error) {
	catalog := b.catalog()
	fields := map[string]Message{}
	campaign := catalog.Campaign(plan.Campaign)
	if campaign == nil || !campaign.Keying() {
		fields["campaign"] = Message{Key: "batch.bad_campaign"}
	}
	checkForms(fields, plan.Forms)
	if len(plan.Points) == 0 {
		fields["units"] = Message{Key: "batch.no_units"}
	}
	if len(plan.Surveyors) == 0 {
		fields["surveyors"] = Message{Key: "batch.no_surveyors"}
	}
	if n := len(plan.Points) * len(plan.Surveyors); n > MaxNewBatches {
		fields["units"] = Message{"batch.too_many", []any{n, MaxNewBatches}}
	}
	var made []Batch
	for _, code := range plan.Points {
		point := catalog.Point(code)
		if point == nil || point.Off || campaign != nil && !catalog.asks(campaign, point) {
			fields["units"] = Message{Key: "batch.bad_unit"}
			continue
		}
		for _, login := range plan.Surveyors {
			surveyor, bad, err := b.surveyor(ctx, login, point)
			if err != nil {
				return nil, err
			}
			if bad != nil {
				fields["surveyors"] = *bad
				continue
			}
			made = append(made, Batch{
				Rev: 1, Campaign: plan.Campaign, Title: catalog.unitName(point.Unit, DateOf(b.now())) + " – " + surveyor.Name,
				Point: code, Surveyor: login, Forms: plan.Forms, Making: plan.Making,
			})
		}
	}
	return made, invalid("make batches", fields)
}

// insert numbers new batches within their campaign, stores them and returns
// those that were not there yet; the others become what is stored.
func (b *Batches) insert(ctx context.Context, made []Batch) ([]Batch, error) {
	last := 0
	prefix := string(made[0].Campaign) + "-"
	var left []*Batch
	for i := range made {
		made[i].Created, made[i].Space = b.now().UTC().Truncate(time.Millisecond), newSpace().String()
		left = append(left, &made[i])
	}
	// there replaces the batch that was stored before by what is stored.
	there := func(stored Batch) {
		left = slices.DeleteFunc(left, func(batch *Batch) bool {
			again := batch.again(&stored)
			if again {
				*batch = stored
			}
			return again
		})
	}
	table := b.batches()
	err := b.store.Scan(ctx, PaperBatches, prefix, prefix+":", func(doc bson.Raw) error { // ":" follows the digits
		var stored Batch
		if err := table.decode(doc, &stored); err != nil {
			return err
		}
		if n, bad := strconv.Atoi(strings.TrimPrefix(string(stored.ID), prefix)); bad == nil { // else of "tthc-2026" beside "tthc"
			last = max(last, n)
		}
		there(stored)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var inserted []Batch
	for len(left) > 0 { // again only where another server took a number
		docs := make([]bson.Raw, len(left))
		for i, batch := range left {
			last++
			batch.ID = BatchID(fmt.Sprintf("%s%03d", prefix, last))
			if docs[i], err = bson.Marshal(batch); err != nil {
				return nil, NewError(Internal, "make batches", err)
			}
		}
		fresh, err := b.store.Insert(ctx, PaperBatches, docs...)
		if err != nil {
			return nil, err
		}
		var taken []*Batch
		for i, batch := range left {
			if fresh[i] {
				inserted = append(inserted, *batch)
			} else {
				taken = append(taken, batch)
			}
		}
		left = taken
		for _, batch := range slices.Clone(taken) { // by a second press at the same moment?
			stored, err := b.Get(ctx, batch.ID)
			if err != nil {
				return nil, err
			}
			there(stored)
		}
	}
	return inserted, nil
}

// BatchEdit is what can be changed of a batch.
type BatchEdit struct {
	Title    string
	Surveyor Login
	Forms    int
}

// Edit changes a batch of revision rev; another surveyor is how it is
// reassigned. Errors: Invalid, NotFound, Conflict.
func (b *Batches) Edit(ctx context.Context, actor Actor, id BatchID, rev int64, edit BatchEdit) error {
	return b.change(ctx, actor, id, rev, "batch.edit", func(batch *Batch) error {
		fields := map[string]Message{}
		batch.Title = strings.TrimSpace(cleanText(edit.Title))
		if n := utf8.RuneCountInString(batch.Title); n < 1 || n > maxBatchTitle {
			fields["title"] = Message{"batch.bad_title", []any{maxBatchTitle}}
		}
		if point := b.catalog().Point(batch.Point); edit.Surveyor != batch.Surveyor && point != nil {
			_, bad, err := b.surveyor(ctx, edit.Surveyor, point)
			if err != nil {
				return err
			}
			if bad != nil {
				fields["surveyor"] = *bad
			}
		}
		checkForms(fields, edit.Forms)
		if _, wrong := fields["forms"]; edit.Forms < batch.Forms && !wrong {
			keyed, err := b.Entries(ctx, batch)
			if err != nil {
				return err
			}
			if last := keyed.Highest(); edit.Forms < last {
				fields["forms"] = Message{"batch.forms_keyed", []any{last}}
			}
		}
		batch.Surveyor, batch.Forms = edit.Surveyor, edit.Forms
		return invalid("edit batch", fields)
	})
}

// Close ends the keying of a batch.
func (b *Batches) Close(ctx context.Context, actor Actor, id BatchID, rev int64) error {
	return b.change(ctx, actor, id, rev, "batch.close", func(batch *Batch) error { batch.Closed = true; return nil })
}

// Reopen undoes Close.
func (b *Batches) Reopen(ctx context.Context, actor Actor, id BatchID, rev int64) error {
	return b.change(ctx, actor, id, rev, "batch.reopen", func(batch *Batch) error { batch.Closed = false; return nil })
}

func (b *Batches) change(ctx context.Context, actor Actor, id BatchID, rev int64, action Action, edit func(*Batch) error) error {
	before, err := b.Get(ctx, id)
	if err != nil {
		return err
	}
	if before.Rev != rev {
		return NewError(Conflict, string(action), nil)
	}
	after := before
	if err := edit(&after); err != nil {
		return err
	}
	after.Rev = rev + 1
	if err := b.batches().Replace(ctx, rev, after); err != nil {
		return err
	}
	return b.audit.Record(ctx, actor, action, "batches/"+string(id), before, after)
}

// surveyor returns the person behind a login if forms of a point can be given
// to them, and otherwise says why not.
func (b *Batches) surveyor(ctx context.Context, login Login, point *Point) (User, *Message, error) {
	user, err := Table[User]{b.store, Users}.Get(ctx, string(login))
	switch {
	case err != nil && KindOf(err) != NotFound:
		return User{}, nil, err
	case err != nil || user.Grant.Role != Surveyor || user.Disabled:
		return User{}, &Message{Key: "batch.no_surveyor", Args: []any{string(login)}}, nil
	}
	var family Family
	if form := b.catalog().Latest(point.Form); form != nil {
		family = form.Family
	}
	if !user.Grant.Covers(b.catalog(), point.Unit, family) {
		return User{}, &Message{Key: "batch.surveyor_scope", Args: []any{user.Name, b.catalog().unitName(point.Unit, DateOf(b.now()))}}, nil
	}
	return user, nil, nil
}

func checkForms(fields map[string]Message, forms int) {
	if forms < 1 || forms > MaxBatchForms {
		fields["forms"] = Message{"batch.bad_forms", []any{1, MaxBatchForms}}
	}
}

// Keying reports whether paper forms of the campaign may still be keyed in: a
// form answered in time may be keyed in after the campaign was closed.
func (c *Campaign) Keying() bool {
	return slices.Contains([]CampaignState{Draft, Open, ClosedDown}, c.State)
}

// asks reports whether a campaign asks a point's form of its unit.
func (c *Catalog) asks(campaign *Campaign, p *Point) bool {
	_, ok := campaign.Form(p.Form)
	return ok && c.Covers(campaign, p.Unit)
}

// unitName is the Vietnamese name of what stands in a unit's place on a day, its
// id where there is none.
func (c *Catalog) unitName(id UnitID, on Date) string {
	if u := c.UnitOn(id, on); u != nil {
		return u.Name.In(Vietnamese)
	}
	return string(id)
}

// newSpace draws what the ids of a batch share.
func newSpace() uuid.UUID {
	var space uuid.UUID
	_, _ = rand.Read(space[:]) // crypto/rand never fails since Go 1.24
	return space
}
