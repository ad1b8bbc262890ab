package sampling

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Contact is how to find whom a row means. It is kept apart from the row, sealed,
// and erased without it.
type Contact struct {
	ID     string `bson:"_id"` // of the row
	Rev    int64  `bson:"rev"`
	Sealed []byte `bson:"sealed,omitempty"`
	Text   string `bson:"text,omitempty"` // as an older version stored it; SealContacts seals it
}

// DefaultKeepDays is how long contacts are kept after a campaign ended, unless
// the office decides otherwise.
const DefaultKeepDays = 30

// MaxKeepDays bounds what the office may decide.
const MaxKeepDays = 365

// EraseOn is the day from which contacts are kept no longer; empty while the
// campaign has no end.
func (s *Sample) EraseOn(c *survey.Campaign) survey.Date {
	end := c.EndedOn()
	if end == "" {
		return ""
	}
	return survey.DateOf(end.Time().AddDate(0, 0, s.KeepDays+1))
}

// erasedSinceDrawn reports whether nothing was brought in since the last
// erasure.
func (s *Sample) erasedSinceDrawn() bool {
	return !s.Erased.IsZero() && !slices.ContainsFunc(s.Draws, func(d Draw) bool { return d.At.After(s.Erased) })
}

// ContactsOf returns the contacts of a campaign's rows by the rows' ids. What is
// due to be erased is not shown, whether it is still there or not; neither is what
// cannot be read because its key is gone.
func (ss *Samples) ContactsOf(ctx context.Context, s *Sample) (map[string]string, error) {
	contacts := map[string]string{}
	if ss.due(s) {
		return contacts, nil
	}
	seal, err := ss.existingSeal(ctx, s.ID)
	if err != nil && !survey.Is(err, survey.NotFound) {
		return nil, err
	}
	from, to := drawnRange(s.ID)
	err = ss.store.Scan(ctx, survey.Contacts, from, to, func(raw bson.Raw) error {
		var c Contact
		if err := ss.contacts().Decode(raw, &c); err != nil {
			return err
		}
		if text, err := seal.open(&c); err == nil {
			contacts[c.ID] = text
		}
		return nil
	})
	return contacts, err
}

// Contact returns the contact of one row, as ContactsOf does; empty where there
// is none.
func (ss *Samples) Contact(ctx context.Context, s *Sample, row string) (string, error) {
	if ss.due(s) {
		return "", nil
	}
	c, err := ss.contacts().Get(ctx, row)
	var seal contactSeal
	if err == nil {
		seal, err = ss.existingSeal(ctx, s.ID)
	}
	if survey.Is(err, survey.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	text, _ := seal.open(&c) // what cannot be read is as good as erased
	return text, nil
}

// KeepContacts decides for how many days after the campaign's end contacts are
// kept. Errors: Invalid, Conflict.
func (ss *Samples) KeepContacts(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, days int) (Sample, error) {
	if days < 0 || days > MaxKeepDays {
		return Sample{}, survey.InvalidField("keep contacts", "sample.invalid", "keep_days", "plan.bad_number", 0, MaxKeepDays)
	}
	return ss.changeSample(ctx, actor, id, rev, "sample.keep", func(s *Sample) error {
		s.KeepDays = days
		return nil
	})
}

// due reports whether the contacts of a sample are to be erased.
func (ss *Samples) due(s *Sample) bool {
	c := ss.catalog().Campaign(s.ID)
	if c == nil {
		return true
	}
	on := s.EraseOn(c)
	return on != "" && on <= survey.DateOf(ss.now())
}

// EraseContacts erases the contacts of a campaign for ever; the rows stay, and with
// them the response rate. The documents go as one act.
//
// The key is destroyed first. A crash between the two then leaves contacts that
// nobody can read, and that go at the next attempt; the other way round it would
// leave a key that opens every old backup. A draw that is stored meanwhile, with
// the old key or a new one of the same name, changes the sample, so that the act
// is in conflict and all of it is done again; one that comes after the act is not
// touched.
func (ss *Samples) EraseContacts(ctx context.Context, actor survey.Actor, id survey.CampaignID) error {
	for {
		s, err := ss.Sample(ctx, id)
		if err != nil {
			return err
		}
		act, _, err := ss.actOn(ctx, actor, id, s.Rev, "sample.erase", func(s *Sample) error {
			s.Erased = ss.time()
			return nil
		})
		if err == nil {
			from, to := drawnRange(id)
			err = ss.removeRange(ctx, act, survey.Contacts, from, to)
		}
		if err == nil {
			err = ss.keys.Destroy(ctx, keyName(id))
		}
		if err == nil {
			err = act.Do(ctx)
		}
		if survey.Is(err, survey.Conflict) { // the rest of the sample was changed meanwhile
			continue
		}
		if err == nil && ss.Erased != nil {
			ss.Erased()
		}
		return err
	}
}

// EraseDue erases the contacts whose time has come, and returns the campaigns
// they belonged to. It looks for contacts also where they were erased before: a
// list that was being stored at that moment may have left some, and so may a
// restored backup.
func (ss *Samples) EraseDue(ctx context.Context, actor survey.Actor) ([]survey.CampaignID, error) {
	samples, err := ss.samples().All(ctx)
	if err != nil {
		return nil, err
	}
	var erased []survey.CampaignID
	for i := range samples {
		s := &samples[i]
		if !ss.due(s) {
			continue
		}
		if s.erasedSinceDrawn() {
			if left, err := ss.anyContact(ctx, s.ID); err != nil {
				return erased, err
			} else if !left {
				continue
			}
		}
		if err := ss.EraseContacts(ctx, actor, s.ID); err != nil {
			return erased, err
		}
		erased = append(erased, s.ID)
	}
	return erased, nil
}

// anyContact reports whether a campaign has contacts.
func (ss *Samples) anyContact(ctx context.Context, id survey.CampaignID) (bool, error) {
	found := errors.New("found")
	from, to := drawnRange(id)
	err := ss.store.Scan(ctx, survey.Contacts, from, to, func(bson.Raw) error { return found })
	if errors.Is(err, found) {
		return true, nil
	}
	return false, err
}
