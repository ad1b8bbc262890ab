package columns

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/survey"
)

// hold is responses of a campaign that are held back, or released.
type hold struct {
	campaign survey.CampaignID
	records  []decoded
	released bool
}

// Hold leaves responses of a campaign that are held back out of the next figure.
// The same ones may be told several times, and before they arrive. Errors:
// Internal (what is stored cannot be read), and those of the store.
//
// Before the first load there is nothing to do: the load finds the suspects in
// the store, since they were stored before Hold was called.
func (all *Responses) Hold(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID) error {
	return all.tellHold(ctx, campaign, responses, false)
}

// Release takes responses that were held back into the next figure again. Errors
// are those of Hold.
func (all *Responses) Release(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID) error {
	return all.tellHold(ctx, campaign, responses, true)
}

func (all *Responses) tellHold(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID, released bool) error {
	wanted, err := all.needsHold(campaign, responses, released)
	if err != nil || len(wanted) == 0 {
		return err
	}
	h := hold{campaign: campaign, released: released}
	words := interned{}
	for _, id := range wanted {
		doc, err := all.store.Get(ctx, survey.Responses, id.String())
		if survey.Is(err, survey.NotFound) { // taken back by who sent it: it is in no figure
			continue
		}
		if err != nil {
			return err
		}
		var rec decoded
		if err := rec.read(doc, words); err != nil {
			return survey.NewError(survey.Internal, "hold response", err)
		}
		h.records = append(h.records, rec)
	}
	all.mu.Lock()
	if all.loading != nil {
		all.loading.held = append(all.loading.held, h)
	}
	b := all.loaded
	all.mu.Unlock()
	if b != nil {
		all.applyHold(b, &h)
	}
	return nil
}

// needsHold returns those of the responses that may still have to be held back,
// or released.
func (all *Responses) needsHold(campaign survey.CampaignID, responses []survey.ResponseID, released bool) ([]uuid.UUID, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.loaded == nil && all.loading == nil {
		return nil, nil
	}
	var s *campaignColumns
	if all.loading == nil {
		all.loaded.mu.Lock()
		s = all.loaded.campaigns[campaign]
		all.loaded.mu.Unlock()
	}
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	var wanted []uuid.UUID
	for _, r := range responses {
		id, err := uuid.Parse(string(r))
		if err != nil {
			return nil, survey.NewError(survey.Internal, "hold response", err)
		}
		if s != nil {
			if _, held := s.held[id]; held != released {
				continue
			}
		}
		wanted = append(wanted, id)
	}
	return wanted, nil
}

func (all *Responses) applyHold(b *loaded, h *hold) {
	s, err := b.columns(h.campaign)
	if err == nil && h.released {
		err = s.release(h.records)
	} else if err == nil {
		err = s.hold(h.records)
	}
	if err != nil && !errors.Is(err, ErrNoCampaign) { // a response without a campaign is in no figure anyway
		all.log.Error("figures do not follow what is held back", "campaign", h.campaign, "released", h.released, "error", err)
	}
}

// hold leaves responses out. As with a void, any row that says the same is as
// good to take away; all of them are looked for in one pass, because they come
// by the thousand.
func (s *campaignColumns) hold(records []decoded) error {
	s.tables.mu.Lock() // before s.mu, as everywhere
	defer s.tables.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	going, left := map[string]int{}, 0
	profiles := map[uint32]bool{}
	for i := range records {
		r := &records[i]
		there := s.holds(r.id) && !s.leftOut(r.id)
		s.held[r.id] = struct{}{}
		if there {
			profile := s.encode(r)
			profiles[profile] = true
			going[rowKey(profile, s.row)]++
			left++
		}
	}
	if left == 0 {
		return nil
	}
	rows := s.columns.Snapshot()
	profileOf := rows.Domain(profileColumn)
	answers := make([]uint8, len(s.row))
	s.columns = s.columns.Only(func(row int) bool {
		if left == 0 || !profiles[profileOf[row]] {
			return true
		}
		for j := range answers {
			answers[j] = rows.Item(j)[row]
		}
		key := rowKey(profileOf[row], answers)
		if going[key] == 0 {
			return true
		}
		going[key]--
		left--
		return false
	})
	s.tables.drop()
	if left > 0 {
		return errors.New("no row says what a response says")
	}
	return nil
}

// rowKey is the same for rows that say the same.
func rowKey(profile uint32, answers []uint8) string {
	return string([]byte{byte(profile), byte(profile >> 8), byte(profile >> 16), byte(profile >> 24)}) + string(answers)
}

// release takes responses in again that were left out.
func (s *campaignColumns) release(records []decoded) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range records {
		r := &records[i]
		if _, held := s.held[r.id]; !held {
			continue
		}
		delete(s.held, r.id)
		if s.leftOut(r.id) { // it is void
			continue
		}
		if err := s.append(r); err != nil {
			return err
		}
		if !s.holds(r.id) {
			s.added[r.id] = struct{}{}
		}
	}
	return nil
}

// fillHeld notes what a load is to pass over until it is released.
func (all *Responses) fillHeld(ctx context.Context, b *loaded) error {
	held, err := survey.HeldResponses(ctx, all.store, "")
	if err != nil {
		return err
	}
	for response, campaign := range held {
		s, err := b.columns(campaign)
		if errors.Is(err, ErrNoCampaign) {
			continue
		}
		if err != nil {
			return err
		}
		id, err := uuid.Parse(string(response))
		if err != nil {
			return survey.NewError(survey.Internal, "load suspects", err)
		}
		s.held[id] = struct{}{}
	}
	return nil
}

// PollHeld has figures follow what the store says is held back, and what of it
// was released: another server may have written it.
func (all *Responses) PollHeld(ctx context.Context) error {
	held, err := survey.HeldResponses(ctx, all.store, "")
	if err != nil {
		return err
	}
	hold, release := map[survey.CampaignID][]survey.ResponseID{}, map[survey.CampaignID][]survey.ResponseID{}
	for id, campaign := range held {
		hold[campaign] = append(hold[campaign], id)
	}
	for campaign, ids := range all.heldNow() {
		for _, id := range ids {
			if _, still := held[id]; !still {
				release[campaign] = append(release[campaign], id)
			}
		}
	}
	for campaign, ids := range hold {
		err = errors.Join(err, all.Hold(ctx, campaign, ids))
	}
	for campaign, ids := range release {
		err = errors.Join(err, all.Release(ctx, campaign, ids))
	}
	return err
}

// heldNow are the responses that figures leave out now, by campaign.
func (all *Responses) heldNow() map[survey.CampaignID][]survey.ResponseID {
	all.mu.Lock()
	b := all.loaded
	all.mu.Unlock()
	now := map[survey.CampaignID][]survey.ResponseID{}
	if b == nil {
		return now
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for campaign, s := range b.campaigns {
		s.mu.Lock()
		for id := range s.held {
			now[campaign] = append(now[campaign], survey.ResponseID(id.String()))
		}
		s.mu.Unlock()
	}
	return now
}

// ReadWith is Read with what is held back too: ask is called with the responses
// of a campaign as if all of those had been released. It copies the columns, for
// a page that few people open.
func (all *Responses) ReadWith(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID, ask func(*CampaignView) error) error {
	b, err := all.current(ctx)
	if err != nil {
		return err
	}
	s, err := b.columns(campaign)
	if err != nil {
		return err
	}
	words := interned{}
	var records []decoded
	for _, id := range responses {
		doc, err := all.store.Get(ctx, survey.Responses, string(id))
		if survey.Is(err, survey.NotFound) { // taken back by who sent it
			continue
		}
		var rec decoded
		if err == nil {
			err = rec.read(doc, words)
		}
		if err != nil {
			return err
		}
		records = append(records, rec)
	}
	v, err := s.viewWith(records)
	if err != nil {
		return err
	}
	return ask(v)
}

// viewWith is a view of the columns with some responses that they leave out.
func (s *campaignColumns) viewWith(records []decoded) (*CampaignView, error) {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	all, err := s.columnsWith(records)
	if err != nil {
		return nil, err
	}
	v := s.view() // knows the groups of the responses that were added
	v.rows, v.tables = all.Snapshot(), &tables{}
	return v, nil
}

// columnsWith copies the columns and adds what they leave out.
func (s *campaignColumns) columnsWith(records []decoded) (*analysis.Columns, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.columns.Only(func(int) bool { return true })
	for i := range records {
		r := &records[i]
		_, held := s.held[r.id]
		if _, void := s.voided[r.id]; void || !held {
			continue
		}
		profile := s.encode(r)
		if err := all.Append(s.row, []uint32{profile}, nil); err != nil {
			return nil, err
		}
	}
	return all, nil
}
