package columns

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/analysis/results/segments"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// segmentRows are the responses of a campaign in a segment: their answers are compressed,
// and only decompressed for a table that was not asked for yet.
type segmentRows struct {
	block *segments.Block
	runs  []run
	held  int // by the release
}

// run is responses that lie side by side and have one profile.
type run struct {
	profile uint32
	n       uint32
	held    bool
}

// add adds n responses of a profile behind the others.
func (r *segmentRows) add(profile uint32, held bool, n int) {
	if held {
		r.held += n
	} else {
		profile = 0
	}
	if last := len(r.runs) - 1; last >= 0 && r.runs[last].profile == profile && r.runs[last].held == held {
		r.runs[last].n += uint32(n) //nolint:gosec // rows of a segment
	} else if n > 0 {
		r.runs = append(r.runs, run{profile, uint32(n), held}) //nolint:gosec // rows of a segment
	}
}

// bytes is how much memory they take.
func (r *segmentRows) bytes() int {
	const size = 12
	return r.block.Bytes() + cap(r.runs)*size
}

// localRows are the rows of a segment, decompressed, with profiles numbered among them.
type localRows struct {
	analysis.FixedRows
	profiles []uint32 // by local number
	omit     []bool   // not held; nil: all are
}

// open decompresses the answers.
func (r *segmentRows) open(schema *analysis.Schema) (localRows, error) {
	items := make([][]uint8, len(schema.Items))
	for j := range items {
		var err error
		if items[j], err = r.block.Answers(j, nil); err != nil {
			return localRows{}, survey.NewError(survey.Internal, "read segment", err)
		}
	}
	local := localRows{}
	domain, number := make([]uint32, 0, r.block.Rows), map[uint32]uint32{}
	if r.held < r.block.Rows {
		local.omit = make([]bool, r.block.Rows)
	}
	for _, run := range r.runs {
		code, known := number[run.profile]
		if !known {
			code = uint32(len(local.profiles)) //nolint:gosec // profiles of a segment
			number[run.profile] = code
			local.profiles = append(local.profiles, run.profile)
		}
		for range run.n {
			if !run.held {
				local.omit[len(domain)] = true
			}
			domain = append(domain, code)
		}
	}
	rows, err := analysis.NewFixedRows(schema, items, domain, len(local.profiles))
	local.FixedRows = rows
	return local, err
}

// exception is a response of a segment that was out of force at some time.
type exception struct {
	row int // in its block
	out verification.Exclusion
}

var errOtherItems = errors.New("it has other questions than the campaign has now")

// itemsOf are the questions that a segment holds of a campaign.
func itemsOf(p *ItemLayout) []segments.HeldItem {
	items := make([]segments.HeldItem, len(p.Items))
	for i, it := range p.Items {
		items[i] = segments.HeldItem{Code: it.Code, Codes: it.Codes}
	}
	return items
}

// takeBlock takes the responses of a segment: those that the release holds are counted,
// others wait. Exceptions are sorted by row.
func (s *campaignColumns) takeBlock(b *segments.Block, groups []segments.GroupCount, exceptions []exception) error {
	if !slices.Equal(b.Items, itemsOf(s.layout)) {
		return fmt.Errorf("campaign %s: %w", b.Campaign, errOtherItems)
	}
	rows := &segmentRows{block: b}
	taking := blockTaking{campaignColumns: s, rows: rows}
	at := 0
	for i := range groups {
		taking.begin(&groups[i].RowGroup)
		end := at + groups[i].N
		for len(exceptions) > 0 && exceptions[0].row < end {
			taking.take(exceptions[0].row-at, verification.Exclusion{})
			taking.take(1, exceptions[0].out)
			at, exceptions = exceptions[0].row+1, exceptions[1:]
		}
		taking.take(end-at, verification.Exclusion{})
		at = end
	}
	if len(exceptions) > 0 || at != b.Rows {
		return errors.New("its ids and its rows do not fit")
	}
	rows.runs = slices.Clip(rows.runs)
	s.segments = append(s.segments, rows)
	return nil
}

// blockTaking is a block being taken.
type blockTaking struct {
	*campaignColumns
	rows *segmentRows

	group   *segments.RowGroup
	class   verification.Class
	profile uint32 // of group, where known
	known   bool

	// Whether those of group that never were out of force are held, or wait; where asked.
	held, waits, asked bool

	answered answeredAt // of group, where it is held
	counted  bool
}

// begin goes on with the responses of a group.
func (t *blockTaking) begin(g *segments.RowGroup) {
	last := t.group
	t.known = t.known && last != nil && last.Unit == g.Unit && last.Form == g.Form && last.Sector == g.Sector && last.Channel == g.Channel &&
		last.Verified == g.Verified && (last.Day == g.Day || survey.Date(last.Day).Month() == survey.Date(g.Day).Month())
	t.asked = t.asked && last.Unit == g.Unit && last.Verified == g.Verified && last.Received.Equal(g.Received)
	t.counted = false
	t.group, t.class = g, verification.Open
	if g.Verified {
		t.class = verification.Verified
	}
}

// take takes the next n responses of the group.
func (t *blockTaking) take(n int, out verification.Exclusion) {
	if n <= 0 {
		return
	}
	held, waits := t.standing(out)
	if held {
		t.count(n)
	} else if waits {
		unit := survey.UnitID(t.group.Unit)
		w := t.waiting[unit]
		w.AddN(t.class, n)
		t.waiting[unit] = w
	}
	t.rows.add(t.profile, held, n)
}

// standing reports whether responses of the group that were out of force so are held by the
// release, or wait.
func (t *blockTaking) standing(out verification.Exclusion) (held, waits bool) {
	unit, received := survey.UnitID(t.group.Unit), t.group.Received
	if out != (verification.Exclusion{}) {
		return t.places.Holds(unit, t.class, received, out), t.places.Waits(unit, t.class, received, out)
	}
	if !t.asked {
		t.held, t.waits = t.places.Holds(unit, t.class, received, out), t.places.Waits(unit, t.class, received, out)
		t.asked = true
	}
	return t.held, t.waits
}

// count counts n responses of the group that are held.
func (t *blockTaking) count(n int) {
	g, c := t.group, &t.campaignColumns.answered
	if !t.known {
		r := decoded{form: g.Form, unit: g.Unit, sector: g.Sector, channel: g.Channel, day: g.Day}
		t.profile, t.known = t.grouping.profileOfClass(&r, t.class), true
	}
	if !t.counted {
		t.answered, t.counted = answeredAt{c.points.of(g.Point), c.channels.of(g.Channel), c.days.of(g.Day)}, true
	}
	c.runs = append(c.runs, answeredRun{t.answered, int32(n)}) //nolint:gosec // rows of a segment
}

// exclusion is a response that was out of force at some time.
type exclusion struct {
	id  uuid.UUID
	out verification.Exclusion
}

// excluded are those of all campaigns, by id.
func excluded(standings *releases.Standings) []exclusion {
	all := make([]exclusion, 0, len(standings.Excluded()))
	for name, out := range standings.Excluded() {
		if id, err := uuid.Parse(string(name)); err == nil { // no other is in a segment
			all = append(all, exclusion{id, out})
		}
	}
	slices.SortFunc(all, func(a, b exclusion) int { return compareIDs(a.id, b.id) })
	return all
}
