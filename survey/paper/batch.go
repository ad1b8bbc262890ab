package paper

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/people"
)

// Batch is a pile of paper forms about one unit, numbered from 1, that one
// surveyor hands out, collects and enters.
type Batch struct {
	ID       survey.BatchID    `bson:"_id" json:"id"`
	Rev      int64             `bson:"rev" json:"-"`
	Campaign survey.CampaignID `bson:"campaign" json:"campaign"`
	Title    string            `bson:"title" json:"title"`
	Point    survey.PointCode  `bson:"point" json:"point"` // of its unit and form; a paper point
	Surveyor survey.Login      `bson:"surveyor" json:"surveyor"`
	Forms    int               `bson:"forms" json:"forms"` // handed out; serial numbers go up to it
	Closed   bool              `bson:"closed,omitempty" json:"closed,omitempty"`
	Created  time.Time         `bson:"created" json:"created"`
	// IDPrefix is the part that the ids of the batch's responses share; see
	// form_id.go. It is drawn at random, so that nobody outside can take an id first.
	IDPrefix string `bson:"space" json:"-"`
	// Seal is of the key that shuffles the forms of the batch; empty: of an older
	// version, whose forms lie in the order of their serial numbers.
	Seal string `bson:"seal,omitempty" json:"-"`
	// IdempotencyKey was drawn for the page that it was made on, so that a second
	// press of its button finds it.
	IdempotencyKey string `bson:"making,omitempty" json:"-"`
}

// again reports whether a batch was made on the same page as another, for the
// same forms and surveyor.
func (b *Batch) again(other *Batch) bool {
	return b.IdempotencyKey != "" && b.IdempotencyKey == other.IdempotencyKey && b.Point == other.Point && b.Surveyor == other.Surveyor && b.Forms == other.Forms
}

// Limits of batches.
const (
	MaxBatchForms = 5000
	MaxNewBatches = 500 // made at once
	maxBatchTitle = 120 // characters
)

// Batches hands out paper forms and takes in what surveyors enter of them.
// Every change by staff is recorded; a keyed-in form is a response, which says
// itself who keyed it in.
type Batches struct {
	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	intake  *intake.Intake
	keys    keySource
	now     func() time.Time
}

// NewBatches returns the batches of an intake's store, which changes are made in.
func NewBatches(intake *intake.Intake, changes *survey.Changes, keys keySource) *Batches {
	return &Batches{changes: changes, store: intake.Store, catalog: intake.Catalog, intake: intake, keys: keys, now: changes.Now}
}

func (b *Batches) formIDs(ctx context.Context, batch *Batch) (formIDs, error) {
	return formIDsOf(ctx, b.keys, batch)
}

func (b *Batches) batches() survey.Documents[Batch] {
	return survey.Documents[Batch]{Store: b.store, Collection: survey.PaperBatches}
}

// Get returns a batch, or NotFound.
func (b *Batches) Get(ctx context.Context, id survey.BatchID) (Batch, error) {
	return b.batches().Get(ctx, string(id))
}

// All returns every batch, in the order of their ids.
func (b *Batches) All(ctx context.Context) ([]Batch, error) { return b.batches().All(ctx) }

// BatchPlan is batches to be made: one for each point and surveyor.
type BatchPlan struct {
	Campaign       survey.CampaignID
	Points         []survey.PointCode // paper points
	Surveyors      []survey.Login
	Forms          int    // of each
	IdempotencyKey string // drawn for the page it was made on; making it twice makes it once. Empty: no page
}

// Check returns Invalid, with its Fields, if a plan cannot be carried out.
func (b *Batches) Check(ctx context.Context, plan BatchPlan) error {
	_, err := b.planned(ctx, plan)
	return err
}

// Make makes the batches of a plan, but for those that the same page made
// before, and returns all of them. Errors: Invalid with its Fields.
func (b *Batches) Make(ctx context.Context, actor survey.Actor, plan BatchPlan) ([]Batch, error) {
	made, err := b.planned(ctx, plan)
	if err != nil {
		return nil, err
	}
	return made, b.insert(ctx, actor, made)
}

// planned is the batches of a plan, without numbers.
func (b *Batches) planned(ctx context.Context, plan BatchPlan) ([]Batch, error) {
	catalog := b.catalog()
	fields := survey.Fields{}
	campaign := catalog.Campaign(plan.Campaign)
	if campaign == nil || !campaign.TakesEntries() {
		fields.Add("campaign", "batch.bad_campaign")
	}
	checkForms(fields, plan.Forms)
	if len(plan.Points) == 0 {
		fields.Add("units", "batch.no_units")
	}
	if len(plan.Surveyors) == 0 {
		fields.Add("surveyors", "batch.no_surveyors")
	}
	if n := len(plan.Points) * len(plan.Surveyors); n > MaxNewBatches {
		fields.Add("units", "batch.too_many", n, MaxNewBatches)
	}
	var made []Batch
	for _, code := range plan.Points {
		point := catalog.Point(code)
		if point == nil || point.Off || campaign != nil && !catalog.Asks(campaign, point) {
			fields.Add("units", "batch.bad_unit")
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
				Rev: 1, Campaign: plan.Campaign, Title: catalog.UnitName(point.Unit, survey.DateOf(b.now())) + " – " + surveyor.Name,
				Point: code, Surveyor: login, Forms: plan.Forms, IdempotencyKey: plan.IdempotencyKey,
			})
		}
	}
	return made, fields.Err("make batches", "batch.invalid")
}

// insert numbers new batches within their campaign and stores those that were
// not there yet, as one act; the others become what is stored.
func (b *Batches) insert(ctx context.Context, actor survey.Actor, made []Batch) error {
	key, err := b.keys.Key(ctx, keyName)
	if err != nil {
		return err
	}
	for i := range made {
		made[i].Created, made[i].IDPrefix = b.now().UTC().Truncate(time.Millisecond), newIDPrefix().String()
		made[i].Seal = newSeal(key, made[i].IDPrefix)
	}
	for {
		fresh, err := b.number(ctx, made)
		if err != nil || len(fresh) == 0 {
			return err
		}
		act := b.changes.Begin(actor).Entry("batch.create", "batches", nil, fresh)
		survey.Create(act, survey.PaperBatches, fresh...)
		err = act.Do(ctx)
		// Another server took a number. What was stored all the same is found by
		// the page that it was made on.
		if !survey.Is(err, survey.Conflict) || fresh[0].IdempotencyKey == "" {
			return err
		}
	}
}

// number gives new batches the numbers after the last of their campaign, and
// returns them. Those that the same page made before become what is stored.
func (b *Batches) number(ctx context.Context, made []Batch) ([]Batch, error) {
	last := 0
	prefix := string(made[0].Campaign) + "-"
	there := make([]bool, len(made))
	table := b.batches()
	err := b.store.Scan(ctx, survey.PaperBatches, prefix, prefix+":", func(doc bson.Raw) error { // ":" follows the digits
		var stored Batch
		if err := table.Decode(doc, &stored); err != nil {
			return err
		}
		if n, bad := strconv.Atoi(strings.TrimPrefix(string(stored.ID), prefix)); bad == nil { // else of "tthc-2026" beside "tthc"
			last = max(last, n)
		}
		for i := range made {
			if made[i].again(&stored) {
				made[i], there[i] = stored, true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var fresh []Batch
	for i := range made {
		if !there[i] {
			last++
			made[i].ID = survey.BatchID(fmt.Sprintf("%s%03d", prefix, last))
			fresh = append(fresh, made[i])
		}
	}
	return fresh, nil
}

// BatchEdit is what can be changed of a batch.
type BatchEdit struct {
	Title    string
	Surveyor survey.Login
	Forms    int
}

// Edit changes a batch of revision rev; another surveyor is how it is
// reassigned. Errors: Invalid, NotFound, Conflict.
func (b *Batches) Edit(ctx context.Context, actor survey.Actor, id survey.BatchID, rev int64, edit BatchEdit) error {
	return b.change(ctx, actor, id, rev, "batch.edit", func(batch *Batch) error {
		fields := survey.Fields{}
		batch.Title = strings.TrimSpace(survey.CleanText(edit.Title))
		if n := utf8.RuneCountInString(batch.Title); n < 1 || n > maxBatchTitle {
			fields.Add("title", "batch.bad_title", maxBatchTitle)
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
				fields.Add("forms", "batch.forms_keyed", strconv.Itoa(last))
			}
		}
		batch.Surveyor, batch.Forms = edit.Surveyor, edit.Forms
		return fields.Err("edit batch", "batch.invalid")
	})
}

// Close ends the entry of a batch.
func (b *Batches) Close(ctx context.Context, actor survey.Actor, id survey.BatchID, rev int64) error {
	return b.change(ctx, actor, id, rev, "batch.close", func(batch *Batch) error { batch.Closed = true; return nil })
}

// Reopen undoes Close.
func (b *Batches) Reopen(ctx context.Context, actor survey.Actor, id survey.BatchID, rev int64) error {
	return b.change(ctx, actor, id, rev, "batch.reopen", func(batch *Batch) error { batch.Closed = false; return nil })
}

func (b *Batches) change(ctx context.Context, actor survey.Actor, id survey.BatchID, rev int64, action survey.Action, edit func(*Batch) error) error {
	_, err := survey.Change(ctx, b.changes, survey.Edit[Batch]{
		Collection: survey.PaperBatches, ID: string(id), Seen: rev, Actor: actor, Action: action, Do: edit,
	})
	return err
}

// surveyor returns the person behind a login if forms of a point can be given
// to them, and otherwise says why not.
func (b *Batches) surveyor(ctx context.Context, login survey.Login, point *survey.Point) (people.User, *survey.Message, error) {
	user, err := survey.Documents[people.User]{Store: b.store, Collection: survey.Users}.Get(ctx, string(login))
	switch {
	case err != nil && !survey.Is(err, survey.NotFound):
		return people.User{}, nil, err
	case err != nil || user.Grant.Role != survey.Surveyor || user.Disabled:
		return people.User{}, &survey.Message{Key: "batch.no_surveyor", Args: []any{string(login)}}, nil
	}
	var family survey.Family
	if form := b.catalog().Latest(point.Form); form != nil {
		family = form.Family
	}
	if !user.Grant.Covers(b.catalog(), survey.OfUnit(point.Unit).In(family)) {
		return people.User{}, &survey.Message{Key: "batch.surveyor_scope", Args: []any{user.Name, b.catalog().UnitName(point.Unit, survey.DateOf(b.now()))}}, nil
	}
	return user, nil, nil
}

func checkForms(fields survey.Fields, forms int) {
	if forms < 1 || forms > MaxBatchForms {
		fields.Add("forms", "batch.bad_forms", 1, MaxBatchForms)
	}
}

// newIDPrefix draws what the ids of a batch share.
func newIDPrefix() uuid.UUID {
	var prefix uuid.UUID
	_, _ = rand.Read(prefix[:]) // crypto/rand never fails since Go 1.24
	return prefix
}
