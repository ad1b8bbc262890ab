package survey

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"
)

// Drawing is a draw that was made but not yet stored: its record, and its rows
// with list, order, stratum and probability filled in.
type Drawing struct {
	Draw Draw
	Rows []FrameRow
}

func (f *Fieldwork) samples() Table[Sample] { return Table[Sample]{f.store, Samples} }
func (f *Fieldwork) drawn() Table[Drawn]    { return Table[Drawn]{f.store, DrawnRows} }

// Sample returns what a campaign drew; one of revision 0 where nothing was.
func (f *Fieldwork) Sample(ctx context.Context, id CampaignID) (Sample, error) {
	s, err := f.samples().Get(ctx, string(id))
	if err != nil && KindOf(err) == NotFound {
		return Sample{ID: id, KeepDays: DefaultKeepDays, Next: 1}, nil
	}
	return s, err
}

// Rows returns the rows that a campaign drew, in the order of their numbers.
func (f *Fieldwork) Rows(ctx context.Context, id CampaignID) ([]Drawn, error) {
	var rows []Drawn
	from, to := drawnRange(id)
	err := f.store.Scan(ctx, DrawnRows, from, to, func(raw bson.Raw) error {
		var d Drawn
		if err := f.drawn().decode(raw, &d); err != nil {
			return err
		}
		rows = append(rows, d)
		return nil
	})
	return rows, err
}

// Row returns a row. NotFound if there is none.
func (f *Fieldwork) Row(ctx context.Context, id string) (Drawn, error) {
	if _, _, ok := ParseDrawnID(id); !ok {
		return Drawn{}, NewError(NotFound, "read drawn row", nil)
	}
	return f.drawn().Get(ctx, id)
}

// ContactsOf returns the contacts of a campaign's rows by the rows' ids. What is
// due to be erased is not shown, whether it is still there or not.
func (f *Fieldwork) ContactsOf(ctx context.Context, s *Sample) (map[string]string, error) {
	contacts := map[string]string{}
	if f.due(s) {
		return contacts, nil
	}
	from, to := drawnRange(s.ID)
	err := f.store.Scan(ctx, Contacts, from, to, func(raw bson.Raw) error {
		var c Contact
		if err := (Table[Contact]{f.store, Contacts}).decode(raw, &c); err != nil {
			return err
		}
		contacts[c.ID] = c.Text
		return nil
	})
	return contacts, err
}

// Contact returns the contact of one row, as ContactsOf does; empty where there
// is none.
func (f *Fieldwork) Contact(ctx context.Context, s *Sample, row string) (string, error) {
	if f.due(s) {
		return "", nil
	}
	c, err := (Table[Contact]{f.store, Contacts}).Get(ctx, row)
	if err != nil && KindOf(err) == NotFound {
		return "", nil
	}
	return c.Text, err
}

// due reports whether the contacts of a sample are to be erased.
func (f *Fieldwork) due(s *Sample) bool {
	c := f.catalog().Campaign(s.ID)
	if c == nil {
		return true
	}
	on := s.EraseOn(c)
	return on != "" && on <= DateOf(f.now())
}

// changeSample replaces the sample of a campaign, which must have revision rev.
// The campaign must not have ended.
func (f *Fieldwork) changeSample(ctx context.Context, actor Actor, id CampaignID, rev int64, action Action, edit func(*Sample) error) (Sample, error) {
	before, err := f.Sample(ctx, id)
	if err != nil {
		return Sample{}, err
	}
	if before.Rev != rev {
		return Sample{}, NewError(Conflict, string(action), nil)
	}
	after := before
	after.Draws, after.Work = slices.Clone(before.Draws), slices.Clone(before.Work)
	if err := edit(&after); err != nil {
		return Sample{}, err
	}
	after.Rev = rev + 1
	var was any
	if rev == 0 {
		err = f.samples().Insert(ctx, after)
	} else {
		was, err = before, f.samples().Replace(ctx, rev, after)
	}
	if err != nil {
		return Sample{}, err
	}
	return after, f.audit.Record(ctx, actor, action, "samples/"+string(id), was, after)
}

// StoreDraw stores a drawing; rev is the revision of the sample it was made
// for. It may be interrupted: then the draw has fewer rows than its record says,
// and is discarded and made again. Errors: Invalid (the campaign has ended, the
// sample is too large, or a stratum was drawn before), Conflict.
func (f *Fieldwork) StoreDraw(ctx context.Context, actor Actor, id CampaignID, rev int64, drawing Drawing) (Sample, error) {
	campaign := f.catalog().Campaign(id)
	if campaign == nil {
		return Sample{}, NewError(NotFound, "store draw", nil)
	}
	refuse := func(key string, args ...any) error {
		return &Error{Kind: Invalid, Op: "store draw", Key: key, Args: args, Fields: map[string]Message{"file": {key, args}}}
	}
	if campaign.State != Draft && campaign.State != Open {
		return Sample{}, refuse("sample.campaign_over")
	}
	number := 0
	stored, err := f.changeSample(ctx, actor, id, rev, "sample.draw", func(s *Sample) error {
		if len(drawing.Rows) == 0 {
			return refuse("sample.nothing_drawn")
		}
		if s.Next-1+len(drawing.Rows) > MaxDrawn {
			return refuse("sample.too_many", MaxDrawn)
		}
		for _, h := range drawing.Draw.Strata {
			if s.StratumDrawn(h.Name) {
				return refuse("sample.stratum_drawn", h.Name)
			}
		}
		for _, d := range s.Draws {
			number = max(number, d.Number)
		}
		number++
		d := drawing.Draw
		d.Number, d.At, d.By, d.First, d.Rows = number, f.time(), actor.String(), s.Next, len(drawing.Rows)
		s.Draws, s.Next = append(s.Draws, d), s.Next+len(drawing.Rows)
		return nil
	})
	if err != nil {
		return stored, err
	}
	first := stored.Next - len(drawing.Rows)
	rows, contacts := make([]Drawn, len(drawing.Rows)), []Contact{}
	for i, r := range drawing.Rows {
		rows[i] = Drawn{
			ID: DrawnID(id, first+i), Rev: 1, Campaign: id, Draw: number, Number: first + i, Place: r.Place, Sector: r.Sector,
			Stratum: r.Stratum, Probability: r.Probability, Order: r.Order, Reserve: r.List == ReserveList,
		}
		if r.Contact != "" {
			contacts = append(contacts, Contact{ID: rows[i].ID, Rev: 1, Text: r.Contact})
		}
	}
	// Contacts first: a row that is there is one that can be worked.
	if _, err := insertAll(ctx, f.store, Contacts, contacts); err != nil {
		return stored, err
	}
	_, err = insertAll(ctx, f.store, DrawnRows, rows)
	return stored, err
}

// DiscardDraw undoes a draw as long as none of its rows was visited. That it was
// there stays in the audit log: nobody draws until they like what comes. It may
// be interrupted; the record goes last, so that discarding again does the rest.
// Errors: Invalid (a row was visited), NotFound, Conflict.
func (f *Fieldwork) DiscardDraw(ctx context.Context, actor Actor, id CampaignID, rev int64, number int) error {
	rows, err := f.Rows(ctx, id)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(d Drawn) bool { return d.Draw != number })
	if slices.ContainsFunc(rows, func(d Drawn) bool { return len(d.Attempts) > 0 || d.For != 0 }) {
		return &Error{Kind: Invalid, Op: "discard draw", Key: "sample.visited"}
	}
	sample, err := f.Sample(ctx, id)
	if err != nil {
		return err
	}
	is := func(d Draw) bool { return d.Number == number }
	at := slices.IndexFunc(sample.Draws, is)
	switch {
	case sample.Rev != rev:
		return NewError(Conflict, "discard draw", nil)
	case at < 0:
		return NewError(NotFound, "discard draw", nil)
	}
	draw := sample.Draws[at]
	from, to := DrawnID(id, draw.First), DrawnID(id, draw.First+draw.Rows)
	if err := f.deleteRange(ctx, Contacts, from, to); err != nil {
		return err
	}
	if err := f.deleteRange(ctx, DrawnRows, from, to); err != nil {
		return err
	}
	_, err = f.changeSample(ctx, actor, id, rev, "sample.discard", func(s *Sample) error {
		s.Draws = slices.DeleteFunc(s.Draws, is)
		return nil
	})
	return err
}

// deleteWorkers share the deletion of many documents, so that the store writes
// several at once.
const deleteWorkers = 32

func (f *Fieldwork) deleteRange(ctx context.Context, c Collection, from, to string) error {
	type key struct {
		id  string
		rev int64
	}
	var keys []key
	err := f.store.Scan(ctx, c, from, to, func(raw bson.Raw) error {
		id, err := DocumentID(raw)
		keys = append(keys, key{strings.Clone(id), DocumentRev(raw)})
		return err
	})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(deleteWorkers)
	for _, k := range keys {
		group.Go(func() error {
			err := f.store.Delete(ctx, c, k.id, k.rev)
			if err != nil && KindOf(err) == NotFound { // somebody else was first
				return nil
			}
			return err
		})
	}
	return group.Wait()
}

// AssignWork says who visits which places; a place without a surveyor is left
// out. Errors: Invalid, Conflict.
func (f *Fieldwork) AssignWork(ctx context.Context, actor Actor, id CampaignID, rev int64, work []Assignment) (Sample, error) {
	users := Table[User]{f.store, Users}
	able := map[Login]bool{}
	for _, w := range work {
		if _, known := able[w.Surveyor]; known {
			continue
		}
		u, err := users.Get(ctx, string(w.Surveyor))
		if err != nil && KindOf(err) != NotFound {
			return Sample{}, err
		}
		if able[w.Surveyor] = err == nil && !u.Disabled && u.Grant.May(VisitSample); !able[w.Surveyor] {
			return Sample{}, &Error{Kind: Invalid, Op: "assign work", Key: "sample.bad_surveyor", Args: []any{string(w.Surveyor)}, Fields: map[string]Message{
				"work": {"sample.bad_surveyor", []any{string(w.Surveyor)}},
			}}
		}
	}
	return f.changeSample(ctx, actor, id, rev, "sample.assign", func(s *Sample) error {
		s.Work = work
		return nil
	})
}

// KeepContacts decides for how many days after the campaign's end contacts are
// kept. Errors: Invalid, Conflict.
func (f *Fieldwork) KeepContacts(ctx context.Context, actor Actor, id CampaignID, rev int64, days int) (Sample, error) {
	if days < 0 || days > MaxKeepDays {
		return Sample{}, &Error{Kind: Invalid, Op: "keep contacts", Key: "sample.invalid", Fields: map[string]Message{
			"keep_days": {"plan.bad_number", []any{0, MaxKeepDays}},
		}}
	}
	return f.changeSample(ctx, actor, id, rev, "sample.keep", func(s *Sample) error {
		s.KeepDays = days
		return nil
	})
}

// EraseContacts erases the contacts of a campaign for ever; the rows stay, and
// with them the response rate.
func (f *Fieldwork) EraseContacts(ctx context.Context, actor Actor, id CampaignID) error {
	from, to := drawnRange(id)
	if err := f.deleteRange(ctx, Contacts, from, to); err != nil {
		return err
	}
	s, err := f.Sample(ctx, id)
	if err != nil {
		return err
	}
	_, err = f.changeSample(ctx, actor, id, s.Rev, "sample.erase", func(s *Sample) error {
		s.Erased = f.time()
		return nil
	})
	if err != nil && KindOf(err) == Conflict {
		// Somebody changed the rest of the sample meanwhile; what had to go is gone.
		return f.EraseContacts(ctx, actor, id)
	}
	return err
}

// EraseDue erases the contacts whose time has come, and returns the campaigns
// they belonged to. It looks for contacts also where they were erased before: a
// list that was being stored at that moment may have left some, and so may a
// restored backup.
func (f *Fieldwork) EraseDue(ctx context.Context, actor Actor) ([]CampaignID, error) {
	samples, err := f.samples().All(ctx)
	if err != nil {
		return nil, err
	}
	var erased []CampaignID
	for i := range samples {
		s := &samples[i]
		if !f.due(s) {
			continue
		}
		if s.erasedSinceDrawn() {
			if left, err := f.anyContact(ctx, s.ID); err != nil {
				return erased, err
			} else if !left {
				continue
			}
		}
		if err := f.EraseContacts(ctx, actor, s.ID); err != nil {
			return erased, err
		}
		erased = append(erased, s.ID)
	}
	return erased, nil
}

// anyContact reports whether a campaign has contacts.
func (f *Fieldwork) anyContact(ctx context.Context, id CampaignID) (bool, error) {
	found := errors.New("found")
	from, to := drawnRange(id)
	err := f.store.Scan(ctx, Contacts, from, to, func(bson.Raw) error { return found })
	if errors.Is(err, found) {
		return true, nil
	}
	return false, err
}

// KeepErasing erases contacts whose time has come, at once and then every so
// often until ctx ends.
func (f *Fieldwork) KeepErasing(ctx context.Context, every time.Duration, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		erased, err := f.EraseDue(ctx, Actor{Shell: "serve"})
		if err != nil && ctx.Err() == nil {
			log.Warn("contacts are not erased yet, it will be tried again; until then nobody is shown them", "error", err)
		}
		for _, id := range erased {
			log.Info("contacts erased", "campaign", id)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// erasedSinceDrawn reports whether nothing was brought in since the last
// erasure.
func (s *Sample) erasedSinceDrawn() bool {
	return !s.Erased.IsZero() && !slices.ContainsFunc(s.Draws, func(d Draw) bool { return d.At.After(s.Erased) })
}
