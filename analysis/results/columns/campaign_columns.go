package columns

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/survey"
)

// campaignColumns holds the responses of one campaign as columns.
type campaignColumns struct {
	mu       sync.Mutex
	layout   *ItemLayout
	grouping *grouping
	columns  *analysis.Columns
	loaded   []uuid.UUID // of the responses that were read from the store, rising
	added    map[uuid.UUID]struct{}
	voided   map[uuid.UUID]struct{} // left out, whether they were there or not
	held     map[uuid.UUID]struct{} // left out until they are released
	row      []uint8                // scratch of add

	tables tables
}

func newCampaignColumns(catalog *survey.Catalog, campaign *survey.Campaign) (*campaignColumns, error) {
	p := NewItemLayout(catalog, campaign)
	c, err := analysis.NewColumns(p.schema())
	if err != nil {
		return nil, fmt.Errorf("campaign %s: %w", campaign.ID, err)
	}
	return &campaignColumns{
		layout: p, grouping: newGrouping(catalog, p), columns: c,
		added: map[uuid.UUID]struct{}{}, voided: map[uuid.UUID]struct{}{}, held: map[uuid.UUID]struct{}{}, row: make([]uint8, len(p.Items)),
	}, nil
}

// load appends a response that was read from the store, unless it is void or
// held back. Nobody else knows the columns yet.
func (s *campaignColumns) load(r *decoded) error {
	if s.leftOut(r.id) {
		return nil
	}
	s.loaded = append(s.loaded, r.id)
	return s.append(r)
}

// loadedAll ends the loading. What figures are added up from is counted now, so
// that the first reader need not wait for it.
func (s *campaignColumns) loadedAll(ahead func(*ItemLayout) []analysis.Index) error {
	slices.SortFunc(s.loaded, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	v := s.view()
	return v.countAhead(ahead(v.Layout))
}

// add appends a response unless it is held already.
func (s *campaignColumns) add(r *decoded) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leftOut(r.id) || s.holds(r.id) {
		return nil
	}
	if err := s.append(r); err != nil {
		return err
	}
	s.added[r.id] = struct{}{}
	return nil
}

// leftOut reports whether a response is void or held back.
func (s *campaignColumns) leftOut(id uuid.UUID) bool {
	_, void := s.voided[id]
	_, held := s.held[id]
	return void || held
}

// holds reports whether a response has a row, or had one before it was left out.
func (s *campaignColumns) holds(id uuid.UUID) bool {
	if _, ok := s.added[id]; ok {
		return true
	}
	_, ok := sort.Find(len(s.loaded), func(i int) int { return bytes.Compare(id[:], s.loaded[i][:]) })
	return ok
}

func (s *campaignColumns) append(r *decoded) error {
	profile := s.encode(r)
	return s.columns.Append(s.row, []uint32{profile}, nil)
}

// encode writes the answers of a response into s.row and returns its profile.
func (s *campaignColumns) encode(r *decoded) uint32 {
	clear(s.row) // Missing
	for _, a := range r.answers {
		if col, ok := s.layout.Column[a.item]; ok && (a.code <= s.layout.Items[col].Codes || a.code == analysis.NotApplicable) {
			s.row[col] = a.code
		}
	}
	return s.grouping.profile(r)
}

// void leaves a response out from now on. Rows do not know whose they are, and
// need not: any row that says the same is as good to take away. What was
// tabulated is tabulated anew.
func (s *campaignColumns) void(r *decoded) error {
	s.tables.mu.Lock() // before s.mu, as everywhere
	defer s.tables.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.voided[r.id]; known {
		return nil
	}
	there := s.holds(r.id) && !s.leftOut(r.id)
	s.voided[r.id] = struct{}{}
	if !there {
		return nil
	}
	profile := s.encode(r)
	row := s.columns.Find(s.row, []uint32{profile}, nil)
	if row < 0 {
		return errors.New("no row says what the response says")
	}
	s.columns = s.columns.Without(row)
	s.tables.drop()
	return nil
}

// adopt moves the columns to a newer catalogue if that changes no column, and
// reports whether it could.
func (s *campaignColumns) adopt(catalog *survey.Catalog, campaign *survey.Campaign) bool {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := NewItemLayout(catalog, campaign)
	if !s.layout.same(p) || !s.grouping.same(catalog, p) {
		return false
	}
	s.layout, s.grouping.layout, s.grouping.catalog = p, p, catalog
	return true
}

// memory is how many responses are held, and in how many bytes.
func (s *campaignColumns) memory() (responses, bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const (
		entry   = 40  // of a map from 16 bytes to nothing, with its spare room
		profile = 112 // in the list and in the map
	)
	return s.columns.Rows(), s.columns.Bytes() + cap(s.loaded)*len(uuid.UUID{}) + len(s.added)*entry + len(s.grouping.profiles)*profile
}
