package results

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"sync"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/survey"
)

// set holds the responses of one campaign as columns.
type set struct {
	mu      sync.Mutex
	plan    *plan
	frame   *frame
	columns *analysis.Columns
	loaded  []uuid.UUID // of the responses that were read from the store, rising
	added   map[uuid.UUID]struct{}
	voided  map[uuid.UUID]struct{} // left out, whether they were held or not
	row     []uint8                // scratch of add

	tables tables
}

func newSet(catalog *survey.Catalog, campaign *survey.Campaign) (*set, error) {
	p := newPlan(catalog, campaign)
	c, err := analysis.NewColumns(p.schema())
	if err != nil {
		return nil, fmt.Errorf("campaign %s: %w", campaign.ID, err)
	}
	return &set{
		plan: p, frame: newFrame(catalog, p), columns: c,
		added: map[uuid.UUID]struct{}{}, voided: map[uuid.UUID]struct{}{}, row: make([]uint8, len(p.items)),
	}, nil
}

// load appends a response that was read from the store, unless it is void.
// Nobody else knows the set yet.
func (s *set) load(r *record) error {
	if _, void := s.voided[r.id]; void {
		return nil
	}
	s.loaded = append(s.loaded, r.id)
	return s.append(r)
}

// loadedAll ends the loading. What figures are added up from is counted now, so
// that the first reader need not wait for it.
func (s *set) loadedAll() error {
	slices.SortFunc(s.loaded, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	return s.view().countAll()
}

// add appends a response unless it is held already.
func (s *set) add(r *record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, void := s.voided[r.id]; void || s.holds(r.id) {
		return nil
	}
	if err := s.append(r); err != nil {
		return err
	}
	s.added[r.id] = struct{}{}
	return nil
}

func (s *set) holds(id uuid.UUID) bool {
	if _, ok := s.added[id]; ok {
		return true
	}
	_, ok := sort.Find(len(s.loaded), func(i int) int { return bytes.Compare(id[:], s.loaded[i][:]) })
	return ok
}

func (s *set) append(r *record) error {
	profile := s.place(r)
	return s.columns.Append(s.row, []uint32{profile}, nil)
}

// place writes the answers of a response into s.row and returns its profile.
func (s *set) place(r *record) uint32 {
	clear(s.row) // Missing
	for _, a := range r.answers {
		if col, ok := s.plan.column[a.item]; ok && (a.code <= s.plan.items[col].codes || a.code == analysis.NotApplicable) {
			s.row[col] = a.code
		}
	}
	return s.frame.profile(r)
}

// void leaves a response out from now on. Rows do not know whose they are, and
// need not: any row that says the same is as good to take away. What was
// tabulated is tabulated anew.
func (s *set) void(r *record) error {
	s.tables.mu.Lock() // before s.mu, as everywhere
	defer s.tables.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.voided[r.id]; known {
		return nil
	}
	s.voided[r.id] = struct{}{}
	if !s.holds(r.id) {
		return nil
	}
	profile := s.place(r)
	row := s.columns.Find(s.row, []uint32{profile}, nil)
	if row < 0 {
		return fmt.Errorf("no row says what response %s says", r.id)
	}
	s.columns = s.columns.Without(row)
	s.tables.drop()
	return nil
}

// view is a set at one moment, for reading without a lock.
type view struct {
	plan    *plan
	catalog *survey.Catalog
	rows    analysis.Snapshot
	keys    [columns][]string
	spots   []spot
	groups  map[string]uint32
	tables  *tables

	profiles []profile
}

// view must be taken under the lock of the tables: they follow the newest view.
func (s *set) view() view {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := view{plan: s.plan, catalog: s.frame.catalog, rows: s.columns.Snapshot(), tables: &s.tables}
	for c := range v.keys {
		v.keys[c] = s.frame.dicts[c].keys[:len(s.frame.dicts[c].keys):len(s.frame.dicts[c].keys)]
	}
	v.spots = slices.Clip(s.frame.spots)
	v.profiles = slices.Clip(s.frame.profiles)
	v.groups = make(map[string]uint32, len(s.frame.groups))
	for k, g := range s.frame.groups {
		v.groups[k] = g
	}
	return v
}

// retell moves the set to a newer catalogue if that changes no column, and
// reports whether it could.
func (s *set) retell(catalog *survey.Catalog, campaign *survey.Campaign) bool {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := newPlan(catalog, campaign)
	if !s.plan.same(p) || !s.frame.same(catalog, p) {
		return false
	}
	s.plan, s.frame.plan, s.frame.catalog = p, p, catalog
	return true
}

// memory is how many responses are held, and in how many bytes.
func (s *set) memory() (responses, bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const (
		entry   = 40  // of a map from 16 bytes to nothing, with its spare room
		profile = 112 // in the list and in the map
	)
	return s.columns.Rows(), s.columns.Bytes() + cap(s.loaded)*len(uuid.UUID{}) + len(s.added)*entry + len(s.frame.profiles)*profile
}
