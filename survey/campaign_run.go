package survey

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Fieldwork runs campaigns: it plans, opens, closes and publishes them. Every
// change goes by an expected revision and is recorded.
//
// The state of a campaign goes
//
//	draft → open ⇄ closed → published → withdrawn → published …
//
// A draft can be changed in everything. Opening freezes what was chosen:
// afterwards only the title and the last day can be changed.
type Fieldwork struct {
	store   Store
	audit   *AuditLog
	catalog func() *Catalog
	now     func() time.Time

	tallies struct {
		sync.Mutex
		byCampaign map[CampaignID]Tally
	}
}

// NewFieldwork returns the fieldwork of a store.
func NewFieldwork(store Store, audit *AuditLog, catalog func() *Catalog, now func() time.Time) *Fieldwork {
	return &Fieldwork{store: store, audit: audit, catalog: catalog, now: now}
}

func (f *Fieldwork) campaigns() Table[Campaign] { return Table[Campaign]{f.store, Campaigns} }

func (f *Fieldwork) time() time.Time { return f.now().UTC().Truncate(time.Millisecond) }

// Draft stores a new campaign as a draft, with an id made of family and year;
// one that the same page drafted before is returned as it is.
// Invalid names the fields that are wrong.
func (f *Fieldwork) Draft(ctx context.Context, actor Actor, c Campaign) (Campaign, error) {
	c.Rev, c.State, c.Shut, c.Editions = 1, Draft, "", nil
	c.complete()
	if err := c.Check(f.catalog()); err != nil {
		return Campaign{}, err
	}
	base := string(c.Family) + "-" + c.Period.From.Year()
	for n := 1; ; n++ {
		c.ID = CampaignID(base)
		if n > 1 {
			c.ID = CampaignID(base + "-" + strconv.Itoa(n))
		}
		err := f.campaigns().Insert(ctx, c)
		if err != nil && KindOf(err) == Conflict {
			// Two presses, even at the same moment, try the same ids.
			stored, err := f.campaigns().Get(ctx, string(c.ID))
			if err == nil && c.again(&stored) {
				return stored, nil
			}
			if err != nil && KindOf(err) != NotFound { // NotFound: discarded meanwhile
				return Campaign{}, err
			}
			continue
		}
		if err != nil {
			return Campaign{}, err
		}
		return c, f.audit.Record(ctx, actor, "campaign.create", "campaigns/"+string(c.ID), nil, c)
	}
}

// again reports whether a campaign was drafted on the same page as another,
// and with the same title and period.
func (c *Campaign) again(other *Campaign) bool {
	return c.Making != "" && c.Making == other.Making && c.Period == other.Period && maps.Equal(c.Title, other.Title)
}

// complete fills in what follows from the rest.
func (c *Campaign) complete() {
	c.Title.clean()
	c.Method.Version = MethodVersion
	if c.Frame == "" {
		c.Frame = c.Period.From
	}
	if len(c.Langs) == 0 {
		c.Langs = []Lang{Vietnamese}
	}
}

// Edit changes a campaign of revision rev. Of an open one only title and last
// day may differ. Errors: Invalid, NotFound, Conflict.
func (f *Fieldwork) Edit(ctx context.Context, actor Actor, rev int64, edited Campaign) (Campaign, error) {
	return f.change(ctx, actor, edited.ID, rev, "campaign.edit", func(c *Campaign) error {
		switch c.State {
		case Draft:
			edited.Rev, edited.State, edited.Demo, edited.Making = c.Rev, Draft, c.Demo, c.Making
			edited.complete()
			*c = edited
		case Open:
			edited.Title.clean()
			c.Title, c.Period.To = edited.Title, edited.Period.To
			if err := f.stillAhead(c); err != nil {
				return err
			}
		case ClosedDown, Published, Withdrawn:
			return wrongState("edit campaign", c)
		}
		return c.Check(f.catalog())
	})
}

// Discard removes a draft.
func (f *Fieldwork) Discard(ctx context.Context, actor Actor, id CampaignID, rev int64) error {
	c, err := f.campaigns().Get(ctx, string(id))
	if err != nil {
		return err
	}
	if c.State != Draft {
		return wrongState("discard campaign", &c)
	}
	if sample, err := f.Sample(ctx, id); err != nil {
		return err
	} else if len(sample.Draws) > 0 { // its contacts would be left behind
		return &Error{Kind: Invalid, Op: "discard campaign", Key: "sample.discard_first"}
	}
	if err := f.store.Delete(ctx, Campaigns, string(id), rev); err != nil {
		return err
	}
	return f.audit.Record(ctx, actor, "campaign.discard", "campaigns/"+string(id), c, nil)
}

// Open opens a draft for responses. Invalid says what is missing: words of a
// form in a chosen language, a period that lies ahead, or units and forms that
// no other open campaign asks at the same time.
func (f *Fieldwork) Open(ctx context.Context, actor Actor, id CampaignID, rev int64) (Campaign, error) {
	return f.change(ctx, actor, id, rev, "campaign.open", func(c *Campaign) error {
		if c.State != Draft {
			return wrongState("open campaign", c)
		}
		if err := c.Check(f.catalog()); err != nil {
			return err
		}
		if err := f.Openable(c); err != nil {
			return err
		}
		c.State = Open
		return nil
	})
}

// Close ends the collection. What was answered before today and arrives later
// is still taken.
func (f *Fieldwork) Close(ctx context.Context, actor Actor, id CampaignID, rev int64) (Campaign, error) {
	return f.change(ctx, actor, id, rev, "campaign.close", func(c *Campaign) error {
		if c.State != Open {
			return wrongState("close campaign", c)
		}
		c.State, c.Shut = ClosedDown, DateOf(f.now())
		if day := nextDay(c.Period.To); day != "" { // the period's last day is over: all of it counts
			c.Shut = min(c.Shut, day)
		}
		return nil
	})
}

func nextDay(d Date) Date {
	if !d.Valid() {
		return ""
	}
	return DateOf(d.Time().AddDate(0, 0, 1))
}

// Reopen undoes Close as long as nothing was published.
func (f *Fieldwork) Reopen(ctx context.Context, actor Actor, id CampaignID, rev int64) (Campaign, error) {
	return f.change(ctx, actor, id, rev, "campaign.reopen", func(c *Campaign) error {
		if c.State != ClosedDown {
			return wrongState("reopen campaign", c)
		}
		if err := f.Openable(c); err != nil {
			return err
		}
		c.State, c.Shut = Open, ""
		return nil
	})
}

// Publish freezes the figures of a closed campaign, or of one whose last
// edition was withdrawn. figures is asked for them with the edition to be; what
// it returns is written as canonical JSON and never again.
func (f *Fieldwork) Publish(ctx context.Context, actor Actor, id CampaignID, rev int64, figures func(Campaign, Edition) (any, error)) (Campaign, error) {
	return f.change(ctx, actor, id, rev, "campaign.publish", func(c *Campaign) error {
		if c.State != ClosedDown && c.State != Withdrawn {
			return wrongState("publish campaign", c)
		}
		edition := Edition{Number: len(c.Editions) + 1, Published: f.time(), By: actor.String()}
		content, err := figures(*c, edition)
		if err != nil {
			return err
		}
		snapshot, err := newSnapshot(c.ID, edition.Number, edition.Published, content)
		if err != nil {
			return err
		}
		// If the campaign cannot be changed after this, the snapshot stays
		// behind and nobody points to it.
		err = Table[Snapshot]{f.store, Snapshots}.Insert(ctx, snapshot)
		if err != nil && KindOf(err) != Conflict { // the same content twice is the same snapshot
			return err
		}
		edition.Hash = snapshot.Hash
		c.State, c.Editions = Published, append(slices.Clone(c.Editions), edition)
		return nil
	})
}

const maxReason = 500

// Withdraw takes back the edition in force. The snapshot is kept; the reason is
// shown in its place.
func (f *Fieldwork) Withdraw(ctx context.Context, actor Actor, id CampaignID, rev int64, reason string) (Campaign, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 10 || n > maxReason {
		return Campaign{}, &Error{Kind: Invalid, Op: "withdraw figures", Key: "campaign.invalid", Fields: map[string]Message{
			"reason": {"campaign.bad_reason", []any{10, maxReason}},
		}}
	}
	return f.change(ctx, actor, id, rev, "campaign.withdraw", func(c *Campaign) error {
		if c.State != Published || len(c.Editions) == 0 {
			return wrongState("withdraw figures", c)
		}
		c.Editions = slices.Clone(c.Editions)
		last := &c.Editions[len(c.Editions)-1]
		last.Withdrawn, last.Reason, last.WithBy = f.time(), reason, actor.String()
		c.State = Withdrawn
		return nil
	})
}

// change replaces a campaign of revision rev by what edit makes of it.
func (f *Fieldwork) change(ctx context.Context, actor Actor, id CampaignID, rev int64, action Action, edit func(*Campaign) error) (Campaign, error) {
	before, err := f.campaigns().Get(ctx, string(id))
	if err != nil {
		return Campaign{}, err
	}
	if before.Rev != rev {
		return Campaign{}, NewError(Conflict, string(action), nil)
	}
	after := before
	if err := edit(&after); err != nil {
		return Campaign{}, err
	}
	after.Rev = rev + 1
	if err := f.campaigns().Replace(ctx, rev, after); err != nil {
		return Campaign{}, err
	}
	return after, f.audit.Record(ctx, actor, action, "campaigns/"+string(id), before, after)
}

// ErrWrongState is the cause of an error about a step that the state of a
// campaign does not allow: somebody else took one meanwhile.
var ErrWrongState = errors.New("the campaign is in another state")

func wrongState(op string, c *Campaign) error {
	return &Error{
		Kind: Conflict, Op: op + " " + string(c.ID) + " which is " + string(c.State), Key: "campaign.wrong_state", Err: ErrWrongState,
	}
}

// Check returns Invalid, with a message per field, if the campaign breaks a
// rule.
func (c Campaign) Check(catalog *Catalog) error {
	fields := map[string]Message{}
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Title[Vietnamese])); n < 5 || n > 200 {
		fields["title"] = Message{"campaign.bad_title", []any{5, 200}}
	}
	if !slices.Contains(Families, c.Family) {
		fields["family"] = Message{Key: "campaign.bad_family"}
	}
	if len(c.Forms) == 0 {
		fields["forms"] = Message{Key: "campaign.no_form"}
	}
	for i, ref := range c.Forms {
		if q := catalog.Questionnaire(ref); q == nil || q.Family != c.Family {
			fields["forms"] = Message{Key: "campaign.form_of_other_family"}
		} else if slices.ContainsFunc(c.Forms[:i], func(other FormRef) bool { return other.Code == ref.Code }) {
			fields["forms"] = Message{Key: "campaign.form_twice"}
		}
	}
	if !c.Period.From.Valid() {
		fields["from"] = Message{Key: "campaign.bad_day"}
	}
	if !c.Period.To.Valid() {
		fields["to"] = Message{Key: "campaign.bad_day"}
	} else if c.Period.To < c.Period.From {
		fields["to"] = Message{Key: "campaign.ends_before"}
	}
	if !c.Frame.Valid() && c.Period.From.Valid() {
		fields["frame"] = Message{Key: "campaign.bad_day"}
	}
	for _, id := range c.Units {
		if catalog.Unit(id) == nil {
			fields["units"] = Message{Key: "campaign.unknown_unit"}
		}
	}
	for i, lang := range c.Langs {
		if !lang.Valid() || slices.Contains(c.Langs[:i], lang) {
			fields["langs"] = Message{Key: "campaign.bad_choice"}
		}
	}
	for _, code := range c.Targets {
		if !slices.ContainsFunc(catalog.Targets, func(t Target) bool { return t.Code == code && t.Family == c.Family }) {
			fields["targets"] = Message{Key: "campaign.target_of_other_family"}
		}
	}
	c.Method.check(fields)
	if len(fields) > 0 {
		return &Error{Kind: Invalid, Op: "check campaign", Key: "campaign.invalid", Fields: fields}
	}
	return nil
}

func (m Method) check(fields map[string]Message) {
	if !slices.Contains([]Formula{Top2, Mean100, Mean0}, m.Formula) {
		fields["formula"] = Message{Key: "campaign.bad_choice"}
	}
	if !slices.Contains([]Pooling{PoolAnswers, PoolFactors, PoolOverall}, m.Pooling) {
		fields["pooling"] = Message{Key: "campaign.bad_choice"}
	}
	if !(m.Confidence >= 0.8 && m.Confidence <= 0.999) {
		fields["confidence"] = Message{"campaign.bad_confidence", []any{80, 99.9}}
	}
	if m.MinN < 5 || m.MinN > 10000 {
		fields["min_n"] = Message{"campaign.bad_min_n", []any{5, 10000}}
	}
}

func (f *Fieldwork) stillAhead(c *Campaign) error {
	if c.Period.To >= DateOf(f.now()) {
		return nil
	}
	return &Error{Kind: Invalid, Op: "open campaign", Key: "campaign.is_over", Fields: map[string]Message{"to": {Key: "campaign.is_over"}}}
}

// Openable returns Invalid if a campaign cannot be opened now, and why.
func (f *Fieldwork) Openable(c *Campaign) error {
	if err := f.stillAhead(c); err != nil {
		return err
	}
	catalog := f.catalog()
	for _, ref := range c.Forms {
		q := catalog.Questionnaire(ref)
		for _, lang := range c.Langs {
			if q != nil && !q.Complete(lang) {
				return &Error{
					Kind: Invalid, Op: "open campaign", Key: "campaign.untranslated", Args: []any{q.Title, string(lang)},
					Fields: map[string]Message{"langs": {"campaign.untranslated", []any{q.Title, string(lang)}}},
				}
			}
		}
	}
	for i := range catalog.Campaigns {
		other := &catalog.Campaigns[i]
		if other.ID != c.ID && other.State == Open && catalog.overlap(c, other) {
			return &Error{
				Kind: Invalid, Op: "open campaign", Key: "campaign.overlaps", Args: []any{other.Title},
				Fields: map[string]Message{"from": {"campaign.overlaps", []any{other.Title}}},
			}
		}
	}
	return nil
}

// overlap reports whether two campaigns ask the same form of the same unit on
// the same day, so that a response could belong to either.
func (c *Catalog) overlap(a, b *Campaign) bool {
	return !(a.Period.To != "" && a.Period.To < b.Period.From || b.Period.To != "" && b.Period.To < a.Period.From) && c.sharePeople(a, b)
}

// sharePeople reports whether two campaigns ask the same form of the same unit,
// on whatever days.
func (c *Catalog) sharePeople(a, b *Campaign) bool {
	if !slices.ContainsFunc(a.Forms, func(ref FormRef) bool { _, asks := b.Form(ref.Code); return asks }) {
		return false
	}
	return len(a.Units) == 0 || len(b.Units) == 0 ||
		slices.ContainsFunc(a.Units, func(u UnitID) bool { return c.Covers(b, u) }) ||
		slices.ContainsFunc(b.Units, func(u UnitID) bool { return c.Covers(a, u) })
}

// Complete reports whether every text that a person reads is there in a
// language. Lead, hint and the label of "not applicable" may be absent
// altogether.
func (q *Questionnaire) Complete(lang Lang) bool {
	must := []Text{q.Title, q.Intro}
	var may []Text
	for _, s := range q.Sections {
		must, may = append(must, s.Title), append(may, s.Lead)
	}
	for _, it := range q.Items() {
		must, may = append(must, it.Label), append(may, it.Hint, it.NA)
		for _, o := range q.Choices(it) {
			must = append(must, o.Label)
		}
	}
	missing := func(t Text) bool { return len(t.Missing(lang)) > 0 }
	return !slices.ContainsFunc(must, missing) &&
		!slices.ContainsFunc(may, func(t Text) bool { return len(t) > 0 && missing(t) })
}
