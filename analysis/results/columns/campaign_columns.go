package columns

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"sort"
	"sync"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// campaignColumns holds the responses of one campaign that its release holds as
// columns, and knows which others wait.
type campaignColumns struct {
	layout   *ItemLayout
	grouping *grouping
	release  *releases.Release
	places   releases.Places
	columns  *analysis.Columns // changed by a load alone
	row      []uint8           // scratch of load
	answered dayCounts         // of what is in columns
	hashes   []uint64          // of the responses in columns, by row; kept where hashed is true
	hashed   bool
	segments []*segmentRows // beside columns

	tables tables

	mu            sync.Mutex
	answeredBytes int // when all was loaded

	loaded  []uuid.UUID            // of the responses that the load found, rising
	added   map[uuid.UUID]struct{} // stored since
	waiting map[survey.UnitID]releases.WaitingResponses
}

func newCampaignColumns(catalog *survey.Catalog, campaign *survey.Campaign, release *releases.Release, places releases.Places) (*campaignColumns, error) {
	p := NewItemLayout(catalog, campaign)
	c, err := analysis.NewColumns(p.schema())
	if err != nil {
		return nil, fmt.Errorf("campaign %s: %w", campaign.ID, err)
	}
	return &campaignColumns{
		layout: p, grouping: newGrouping(catalog, p), release: release, places: places, columns: c,
		row: make([]uint8, len(p.Items)), answered: newDayCounts(), added: map[uuid.UUID]struct{}{}, waiting: map[survey.UnitID]releases.WaitingResponses{},
	}, nil
}

// load takes a response that was read from the store: into the columns if the
// release holds it, else among those that wait if it does. Nobody else knows the
// columns yet.
func (s *campaignColumns) load(r *decoded, out verification.Exclusion) error {
	s.loaded = append(s.loaded, r.id)
	unit := survey.UnitID(r.unit)
	class := verification.ClassOf(r.proof, r.batch)
	if s.places.Holds(unit, class, r.received, out) {
		return s.take(r)
	}
	if s.places.Waits(unit, class, r.received, out) {
		s.waits(unit, class)
	}
	return nil
}

// waits counts a response that waits.
func (s *campaignColumns) waits(unit survey.UnitID, class verification.Class) {
	w := s.waiting[unit]
	w.Add(class)
	s.waiting[unit] = w
}

// take puts a response into the columns.
func (s *campaignColumns) take(r *decoded) error {
	s.answered.add(r)
	if s.hashed {
		s.hashes = append(s.hashes, hashOf(s.layout.Campaign.ID, r.id))
	}
	return s.columns.Append(s.row, []uint32{s.encode(r)}, nil)
}

// loadedAll ends the loading.
func (s *campaignColumns) loadedAll() {
	slices.SortFunc(s.loaded, compareIDs)
	s.answeredBytes = s.answered.bytes()
}

// wait notes a response that was stored after the load, unless it is known.
func (s *campaignColumns) wait(a arrival, inSegment func(uuid.UUID) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.added[a.id]; known {
		return
	}
	if _, known := sort.Find(len(s.loaded), func(i int) int { return bytes.Compare(a.id[:], s.loaded[i][:]) }); known {
		return
	}
	if inSegment(a.id) {
		return
	}
	s.added[a.id] = struct{}{}
	s.waits(a.unit, a.class)
}

func (s *campaignColumns) waitingByUnit() map[survey.UnitID]releases.WaitingResponses {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.waiting)
}

// encode writes the answers of a response into s.row and returns its profile.
func (s *campaignColumns) encode(r *decoded) uint32 {
	s.layout.encode(r, s.row)
	return s.grouping.profile(r)
}

// adopt moves the columns to a newer catalogue if that changes no column, and
// reports whether it could.
func (s *campaignColumns) adopt(catalog *survey.Catalog, campaign *survey.Campaign) bool {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
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
	compressed, rows := 0, s.columns.Rows()
	for _, r := range s.segments {
		compressed += r.bytes()
		rows += r.held
	}
	return rows, compressed + s.columns.Bytes() + cap(s.loaded)*len(uuid.UUID{}) + len(s.added)*entry + len(s.grouping.profiles)*profile + s.answeredBytes
}
